# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs on disk in every state: going, stopped, cut off, damaged; their models; their removal."""

import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from blender_addon.jobs import JobError, training_runs
from blender_addon.jobs.training_runs import (
    ELSEWHERE,
    FAILED,
    FINISHED,
    PROCEDURAL,
    RUNNING,
    STOPPED,
    TrainingRun,
    delete_run,
    list_runs,
    publish,
    read_history,
    read_run,
    request_fields,
    save_run,
)

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def run(tmp_path):
    found = TrainingRun(tmp_path / "runs" / "walkers", "/clips", preset="tiny", seed=3, started=5.0)
    save_run(found)
    return found


def test_what_is_saved_is_read_again(run):
    run.state, run.stage, run.step, run.steps, run.warnings = FAILED, "Stage 1 of 4: lines", 40, 120, ["skipped a"]
    run.problem, run.seconds = "the disk is full", 12.5
    save_run(run)
    assert read_run(run.folder) == run and run.name == "walkers"
    assert [path.name for path in run.folder.iterdir()] == ["run.json"]


def test_runs_are_listed_the_last_begun_first(run):
    folder = run.folder.parent
    save_run(replace(run, folder=folder / "older", started=1.0))
    save_run(replace(run, folder=folder / "newer", started=9.0))
    (folder / "empty").mkdir()
    (folder / "file").write_text("in the way")
    assert [each.name for each in list_runs(folder)] == ["newer", "walkers", "older"]
    assert list_runs(folder / "nowhere") == list_runs(folder / "file") == []


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", "7", "{}", '{"source": 1}', '{"source": "/c", "step": "x"}',
     '{"source": "/c", "warnings": 1}', '{"source": "/c", "step": true}', "\xff"],
)  # fmt: skip
def test_a_damaged_run_is_none(run, text):
    (run.folder / "run.json").write_bytes(text.encode("latin-1"))
    assert read_run(run.folder) is None and list_runs(run.folder.parent) == []


def test_a_run_of_a_newer_version_is_read_as_far_as_it_is_known(run):
    path = run.folder / "run.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"mood": "good"}))
    assert read_run(run.folder) == run


def test_one_that_says_running_and_that_nobody_holds_was_cut_off(run):
    run.state = RUNNING
    save_run(run)
    program = (
        f"import sys, time\nsys.path.insert(0, {str(ROOT)!r})\nfrom pathlib import Path\n"
        "from blender_addon.jobs.training_runs import lock_of\n"
        f"lock = lock_of(Path({str(run.folder)!r}))\nprint(lock.take(), flush=True)\ntime.sleep(60)\n"
    )
    other = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert other.stdout.readline() == "True\n"
    assert read_run(run.folder).state == ELSEWHERE
    other.kill()
    other.communicate()
    assert read_run(run.folder).state == STOPPED


def test_the_request_resumes_what_has_begun(run):
    asked = request_fields(run, "cpu")
    assert asked == {"clips": "/clips", "out": str(run.folder), "preset": "tiny", "seed": 3, "device": "cpu",
                     "resume": False, "background": True}  # fmt: skip
    (run.folder / "work").mkdir()
    (run.folder / "work" / "run.json").write_text("{}")
    run.kind, run.film = "mocap", "single"
    asked = request_fields(run, "cuda")
    assert (asked["mocap"], asked["film"], asked["resume"]) == ("/clips", "single", True) and "clips" not in asked


def test_a_cats_run_says_so_and_may_have_no_clips(run):
    run.kind, run.source, run.subject = PROCEDURAL, "", "cat"
    save_run(run)
    assert read_run(run.folder) == run
    asked = request_fields(run, "cpu")
    assert (asked["procedural"], asked["subject"], asked["film"]) == (True, "cat", "many") and "clips" not in asked


def test_the_history_that_the_backend_writes_is_read_without_it(run):
    from backend.training.history import FILE, write_history

    assert read_history(run) == {}
    rows = [{"step": 50, "loss": 0.5, "line": 0.25}, {"step": 100, "loss": 0.25, "line": 0.125}]
    write_history(run.folder / "work", "line_diffusion", rows)
    assert read_history(run) == {"line_diffusion": rows}
    for text in ("", "[]", "{", '{"a": 1}', '{"a": [1]}'):
        (run.folder / "work" / FILE).write_text(text)
        assert read_history(run) == {}


def finish(run):
    (run.folder / "work").mkdir(exist_ok=True)
    (run.folder / "work" / "big.state.safetensors").write_bytes(b"state")
    for name in ("line_diffusion.safetensors", "multiview_diffusion.safetensors", "README.md"):
        (run.folder / name).write_text(f"{name} {time.time()}")


def test_a_finished_model_goes_among_the_models_whole(run, tmp_path):
    finish(run)
    target = publish(run, tmp_path / "models")
    names = sorted(path.name for path in target.iterdir())
    assert target == tmp_path / "models" / "walkers"
    assert names == ["README.md", "line_diffusion.safetensors", "multiview_diffusion.safetensors"]
    assert [path.name for path in (tmp_path / "models").iterdir()] == ["walkers"]
    run.model = str(target)
    (target / "old").write_text("of the first time")
    (run.folder / "README.md").write_text("again")
    assert publish(run, tmp_path / "models") == target
    assert not (target / "old").exists() and (target / "README.md").read_text() == "again"


def test_a_model_that_cannot_be_copied_leaves_nothing_half(run, tmp_path, monkeypatch):
    finish(run)

    def full(source, target):
        target.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(training_runs.shutil, "copyfile", full)
    with pytest.raises(JobError, match="No space left on device; resume"):
        publish(run, tmp_path / "models")
    assert not list((tmp_path / "models").iterdir())


def test_a_run_is_removed_and_nothing_that_is_none(run, tmp_path):
    finish(run)
    model = publish(run, tmp_path / "models")
    run.state = FINISHED
    delete_run(run)
    assert not run.folder.exists() and model.exists()
    (tmp_path / "photos").mkdir()
    with pytest.raises(JobError, match="no training run"):
        delete_run(TrainingRun(tmp_path / "photos", ""))
    assert (tmp_path / "photos").exists()
