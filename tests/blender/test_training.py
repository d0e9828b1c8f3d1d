# SPDX-License-Identifier: GPL-3.0-or-later
"""Training from Blender: what runs, models and panel say from the first click on, in every Blender at hand."""

import json
import sys
from collections.abc import Iterator

import numpy as np
import pytest

from tests.blender.blenders import ROOT, blenders, run_script, workplace

INSIDE = ROOT / "tests" / "blender" / "inside_training.py"
BUNDLED = ["Default cat", "cat_procedural", "Default human", "Default human_box"]


@pytest.fixture(scope="module", params=blenders())
def told(request) -> Iterator[dict]:
    with workplace("test-training-") as name:
        folder = ROOT / "out" / name
        (folder / "clips").mkdir()
        for number in range(3):
            np.savez(folder / "clips" / f"{number}.npz", keypoints=np.zeros((20, 17, 3)))
        answer = folder / "answer.json"
        variables = {"BLENDER_USER_RESOURCES": str(folder / "profile"), "TMPDIR": str(folder)}
        done = run_script(request.param, INSIDE, sys.executable, folder / "clips", answer, variables=variables)
        assert done.returncode == 0 and answer.exists(), done.stdout + done.stderr
        yield json.loads(answer.read_text(encoding="utf-8"))


def words(state: dict) -> str:
    return " ".join(item["text"] for item in state["drawn"] if item["text"])


def buttons(state: dict) -> dict[str, bool]:
    return {item["operator"]: item["enabled"] for item in state["drawn"] if item["kind"] == "operator"}


def pictures(state: dict) -> int:
    return sum(item["kind"] == "picture" for item in state["drawn"])


def test_at_first_there_is_a_form_and_why_it_cannot_start(told):
    state = told["nothing chosen"]
    assert buttons(state) == {"lift3d.start_training": False} and state["runs"] == []
    assert "two processor cores" in words(state)


def test_a_run_tells_its_stage_steps_time_and_losses(told):
    state = told["running"]
    assert state["live"] and state["on_disk"]["My walkers"]["state"] == "running"
    assert buttons(state) == {"wm.path_open": True, "lift3d.stop_training": True}  # no form for a second one
    text = words(state)
    assert "Stage 1 of 4: line-conditioned diffusion" in text and "of 40" in text
    assert "min left" in text and "in this stage" not in text  # of the whole run, which the worker knows
    assert "Stage 1: loss" in text and "Epipolar lines" in text and "0.1" in text and "Skipped a clip" in text
    assert pictures(state) == 1


def test_a_stop_saves_and_resume_finishes_into_the_list_of_models(told):
    assert "saves where it stands" in words(told["stopping"])
    assert not buttons(told["stopping"])["lift3d.stop_training"]
    state = told["stopped"]
    ((name, how, step, problem, _),) = state["runs"]
    assert (name, how, problem) == ("My walkers", "stopped", "") and 10 <= step < 40
    assert f"Stopped in stage 1 of 4: line-conditioned diffusion, {step} of 40." in words(state).replace("  ", " ")
    assert buttons(state)["lift3d.resume_training"] and buttons(state)["lift3d.start_training"]
    assert state["models"] == BUNDLED and state["problem"] == ""
    state = told["finished"]
    assert state["runs"][0][1] == "finished" and state["losses"] == [[10, 20, 30, 40]]
    assert state["models"] == [*BUNDLED, "My walkers"]
    assert "list of models" in words(state) and buttons(state)["lift3d.use_model"] and pictures(state) == 1
    assert told["used"]["used"] == "My walkers"


def test_a_failure_is_told_and_leaves_the_model_of_the_same_name_alone(told):
    state = told["failed"]
    assert state["runs"][0][:2] == ["My walkers 2", "failed"] and state["runs"][0][3] == "Expected better clips."
    assert state["problem"] == "The training of My walkers 2 failed. Expected better clips."
    assert "Expected better clips." in words(state) and buttons(state)["lift3d.resume_training"]
    assert state["models"] == [*BUNDLED, "My walkers"]


def test_a_worker_that_dies_is_told_and_its_run_can_be_removed(told):
    state = told["crashed"]
    assert state["runs"][0][:2] == ["clips", "failed"] and "exit code 7" in state["problem"]
    names = [run[0] for run in told["deleted"]["runs"]]
    assert names == ["My walkers 2", "My walkers"] and list(told["deleted"]["on_disk"]) == sorted(names)


def test_when_the_extension_ends_the_run_is_stopped_and_waits_on_disk(told):
    state = told["after an end"]
    assert state["runs"][0][:2] == ["cut off", "stopped"] and not state["live"]
    assert state["on_disk"]["cut off"]["state"] == "stopped" and state["losses"][0][0] == 10
    assert buttons(state)["lift3d.resume_training"] and pictures(state) == 1


def test_a_run_of_another_blenders_is_left_alone_until_that_is_gone(told):
    state = told["elsewhere"]
    assert state["runs"][0][1] == "elsewhere" and "Another Blender is training it." in words(state)
    assert not {"lift3d.resume_training", "lift3d.delete_training"} & set(buttons(state))
    state = told["not any more"]
    assert state["runs"][0][1] == "stopped" and buttons(state)["lift3d.resume_training"]
    to_resume, to_delete = told["refused"]
    assert to_resume == "cut off is being trained by another Blender" and "stop it first" in to_delete


def test_a_run_stopped_before_it_is_where_it_was_still_is_where_it_was(told):
    before = told["not any more"]["runs"][0]
    assert before[2] >= 10
    assert "Reading the clips" in words(told["reading again"])
    for state in (told["stopped again"], told["without a backend"][1]):
        assert state["runs"][0][:3] == ["cut off", "stopped", before[2]]
        assert f"Stopped in stage 1 of 4: line-conditioned diffusion, {before[2]} of 40." in words(state)
    assert told["without a backend"][0] == "no backend is set up yet"


def test_nothing_is_left(told):
    assert told["left"] == [] and not told["property_left"]
