# SPDX-License-Identifier: GPL-3.0-or-later
"""The backend's buttons, as a user presses them, in every Blender at hand: what they do, say and forbid."""

import json
import os
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.blender.blenders import ROOT, blenders, run_script, workplace

INSIDE = Path(__file__).with_name("inside_backend.py")
FAKE = ROOT / "tests" / "blender_addon" / "jobs" / "fake_python.py"
pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="the fake Python is a script with a #! line"),
    pytest.mark.skipif(not find_spec("torch"), reason="this environment has no torch, which the check is to find"),
]


@pytest.fixture(scope="module", params=blenders())
def said(request) -> Iterator[dict]:
    """What came of every button."""
    with workplace("test-backend-") as name:
        folder = Path(name)
        fake = folder / "python"
        fake.write_text(f"#!{sys.executable} -IS\n" + FAKE.read_text(encoding="utf-8"))
        fake.chmod(0o755)
        (folder / "user").mkdir()
        variables = {"FAKE_PYTHON": str(folder / "told.json"), "BLENDER_USER_RESOURCES": str(folder / "user")}
        answer = folder / "answer.json"
        done = run_script(request.param, INSIDE, fake, sys.executable, answer, variables=variables)
        assert done.returncode == 0 and answer.exists(), done.stdout + done.stderr
        yield json.loads(answer.read_text(encoding="utf-8"))


def test_offline_it_says_how_to_allow_it_and_downloads_nothing(said):
    found = said["nothing"]
    assert "Allow Online Access" in found["pressed"] and "No backend is set up yet" in found["check"]
    assert found["python"] == ["no backend is set up yet", "set_up"] and not found["ready"]
    assert found["drawn"] == "No backend is set up yet. <lift3d.set_up_backend>"


def test_the_user_reads_what_will_be_downloaded_how_much_and_where_it_goes(said):
    text = " ".join(said["agreed"]["sentences"])
    for words in ("About 0.4 GB", "about 2 GB of disk", "Python Package Index", "/backend, with", "/python"):
        assert words in text
    assert "No set-up is running" in said["agreed"]["cancel"]


def test_that_blenders_own_python_will_not_do_is_said_before_it_is_tried(said):
    text = " ".join(said["own Python"]["sentences"])
    assert ("Python 3.11 is needed" in text) == said["own Python"]["unfit"]
    assert "Python 3.11 is needed" not in " ".join(said["agreed"]["sentences"])


def test_a_set_up_shows_its_progress_and_a_second_one_waits(said):
    found = said["going"]
    assert found["pressed"] == "FINISHED" and "The backend is being set up" in found["again"]
    assert "step 4 of 7: [0.25] Downloading torch, 30 of 120 MB" in " ".join(found["drawn"].split())
    assert "<lift3d.cancel_set_up>" in found["drawn"] and not found["ready"]


def test_a_cancel_is_no_problem_and_leaves_what_can_be_repaired(said):
    found = said["cancelled"]
    assert found["pressed"] == "FINISHED" and "It is being cancelled" in found["again"]
    assert found["problem"] is None and found["python"][1] == "repair"
    assert "was not finished" in found["drawn"] and "<lift3d.set_up_backend>" in found["drawn"]


def test_a_failure_becomes_a_problem_that_can_be_reported(said):
    found = said["failed"]
    sentence, remedy = found["problem"]
    assert sentence == "Installing the packages failed: the disk is full: make room, then set up again."
    assert remedy == "set_up"
    for words in (sentence, "No space left on device", "Lift to 3D: 0.", "Blender: "):
        assert words in found["report"]


def test_the_next_set_up_clears_the_problem_and_makes_the_backend_ready(said):
    found = said["done"]
    assert found["at_once"] and found["problem"] is None and found["ready"]
    assert found["python"].startswith(found["folder"])
    assert "Set up, with PyTorch for the processor." in found["drawn"]
    assert "<lift3d.check_backend> <lift3d.repair_backend>" in found["drawn"]


def test_another_choice_of_torch_asks_for_an_update_and_works_on(said):
    found = said["another torch"]
    assert "wants updating" in found["drawn"] and "<lift3d.set_up_backend>" in found["drawn"] and found["ready"]


def test_a_base_python_that_is_none_is_one_sentence_and_harms_nothing(said):
    found = said["no base"]
    assert found["pressed"] == "CANCELLED" and found["problem"][1] == "choose_base"
    assert "cannot be started" in found["problem"][0] and found["ready"]


def test_an_existing_python_is_used_when_it_is_one(said):
    wrong = said["wrong choice"]
    assert wrong["python"][1] == "choose_python" and "is no program" in wrong["python"][0] and not wrong["ready"]
    assert "is no program" in wrong["drawn"]
    chosen = said["chosen folder"]
    assert chosen["python"] == said["done"]["python"] and "as the preferences say" in chosen["drawn"]


def test_a_clip_that_could_not_be_read_is_read_once_there_is_a_backend(said):
    assert said["looked again"] == ["The backend's set-up was not finished: repair it.", True]
    assert "is no program" in said["wrong choice"]["clip"]
    assert said["clip then"] == [None, 120, {"fps": 25.0}]


def test_the_backend_says_what_it_has(said):
    found = said["checked"]
    assert found["pressed"] == "FINISHED" and "being asked" in found["asking"] and "being asked" in found["again"]
    text = " ".join(found["said"])
    for words in ("Python 3.11", "torch 2.13.0", "Device cpu", "checkpoints/human", "CC BY-SA"):
        assert words in text
    assert found["problem"] is None
    assert "torch 2.13.0" in " ".join(found["drawn"].split()) and "<lift3d.forget_check>" in found["drawn"]
    assert "torch 2.13.0" not in said["forgotten"]["drawn"]


def test_a_backend_that_cannot_answer_is_a_problem(said):
    sentence, _ = said["checked what is broken"]["problem"]
    assert "backend" in sentence and "\n" not in sentence


def test_the_other_settings_reach_those_who_ask(said):
    device, folder = said["settings"]
    assert device == "cuda" and Path(folder).name.startswith("test-backend-")


def test_disabling_ends_a_set_up(said):
    assert said["after disabling"] == [True, False]
