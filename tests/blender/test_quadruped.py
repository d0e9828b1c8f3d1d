# SPDX-License-Identifier: GPL-3.0-or-later
"""A lifted quadruped in Blender stands, moves, is seen, rebuilt and exported as its motion file has it."""

import json
from pathlib import Path

import numpy as np
import pytest

from backend.bodies.open_quadruped.proportions import WITHERS
from tests.blender.blenders import blenders, run_script, workplace
from tests.blender.synthetic import write_motion
from tests.blender.synthetic_cat import write_cat

INSIDE = Path(__file__).with_name("inside_quadruped.py")


@pytest.fixture(scope="module", params=blenders())
def told(request) -> dict:
    with workplace("test-quadruped-") as name:
        folder = Path(name)
        write_cat(folder / "a.npz", betas=[0.4])
        with np.load(folder / "a.npz") as arrays:
            seen = {"keypoints_2d": arrays["keypoints_2d"]}
        write_cat(folder / "b.npz", betas=[0.4], walking=True, seed=np.array(4), **seen)
        write_motion(folder / "human.npz", frames=30, source=np.array("/somewhere/a cat.json"), person=np.array(0))
        answer = folder / "answer.json"
        done = run_script(request.param, INSIDE, folder, answer)
        assert done.returncode == 0 and answer.exists(), done.stdout + done.stderr
        return json.loads(answer.read_text(encoding="utf-8"))


def test_it_rests_facing_minus_y_as_blenders_characters_do(told):
    assert told["end"] == {"end": ["FINISHED"]} and len(told["bones"]) == 35
    x, y, z = told["rest"]["head"]
    assert abs(x) < 1e-6 and y < -0.2 and z > 0.25 and told["rest"]["left"] > 0.03


def test_limbs_bend_about_their_x_alike_on_both_sides(told):
    sides, fronts = told["rest"]["x"], told["rest"]["z"]
    assert sides["spine"] < -0.99 and sides["Tail3"] > 0.99 and sides["LLeg2"] == pytest.approx(sides["RLeg2"])
    assert fronts["LLegBack2"][1:] == pytest.approx(fronts["RLegBack2"][1:], abs=1e-6) and fronts["LFoot"][2] > 0.99


@pytest.mark.parametrize("which", ["away", "second", "rebuilt"])
def test_bones_stand_where_the_files_joints_are_and_the_skin_with_them(told, which):
    assert told[which]["joints"] < 1e-5 and told[which]["skin"] < 1e-4


def test_a_rebuild_brings_back_what_was_removed(told):
    assert told["rebuilt"]["end"] == ["FINISHED"] and told["rebuilt"]["bones"] == 35


def test_the_camera_sees_the_joints_where_the_files_camera_does_and_the_overlay_draws_17_points(told):
    seen = told["seen"]
    np.testing.assert_allclose(seen["shift"], np.tile([-3.0, -4.0], (17, 1)), atol=0.05)
    assert seen["take"].startswith("a cat") and seen["index"] == 4 and seen["lines"] == 16


def test_what_is_known_of_it_says_what_body_it_has(told):
    model_type, height, reprojection = told["facts"]
    assert (model_type, height) == ("smal", pytest.approx(WITHERS)) and reprojection == pytest.approx(5.0)


def test_a_second_lift_is_a_take_and_a_human_of_the_same_clip_a_character_of_its_own(told):
    assert told["takes"] == [3, 4] and told["characters"] == [35, 24]


@pytest.mark.parametrize("kind", ["bvh", "glb", "fbx"])
def test_an_export_read_back_moves_as_it_did(told, kind):
    assert told["exported"][kind] < 0.001
