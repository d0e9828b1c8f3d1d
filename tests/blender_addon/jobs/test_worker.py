# SPDX-License-Identifier: GPL-3.0-or-later
"""Every way a worker can end, with workers that end so."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from blender_addon.jobs import JobError
from blender_addon.jobs.worker import CANCELLED, DONE, FAILED, Job, Limits, Worker

FAKE = Path(__file__).with_name("fake_worker.py")
QUICK = Limits(hello=60, silence=60, ask=0.3, interrupt=0.3, terminate=0.3)


@pytest.fixture
def start(tmp_path):
    """Start a fake worker of a mode; every one is gone after the test."""
    workers = []

    def started(mode: str, limits: Limits = QUICK) -> Worker:
        worker = Worker([sys.executable, "-I", "-u", str(FAKE), mode], tmp_path / f"{mode}.log", limits)
        workers.append(worker)
        return worker

    yield started
    for worker in workers:
        worker.close()
        assert worker.process.poll() is not None
        assert not worker._reader.is_alive()


def until(worker: Worker, condition, limit: float = 60.0) -> None:
    end = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < end, "nothing happened"
        worker.pump(wait=0.02)


def ended(worker: Worker, job: Job) -> Job:
    until(worker, lambda: job.ended)
    return job


def working(worker: Worker) -> Job:
    job = worker.request("lift", clip="a.json")
    until(worker, lambda: job.done == 1)
    return job


def test_done_brings_the_result_progress_and_warnings(start):
    worker = start("done")
    job = ended(worker, worker.request("lift"))
    assert (job.state, job.result, job.warnings) == (DONE, {"frames": 12}, ["mind the gap"])
    assert (job.stage, job.done, job.total, job.seconds_left) == ("Working", 1, 4, 3.0)
    again = ended(worker, worker.request("lift"))
    assert again.state == DONE and again.id != job.id and worker.alive


def test_failed_brings_the_sentence_and_leaves_the_worker_alive(start):
    worker = start("failed")
    job = ended(worker, worker.request("lift"))
    assert (job.state, job.sentence, job.details, job.users_fault) == (FAILED, "no person in it", "at line 1", True)
    assert worker.alive


@pytest.mark.parametrize(
    ("mode", "sentence", "details"),
    [
        ("dies_at_start", "exit code 1", "no torch for you"),
        ("exits", "exit code 0", "cannot go on"),
        ("crashes", "exit code 3", "line 99"),
        ("killed", "signal 9", ""),
        ("killed_leaving_a_child", "signal 9", ""),
        ("half_a_line", "unexpected", ""),
        ("garbage", "unexpected: expected an event, got 'Downloading model: 3%'", ""),
        ("binary", "unexpected", ""),
        ("wrong_types", "unexpected", ""),
        ("too_new", "protocol 2 and this add-on 1", ""),
    ],
)
def test_an_end_without_done_is_a_failure(start, mode, sentence, details):
    worker = start(mode)
    job = ended(worker, worker.request("lift"))
    assert job.state == FAILED and not job.users_fault
    assert sentence in job.sentence and "\n" not in job.sentence
    assert details in job.details
    assert not worker.alive


def test_only_the_logs_last_lines_are_shown(start):
    worker = start("crashes")
    lines = ended(worker, worker.request("lift")).details.splitlines()
    assert lines == [f"line {number}" for number in range(80, 100)]


def test_a_worker_that_says_nothing_at_first_is_given_up(start):
    worker = start("no_hello", Limits(hello=0.3))
    job = ended(worker, worker.request("lift"))
    assert job.state == FAILED and "did not start within 0.3 s" in job.sentence


def test_a_worker_that_falls_silent_is_given_up(start):
    worker = start("hung", Limits(silence=0.3))
    job = ended(worker, working(worker))
    assert job.state == FAILED and "has not answered for 0.3 s" in job.sentence
    until(worker, lambda: worker.process.poll() is not None)


@pytest.mark.parametrize(
    ("mode", "signal", "least"),
    [("obedient", None, 0.0), ("interruptible", 2, 0.3), ("stubborn", 15, 0.6), ("immortal", 9, 0.9)],
)
def test_cancel_asks_then_interrupts_then_terminates_then_kills(start, mode, signal, least):
    # A machine under load may take its time to obey the first step, which none of the others may.
    worker = start(mode, Limits(ask=5, interrupt=0.1, terminate=0.1) if signal is None else QUICK)
    job, began = working(worker), time.monotonic()
    worker.cancel(job)
    assert job.state != CANCELLED
    ended(worker, job)
    assert job.state == CANCELLED and time.monotonic() - began >= least
    if signal is None:
        assert worker.alive
        time.sleep(0.3)
        worker.pump()
        assert not worker._escalation  # no later step may hit a worker that has obeyed
        assert worker.alive and worker.process.poll() is None
    else:
        assert worker.process.poll() in (-signal, 1 if signal == 2 else None)


def test_where_there_is_no_interrupt_for_processes_the_worker_is_told(start, monkeypatch):
    monkeypatch.setattr("blender_addon.jobs.worker.CAN_INTERRUPT", False)
    worker = start("told", Limits(ask=0.1, interrupt=30))
    job = working(worker)
    worker.cancel(job)
    assert ended(worker, job).state == CANCELLED and worker.alive


@pytest.mark.parametrize("how", ["cancelled", "silent"])
def test_nobody_waits_for_a_worker_that_cannot_be_killed(start, monkeypatch, how):
    worker = start("immortal", QUICK if how == "cancelled" else Limits(silence=0.3, terminate=0.3))
    job = working(worker)
    with monkeypatch.context() as stuck:  # as a process is that waits for a driver
        stuck.setattr("blender_addon.jobs.worker.end_process", lambda process: None)
        if how == "cancelled":
            worker.cancel(job)
        ended(worker, job)
        assert worker.process.poll() is None and not worker.alive
    assert job.state == (CANCELLED if how == "cancelled" else FAILED)


def test_cancel_of_a_job_that_has_ended_does_nothing(start):
    worker = start("done")
    job = ended(worker, worker.request("lift"))
    worker.cancel(job)
    assert job.state == DONE and ended(worker, worker.request("lift")).state == DONE


def test_close_ends_a_running_job_as_cancelled(start):
    worker = start("immortal")
    job = working(worker)
    worker.close()
    assert job.state == CANCELLED and worker.process.poll() is not None


def test_a_request_to_a_dead_worker_fails(start):
    worker = start("exits")
    ended(worker, worker.request("lift"))
    late = worker.request("lift")
    worker.pump(wait=0.1)
    assert late.state == FAILED


def test_a_program_that_does_not_ignore_broken_pipes_outlives_the_worker(tmp_path):
    """Blender is one: its Python leaves signals alone, and a write to a dead process would end it."""
    program = (
        f"import signal, sys, time\nsys.path.insert(0, {str(FAKE.parents[3])!r})\n"
        "signal.signal(signal.SIGPIPE, signal.SIG_DFL)\n"
        "from blender_addon.jobs.worker import Worker\nfrom pathlib import Path\n"
        f"worker = Worker([sys.executable, '-c', 'pass'], Path({str(tmp_path / 'log')!r}))\n"
        "worker.process.wait()\njob = worker.request('lift')\n"
        "while not job.ended:\n    worker.pump(0.05)\n"
        "worker.cancel(job)\nworker.close()\n"
        "print(job.state, signal.pthread_sigmask(signal.SIG_BLOCK, ()), signal.sigpending())\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, "failed set() set()\n"), done.stderr


def test_pump_returns_at_once_when_there_is_nothing(start):
    worker = start("hung")
    working(worker)
    began = time.monotonic()
    for _ in range(1000):
        worker.pump()
    # Pumps that waited even a hundredth of a second would take longer, whatever else the machine has to do.
    assert time.monotonic() - began < 10


def test_the_worker_has_a_clean_environment_and_a_group_of_its_own(start, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/blender/python")
    monkeypatch.setenv("PYTHONHOME", "/blender")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    monkeypatch.chdir(FAKE.parent)
    worker = start("environment")
    found = ended(worker, worker.request("lift")).result
    assert not [name for name in found["variables"] if name.startswith("PYTHON")]
    assert found["variables"]["CUDA_VISIBLE_DEVICES"] == "1"
    assert "" not in found["path"] and str(FAKE.parent) not in found["path"]
    assert found["group"] == worker.process.pid != os.getpgid(0)


def test_an_interpreter_that_cannot_be_started_is_one_sentence(tmp_path):
    with pytest.raises(JobError, match="cannot be started") as caught:
        Worker([str(tmp_path / "python")], tmp_path / "log")
    assert "\n" not in str(caught.value)
