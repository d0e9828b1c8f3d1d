# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker in a process of its own, talked to by raw lines; then by the add-on's own side of the protocol."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from blender_addon.jobs.worker import CANCELLED, DONE, FAILED, Limits, Worker

ROOT = Path(__file__).resolve().parents[3]
FAKE = [sys.executable, "-I", "-u", str(Path(__file__).with_name("fake_serve.py")), str(ROOT)]


@pytest.fixture
def process():
    """A worker with fake lifts; what it says on stdout is read line by line."""
    with subprocess.Popen(FAKE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        yield child
        child.kill()


def say(child: subprocess.Popen, *requests: dict) -> None:
    child.stdin.write(b"".join(json.dumps(request).encode() + b"\n" for request in requests))
    child.stdin.flush()


def hear(child: subprocess.Popen, event: str, key: str | None = None) -> list[dict]:
    """Events up to the first of a kind, heartbeats left out; every line must be an event."""
    heard, end = [], time.monotonic() + 120
    while time.monotonic() < end and (line := child.stdout.readline()):  # a heartbeat comes every two seconds
        message = json.loads(line)
        if message["event"] != "alive":
            heard.append(message)
        if message["event"] == event and key in (None, message.get("id")):
            return heard
    child.kill()
    raise AssertionError(f"no {event} came: {heard} {child.stderr.read().decode()}")


def test_the_first_line_is_hello_and_nothing_slow_comes_before_it(process):
    assert hear(process, "hello") == [{"event": "hello", "protocol": 1, "version": "0.1.0"}]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a log on a full disk needs /dev/full")
def test_a_log_without_room_costs_nothing_but_the_log():
    with open("/dev/full", "wb") as full:
        child = subprocess.Popen(FAKE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=full)
    with child:
        child.stdin.write(b"no request\n")
        say(child, {"id": "1", "request": "lift", "clip": "prints"}, {"id": "2", "request": "lift", "clip": "breaks"})
        say(child, {"id": "3", "request": "lift", "clip": "good"})
        assert hear(child, "done", "1")
        assert "ZeroDivisionError" in hear(child, "failed", "2")[-1]["details"]
        assert hear(child, "done", "3")
        child.stdin.close()
        assert child.wait(60) == 0


def test_a_lift_tells_stages_progress_warnings_and_ends_with_done(process):
    say(process, {"id": "7", "request": "lift", "clip": "good"})
    heard = hear(process, "done")[1:]
    assert {message["id"] for message in heard} == {"7"}
    assert [message["name"] for message in heard if message["event"] == "stage"] == ["Reading", "Sampling"]
    steps = [message for message in heard if message["event"] == "progress"]
    assert (steps[-1]["done"], steps[-1]["total"]) == (50, 50) and steps[-1]["seconds_left"] == 0
    assert len(steps) < 20  # quick steps are not all told
    assert heard[-2] == {"event": "warning", "id": "7", "text": "feet slide"}
    assert heard[-1]["result"] == {"frames": 12, "error": None}  # JSON has no NaN


def test_stray_prints_go_to_stderr(process):
    say(process, {"id": "1", "request": "lift", "clip": "prints"})
    hear(process, "done")
    process.stdin.close()
    assert process.stdout.read() == b"" and process.wait(10) == 0
    assert process.stderr.read().decode().split("\n")[:2] == ["a stray print", "a stray child"]


@pytest.mark.parametrize(
    ("clip", "sentence", "users_fault", "details"),
    [
        ("bad", "expected a clip, found a cat", True, ""),
        ("breaks", "something unforeseen went wrong (ZeroDivisionError: integer division or modulo by zero)", False,
         "in lift"),
        ("exits", "something unforeseen went wrong (SystemExit: a library gave up)", False, "in lift"),
        ("memory", "out of memory: ", True, "MemoryError"),
        ("cuda", "out of memory: ", True, "CUDA out of memory"),
        ("bare", "the backend is not whole (No module named 'a_package_that_nobody_has'): repair it", True, "in lift"),
        ("device", "expected another device", True, ""),
        ("full", "/out/walk.npz cannot be read or written: No space left on device", True, "in lift"),
    ],
)  # fmt: skip
def test_a_failure_is_a_sentence_and_the_worker_goes_on(process, clip, sentence, users_fault, details):
    say(process, {"id": "1", "request": "lift", "clip": clip}, {"id": "2", "request": "lift", "clip": "good"})
    failed = hear(process, "failed")[-1]
    assert failed["sentence"].startswith(sentence) and "\n" not in failed["sentence"]
    assert failed["users_fault"] is users_fault and details in failed["details"]
    remedies = {"bare": "repair", "device": "use_cpu"}
    assert failed.get("remedy", "") == remedies.get(clip, "")
    assert hear(process, "done")[-1]["id"] == "2"


def test_what_is_no_request_or_an_unknown_one_does_no_harm(process):
    process.stdin.write(b"hello\n[]\n\n\xff\xfe\n{}\n" + b"[" * 100_000 + b"\n")
    say(process, {"id": "1", "request": "dance"}, {"id": "2", "request": "lift", "clip": "good"})
    assert "does not know the request 'dance'" in hear(process, "failed")[-1]["sentence"]
    hear(process, "done", "2")


def test_cancel_is_heard_during_a_lift_and_before_one(process):
    say(process, *({"id": key, "request": "lift", "clip": "slow"} for key in "12"))
    say(process, {"id": "2", "request": "cancel"})
    hear(process, "progress")
    say(process, {"id": "1", "request": "cancel"})
    heard = hear(process, "cancelled", "2")
    assert [message["id"] for message in heard if message["event"] == "cancelled"] == ["1", "2"]
    assert not [message for message in heard if message["event"] == "stage" and message["id"] == "2"]
    say(process, {"id": "3", "request": "lift", "clip": "good"})
    hear(process, "done", "3")


def test_the_heartbeat_tells_how_long_a_job_has_been_quiet(process):
    def beat(before: float = -1.0) -> dict:
        while line := process.stdout.readline():
            message = json.loads(line)
            if message["event"] == "alive" and message.get("busy_s", -1.0) > before:
                return message
        raise AssertionError("the worker has ended")

    assert beat(-2.0) == {"event": "alive"}  # nothing runs
    say(process, {"id": "1", "request": "lift", "clip": "deaf"})
    first = beat()["busy_s"]
    assert beat(first + 1)["busy_s"] < first + 30
    process.send_signal(signal.SIGINT)
    hear(process, "cancelled", "1")
    assert "busy_s" not in beat(-2.0)


def test_an_interrupt_cancels_a_lift_that_does_not_listen_and_is_harmless_between_lifts(process):
    hear(process, "hello")
    process.send_signal(signal.SIGINT)
    say(process, {"id": "1", "request": "lift", "clip": "deaf"})
    hear(process, "stage")
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    hear(process, "cancelled", "1")
    say(process, {"id": "2", "request": "lift", "clip": "good"})
    hear(process, "done", "2")


def test_the_word_interrupt_does_what_the_signal_does_and_only_to_the_job_it_names(process):
    say(process, {"id": "1", "request": "lift", "clip": "deaf"})
    hear(process, "stage")
    say(process, {"id": "7", "request": "interrupt"})
    time.sleep(0.3)
    say(process, {"id": "1", "request": "interrupt"})
    hear(process, "cancelled", "1")
    say(process, {"id": "1", "request": "interrupt"}, {"id": "2", "request": "lift", "clip": "good"})
    hear(process, "done", "2")


def test_an_interrupt_does_not_disturb_a_job_that_is_cancelled_and_saves(process):
    say(process, {"id": "1", "request": "lift", "clip": "saves"})
    hear(process, "progress")
    say(process, {"id": "1", "request": "cancel"})
    hear(process, "warning")
    process.send_signal(signal.SIGINT)
    assert {"event": "warning", "id": "1", "text": "saved"} in hear(process, "cancelled", "1")


def test_an_interrupt_waits_until_a_library_is_imported(process):
    """One that is left half imported would be broken for all that the worker does later."""
    say(process, {"id": "1", "request": "lift", "clip": "imports"})
    hear(process, "progress")
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    hear(process, "cancelled", "1")
    say(process, {"id": "2", "request": "lift", "clip": "imports"})
    assert hear(process, "done", "2")[-1]["result"] == {"imports": 1}


@pytest.mark.parametrize("clip", [None, "slow", "deaf"])
def test_the_worker_ends_when_its_stdin_closes(process, clip):
    if clip:
        say(process, {"id": "1", "request": "lift", "clip": clip})
        hear(process, "progress")
    else:
        hear(process, "hello")
    process.stdin.close()
    process.wait(40)


def test_the_worker_ends_when_its_parent_is_killed():
    """Nobody closes anything: the parent is gone, and with it the pipes."""
    program = (
        "import subprocess, sys, time\n"
        f"child = subprocess.Popen({FAKE!r}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)\n"
        "child.stdout.readline()\nprint(child.pid, flush=True)\ntime.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    pid = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    end = time.monotonic() + 40
    while _lives(pid):
        assert time.monotonic() < end, "the worker outlived its parent"
        time.sleep(0.05)


def _lives(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        if os.path.exists("/proc/self"):
            return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_both_sides_understand_each_other(tmp_path):
    worker = Worker(FAKE, tmp_path / "log", Limits(ask=5))
    try:
        good, bad, slow = (worker.request("lift", clip=clip) for clip in ("good", "bad", "slow"))
        end = time.monotonic() + 60
        while not (good.ended and bad.ended and slow.done):
            worker.pump(wait=0.05)
            assert time.monotonic() < end
        assert good.state == DONE and good.result["frames"] == 12 and good.warnings == ["feet slide"]
        assert bad.state == FAILED and bad.users_fault and bad.sentence == "expected a clip, found a cat"
        worker.cancel(slow)
        while not slow.ended:
            worker.pump(wait=0.05)
            assert time.monotonic() < end
        assert slow.state == CANCELLED and worker.alive
    finally:
        worker.close()
    assert worker.process.returncode == 0


def test_check_says_what_the_backend_has():
    words = [sys.executable, "-I", "-u", str(ROOT / "blender_addon/jobs/start_worker.py"), str(ROOT), "serve"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        say(child, {"id": "1", "request": "check"}, {"id": "2", "request": "lift", "clip": 3})
        result = hear(child, "done")[-1]["result"]
        assert result["devices"][-1]["device"] == "cpu"
        assert {model["file"] for model in result["models"]} >= {"bodies/human.npz"}
        assert "needs a path as its clip" in hear(child, "failed")[-1]["sentence"]
        child.kill()
