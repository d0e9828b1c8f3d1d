# SPDX-License-Identifier: GPL-3.0-or-later
"""The request to train: what it takes and tells; then stopped, killed and left alone, in a worker of its own."""

import json
import os
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch

from backend.bodies.pose_prior import new_vposer, save_pose_prior
from backend.diffusion.checkpoint import load_tensors
from backend.errors import Cancelled, UserError
from backend.serving import train_request
from backend.serving.report import Report
from backend.training import run as run_module
from blender_addon.jobs.worker import CANCELLED, DONE, FAILED, Worker

from ..evaluation.figures import walker, write_mocap

ROOT = Path(__file__).resolve().parents[3]
LINE = "Stage 1 of 4: line-conditioned diffusion"
MULTIVIEW = "Stage 4 of 4: multi-view diffusion"


def write_clip(path, frames=40):
    """A walking figure seen from the front, 1.7 m tall 4 m away."""
    motion = walker(frames)
    pixels = np.stack([640 + 800 * motion[..., 0] / 4, 360 - 800 * (motion[..., 2] - 0.9) / 4], -1)
    np.savez(path, points=pixels, confidence=np.full(pixels.shape[:2], 0.9), fps=30.0, image_size=[1280, 720])


class Heard(list):
    """A channel that keeps what is sent."""

    def send(self, event, **values):
        self.append({"event": event, **values})

    def of(self, event):
        return [message for message in self if message["event"] == event]


@pytest.fixture
def clips(tmp_path):
    folder = tmp_path / "clips"
    folder.mkdir()
    for number in range(3):
        write_clip(folder / f"{number}.npz", 40 + number)
    return folder


@pytest.fixture
def asked(monkeypatch):
    """In place of a training one that tells two steps and keeps what it is asked for."""
    calls = []

    def run_training(data, out, options, progress, hear):
        calls.append((data, out, options))
        for step in range(2):
            progress("line_diffusion", step, 2)
            time.sleep(0.3)
        hear("line_diffusion", 2, {"loss": 0.5})
        progress("line_diffusion", 2, 2)
        return out

    monkeypatch.setattr(run_module, "run_training", run_training)
    return calls


def ask(request, cancelled=lambda: False):
    heard = Heard()
    result = train_request.handle({"id": "3", "request": "train", **request}, Report(heard, "3", cancelled))
    return result, heard


def test_the_request_reaches_the_training_and_its_words_come_back(asked, clips, tmp_path):
    (clips / "broken.json").write_text("{}")
    request = {"clips": str(clips), "out": str(tmp_path / "out"), "preset": "tiny", "seed": 4, "device": "cpu"}
    result, heard = ask({**request, "resume": True})
    ((data, out, options),) = asked
    assert data.description.startswith("3 2D clips") and out == tmp_path / "out"
    assert (options.preset, options.seed, options.device, options.resume) == ("tiny", 4, "cpu", True)
    assert (result["out"], result["clips_skipped"]) == (out, 1) and "3 2D clips" in result["description"]
    assert [message["name"] for message in heard.of("stage")] == ["Loading the backend", "Reading the clips", LINE]
    assert heard.of("losses") == [
        {"event": "losses", "id": "3", "stage": "line_diffusion", "step": 2, "losses": {"loss": 0.5}}
    ]
    assert [message["text"].split(":")[0] for message in heard.of("warning")] == ["skipped broken.json"]
    last = heard.of("progress")[-1]
    assert last["seconds_left"] == 0 and last["job_seconds_left"] > 0.5  # the later stages are still to come


def test_the_end_of_a_run_of_unknown_proportions_is_not_foretold(asked, clips, tmp_path):
    _, heard = ask({"clips": str(clips), "out": str(tmp_path / "out"), "preset": "gpu"})
    assert all("job_seconds_left" not in message for message in heard.of("progress"))


def test_motion_capture_is_filmed_as_asked(asked, tmp_path):
    (tmp_path / "mocap").mkdir()
    write_mocap(tmp_path / "mocap" / "walk.npz", walker(60))
    ask({"mocap": str(tmp_path / "mocap"), "out": "out", "film": "single"})
    assert "--film single" in asked[0][0].description and asked[0][2].preset == "cpu"


def test_many_skipped_clips_are_counted_not_listed(asked, clips, tmp_path):
    for number in range(30):
        (clips / f"broken_{number}.json").write_text("{}")
    _, heard = ask({"clips": str(clips), "out": "out"})
    texts = [message["text"] for message in heard.of("warning")]
    assert len(texts) == 21 and texts[-1] == "skipped 10 more"


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ({"clips": None}, "one folder to learn from"),
        ({"clips": ""}, "one folder to learn from"),
        ({"mocap": "there"}, "one folder to learn from"),
        ({"clips": 7}, "clips must be str"),
        ({"out": None}, "folder that its model goes into"),
        ({"out": " "}, "folder that its model goes into"),
        ({"preset": "huge"}, "expected a preset of tiny, cpu, gpu"),
        ({"film": "all"}, "many or single"),
        ({"seed": True}, "seed must be int"),
        ({"seed": "1"}, "seed must be int"),
        ({"resume": 1}, "resume must be bool"),
        ({"stages": [1]}, "no option 'stages'"),
        ({"clips": "nowhere"}, "expected a folder of 2D keypoint clips"),
    ],
)
def test_words_that_do_not_fit_get_one_line(asked, clips, words, part):
    request = {"clips": str(clips), "out": "out"} | words
    with pytest.raises(UserError, match=part) as error:
        ask({name: value for name, value in request.items() if value is not None})
    assert "\n" not in str(error.value) and not asked


