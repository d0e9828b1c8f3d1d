# SPDX-License-Identifier: GPL-3.0-or-later
"""Exported characters move as they did, read back by Blender's importers, and the user's scene is as it was."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.blender.blenders import blenders, run_script, workplace
from tests.blender.synthetic import motion_arrays, source_arrays, write_motion

INSIDE = Path(__file__).with_name("inside_export.py")
# Where the importer puts the first frame: FBX's adds one, BVH counts from 1, and GLB is made to begin at 0.
FIRST = {"fbx": 8, "bvh": 1, "glb": 0, "usd": 7}
RATES = (23.976, 29.63, 12.5)


@pytest.fixture(scope="module", params=blenders())
def told(request) -> dict:
    with workplace("test-export-") as folder:
        source = source_arrays(motion_arrays(frames=30, fps=25.0))
        write_motion(Path(folder) / "seed3.npz", frames=30, fps=25.0, **source)
        other = {"seed": np.array(4), "trans": np.zeros((30, 3)), "joints": None}
        write_motion(Path(folder) / "seed4.npz", frames=30, fps=25.0, **{**source, **other})
        for fps in RATES:
            write_motion(Path(folder) / f"rate {fps}.npz", frames=30, fps=fps)
        answer = Path(folder) / "answer.json"
        done = run_script(request.param, INSIDE, folder, answer)
        assert done.returncode == 0 and answer.exists(), done.stdout + done.stderr
        return json.loads(answer.read_text(encoding="utf-8"))


@pytest.mark.parametrize("kind", FIRST)
def test_a_file_read_back_moves_as_the_character_did(told, kind):
    found = told[kind]
    if "error" in found:
        assert kind == "usd" and found["error"] == "this Blender has no USD exporter; choose another format"
        pytest.skip("this Blender was built without USD")
    assert found["away"] < 0.001  # metres
    assert (found["frames"], found["first"], found["armatures"], found["cameras"]) == (30, FIRST[kind], 1, 0)
    if kind == "bvh":
        assert found["skin_away"] is None
    else:
        assert found["skin_away"] < 0.001


def test_animations_are_named_after_their_takes(told):
    assert "a walk seed 3" in told["fbx"]["action"] and "a walk seed 3" in told["glb"]["action"]


def test_no_other_take_gets_into_the_file(told):
    assert told["in_glb"] == [[3 * 24, 0.0, pytest.approx(29 / 25)]]  # location, rotation and scale of each bone


@pytest.mark.parametrize("scene_rate", [24, 25, 50])
@pytest.mark.parametrize("fps", RATES)
def test_a_glb_keeps_the_clips_time_whatever_its_rate(told, fps, scene_rate):
    assert told["rates"][f"{fps} in {scene_rate}"] == [[3 * 24, 0.0, pytest.approx(29 / fps, rel=1e-5)]]


def test_a_character_in_edit_mode_is_refused_and_any_other_mode_stays(told):
    for name, mode in (("edit", "a walk"), ("edit skin", "a walk Body")):
        for kind in FIRST:
            if kind != "bvh" or name == "edit":
                words = told["modes"][name][kind]
                assert words == f"{mode} is in Edit Mode, where it does not move: leave that, then export it"
    assert told["modes"]["edit"]["after"] == told["modes"]["edit skin"]["after"] == ["EDIT", "POSE"]
    pose = told["modes"]["pose"]
    assert pose["after"] == ["POSE", "POSE"] and {pose[kind] for kind in ("fbx", "bvh", "glb")} == {"written"}


def test_a_character_that_is_shown_in_its_rest_position_moves_in_the_file(told):
    rest = told["modes"]["rest"]
    assert rest["after"] == ["OBJECT", "REST"]
    for kind in FIRST:
        assert rest[kind] is None or rest[kind] > 1.0, kind
    assert rest["fbx"] and rest["bvh"] and rest["glb"]


@pytest.mark.parametrize("how", ["linked", "overridden"])
def test_a_character_of_another_file_can_be_exported_and_not_rebuilt(told, how):
    found = told["linked"][how]
    assert {found[kind] for kind in ("fbx", "bvh", "glb")} == {"written"} and found["travel"] > 1.0
    assert "is linked from another file" in found["rebuild"] and found["untouched"]


def test_the_users_scene_is_as_it_was(told):
    assert told["untouched"] and told["left"] == []


def test_an_exporter_that_is_switched_off_is_on_for_the_export_alone(told):
    assert told["switched_off"] == [True, False]


def test_what_cannot_be_written_is_one_sentence(told):
    kind, folder, taken, still = told["refusals"]
    assert kind == "there is no export to abc; there are fbx, bvh, glb, usd"
    assert "x.fbx was not written: " in folder and "folder was not written: " in taken
    assert still == "a walk.001 plays no action; choose a take"
    assert not any("\n" in sentence for sentence in told["refusals"])


def test_the_operator_gives_the_name_its_ending_and_refuses_in_words(told):
    end, written, words = told["operator"]
    assert end == ["FINISHED"] and written and "was not written" in words
