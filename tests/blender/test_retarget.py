# SPDX-License-Identifier: GPL-3.0-or-later
"""A cat's walk on rigs of users, in every Blender at hand: paws, knees, and what is not to be touched."""

import json
from pathlib import Path

import pytest

from tests.blender.blenders import ROOT, few_blenders, run_script, workplace
from tests.blender.synthetic import write_motion
from tests.blender_addon.core.retarget.cat_walk import write_walk

INSIDE = Path(__file__).with_name("inside_retarget.py")
RIGS = ("toy", "cat", "horse", "wolf")


@pytest.fixture(scope="module", params=few_blenders())
def told(request) -> dict:
    with workplace("test-retarget-") as name:
        folder = ROOT / "out" / name
        cat, person = write_walk(folder / "cat walk.npz", frames=36), write_motion(folder / "person.npz", frames=30)
        variables = {"BLENDER_USER_RESOURCES": str(folder / "profile"), "TMPDIR": str(folder)}
        answer = folder / "answer.json"
        done = run_script(request.param, INSIDE, cat, person, folder, answer, variables=variables, timeout=600)
        assert done.returncode == 0 and answer.exists(), done.stdout + done.stderr
        return json.loads(answer.read_text(encoding="utf-8"))


def of_rig(told: dict, rig: str) -> dict:
    if rig not in told["rigs"]:
        pytest.skip("this Blender has no Rigify")
    return told["rigs"][rig]


@pytest.mark.parametrize("rig", RIGS)
def test_paws_stand_on_the_floor_and_do_not_slide(told, rig):
    found = of_rig(told, rig)
    assert len(found["paws"]) == 4 and found["family"] == "quadruped"
    for limb, paw in found["paws"].items():
        assert paw["standing"] > 12, limb
        assert paw["off"] < 0.01 * found["size"], limb
        assert paw["slide"] < 0.01 * found["size"], limb
        assert paw["lift"] > 0.015 * found["size"], limb


@pytest.mark.parametrize("rig", RIGS[1:])
def test_no_knee_bends_the_wrong_way(told, rig):
    for limb, paw in of_rig(told, rig)["paws"].items():
        assert 1 < paw["bend"] < 150, limb


@pytest.mark.parametrize("rig", RIGS)
def test_only_mapped_bones_get_keys_and_the_rig_stays_as_it_was(told, rig):
    found = of_rig(told, rig)
    assert found["keyed beside the map"] == []
    assert found["untouched"]
    assert found["action"].startswith("a walk on") or found["action"].startswith("cat walk on")


def test_a_rig_may_be_scaled_turned_and_rotate_in_any_way(told):
    found = told["otherwise"]
    for limb, paw in found["paws"].items():
        assert paw["off"] < 0.001 and paw["slide"] < 0.001 and paw["lift"] > 0.015, limb
    assert found["untouched"]


def test_selection_scene_and_the_old_action_stay(told):
    assert told["otherwise"]["selected"] == [["other"], "other", 1]
    assert told["otherwise"]["old action"] == [True, True, 2]


def test_onto_its_own_skeleton_it_is_the_same(told):
    assert told["same"] < 0.1


def test_a_linked_rig_is_refused_and_an_overridden_one_moves(told):
    assert "library override" in told["linked"]["refused"]
    assert told["linked"]["moved"] > 0.2


def test_rows_can_be_edited_saved_and_loaded(told):
    assert told["maps"] == {"without": True, "room": 2, "spine": ["head"], "name": "my toy"}