def test_a_folder_of_nothing_usable_gets_one_line(asked, tmp_path):
    (tmp_path / "clips").mkdir()
    with pytest.raises(UserError, match="there is no 2D clip in"):
        ask({"clips": str(tmp_path / "clips"), "out": "out"})
    (tmp_path / "clips" / "holiday.mp4").write_bytes(b"\0\0\0\x18ftyp")
    with pytest.raises(UserError, match="none of the 1 entries of clips is a usable 2D clip .first: holiday.mp4"):
        ask({"clips": str(tmp_path / "clips"), "out": "out"})
    assert not asked


def test_a_stop_is_heard_while_the_clips_are_read(asked, clips):
    with pytest.raises(Cancelled):
        ask({"clips": str(clips), "out": "out"}, cancelled=lambda: True)


def test_out_of_memory_says_what_helps(asked, clips, monkeypatch):
    def run_training(*args):
        raise RuntimeError("CUDA error: out of memory")

    monkeypatch.setattr(run_module, "run_training", run_training)
    with pytest.raises(UserError, match="out of memory: .* then resume"):
        ask({"clips": str(clips), "out": "out"})


@pytest.fixture(scope="module")
def prior(tmp_path_factory):
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("prior") / "prior.safetensors"
    save_pose_prior(new_vposer(), path, {})
    return path


@pytest.fixture
def start(prior, tmp_path):
    workers = []

    def new():
        script = Path(__file__).with_name("training_serve.py")
        words = [sys.executable, "-I", "-u", str(script), str(ROOT), str(prior)]
        workers.append(Worker(words, tmp_path / f"worker_{len(workers)}.log"))
        return workers[-1]

    yield new
    for worker in workers:
        worker.close()


def follow(worker, job, until):
    """Pump until the job has ended or `until` says so of an event; all events."""
    heard, deadline = [], time.monotonic() + 300
    while not job.ended and time.monotonic() < deadline:
        events = worker.pump(wait=0.05)
        heard += events
        if any(until(event) for event in events):
            break
    return heard


def weights(out):
    return {path.name: load_tensors(path)[0] for path in out.glob("*diffusion.safetensors")}


def test_stopped_killed_and_left_alone_a_run_goes_on_as_if_it_had_not_been(start, clips, tmp_path):
    request = {"clips": str(clips), "preset": "tiny", "device": "cpu", "background": True}
    worker = start()
    job = worker.request("train", out=str(tmp_path / "whole"), **request)
    heard = follow(worker, job, lambda event: False)
    assert job.state == DONE, (job.sentence, job.details)
    assert [message["step"] for message in heard if message["event"] == "losses"] == 2 * [*range(5, 41, 5)]
    if hasattr(os, "getpriority"):
        assert os.getpriority(os.PRIO_PROCESS, worker.process.pid) >= 10

    out, seen = tmp_path / "out", lambda step: lambda event: event["event"] == "losses" and event["step"] >= step
    job = worker.request("train", out=str(out), **request)
    follow(worker, job, seen(5))
    worker.cancel(job)  # 1: stopped, by the button
    follow(worker, job, lambda event: False)
    assert job.state == CANCELLED and worker.alive
    stopped = load_tensors(out / "work" / "line_diffusion.state.safetensors")[1]["step"]
    assert 5 <= stopped < 30  # before the first regular save

    job = worker.request("train", out=str(out), **request)
    follow(worker, job, lambda event: False)
    assert job.state == FAILED and "holds a training run" in job.sentence

    job = worker.request("train", out=str(out), resume=True, **request)
    heard = follow(worker, job, seen(stopped + 1))
    first = [message["done"] for message in heard if message["event"] == "progress" and message["total"] == 40][0]
    assert first == stopped
    worker.process.stdin.close()  # 2: the add-on is gone
    assert worker.process.wait(30) == 0
    left = load_tensors(out / "work" / "line_diffusion.state.safetensors")[1]["step"]
    assert left > stopped

    worker = start()
    job = worker.request("train", out=str(out), resume=True, **request)
    follow(worker, job, lambda event: job.stage == MULTIVIEW)
    worker.process.kill()  # 3: killed
    follow(worker, job, lambda event: False)
    assert job.state == FAILED and "killed" in job.sentence

    worker = start()
    job = worker.request("train", out=str(out), resume=True, **request)
    follow(worker, job, lambda event: False)
    assert job.state == DONE, (job.sentence, job.details)
    whole, resumed = weights(tmp_path / "whole"), weights(out)
    assert whole.keys() == resumed.keys() and len(whole) == 2
    for file in whole:
        assert all(torch.equal(whole[file][name], resumed[file][name]) for name in whole[file])
    assert json.loads((out / "work" / "losses.json").read_text()) == json.loads(
        (tmp_path / "whole" / "work" / "losses.json").read_text()
    )
