# SPDX-License-Identifier: GPL-3.0-or-later
"""What a .blend shows is what the motion file says, in every Blender at hand."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from blender_addon.core.body_file import read_body
from tests.blender.blenders import blenders, run_script, workplace
from tests.blender.synthetic import key_at, write_motion

INSIDE = Path(__file__).with_name("inside.py")

CASES = {
    "off_centre": {"frames": 30, "fps": 25.0, "size": (641, 479)},
    "ntsc_moving": {"frames": 31, "fps": 30000 / 1001, "size": (479, 853), "moving_camera": True,
                    "betas": [1.5, -1.0, 0.5], "camera_zoom": np.linspace(0.8, 1.3, 31)},
    "fast": {"frames": 24, "fps": 60.0, "size": (1920, 1080)},
}  # fmt: skip


@pytest.fixture(scope="module", params=blenders())
def shown(request) -> Iterator[dict]:
    """For each case the motion file, and the facts that a fresh process found in its .blend."""
    with workplace("test-blend-") as folder:
        yield _make_and_measure(request.param, Path(folder))


def _make_and_measure(blender: list[str], folder: Path) -> dict:
    plan = []
    for name, case in CASES.items():
        plan.append([str(write_motion(folder / f"{name}.npz", **case)), str(folder / f"{name}.blend")])
    plan_path = folder / "plan.json"
    plan_path.write_text(json.dumps(plan), encoding="utf-8")
    answers = {}
    for verb in ("make", "measure", "visit"):
        answer = folder / f"{verb}.json"
        done = run_script(blender, INSIDE, verb, plan_path, answer)
        assert done.returncode == 0 and answer.exists(), done.stdout + done.stderr
        answers[verb] = json.loads(answer.read_text(encoding="utf-8"))
    assert answers["make"] == [0] * len(plan)
    found = {"visit": ({}, answers["visit"])}
    for (name, (motion, _)), facts in zip(zip(CASES, plan, strict=True), answers["measure"], strict=True):
        with np.load(motion) as arrays:
            found[name] = ({key: arrays[key] for key in arrays.files}, facts)
    return found


@pytest.mark.parametrize("case", CASES)
def test_bones_and_skin_stand_where_the_file_says(shown, case):
    _, facts = shown[case]
    assert facts["moved"] > 1.0
    assert facts["joint_error"] < 1e-3
    assert facts["vertex_error"] < 1e-3


@pytest.mark.parametrize("case", CASES)
def test_the_scene_camera_projects_joints_where_the_files_camera_does(shown, case):
    motion, facts = shown[case]
    index = np.array(facts["seen"])
    rotation, translation = motion["camera_rotation"], motion["camera_translation"]
    if rotation.ndim == 3:
        rotation, translation = rotation[index], translation[index]
    rotation, translation = np.broadcast_to(rotation, (len(index), 3, 3)), np.broadcast_to(translation, (len(index), 3))
    camera = np.einsum("nab,njb->nja", rotation, motion["joints"][index]) + translation[:, None]
    assert camera[..., 2].min() > 1.0
    zoom = motion.get("camera_zoom", np.ones(len(motion["joints"])))[index]
    camera[..., :2] *= zoom[:, None, None]
    pixels = camera @ motion["camera_matrix"].T
    assert len(index) > 3
    assert np.abs(np.array(facts["pixels"]) - pixels[..., :2] / pixels[..., 2:]).max() < 1.0
    assert facts["size"] == motion["image_size"].tolist()


@pytest.mark.parametrize("case", CASES)
def test_the_scene_runs_at_the_clips_rate_over_the_clips_frames(shown, case):
    motion, facts = shown[case]
    assert facts["fps"] == pytest.approx(float(motion["mocap_framerate"]), rel=2e-7)
    assert facts["range"] == [7, 7 + len(motion["poses"]) - 1]
    assert facts["first_keys"] == [7, 8, 9]


def test_bones_have_the_bodys_names_and_tree(shown):
    body = read_body()
    for case in CASES:
        facts = shown[case][1]
        assert dict(zip(facts["bones"], facts["parents"], strict=True)) == {
            name: body.joint_names[parent] if parent >= 0 else ""
            for name, parent in zip(body.joint_names, body.parents, strict=True)
        }


def test_one_action_holds_all_curves_and_none_jumps(shown):
    for case in CASES:
        facts = shown[case][1]
        assert facts["curves"] == 24 * 4 + 3
        assert facts["slot"] in (None, "Slot")  # None: a Blender before 4.4
        assert facts["largest_jump"] < 1.0  # a flipped sign jumps by up to 2
        assert facts["collection"] == ["a walk"]


def test_a_user_at_work_keeps_selection_mode_and_scene(shown):
    user = shown["visit"][1][0]
    assert (user["selected"], user["active"], user["mode"]) == (["Cube", "Lamp"], "Cube", "EDIT")
    assert (user["range"], user["fps"], user["camera"]) == ([3, 90, 5], [24, 1.0], None)


def test_keys_are_placed_by_time_in_a_scene_of_another_rate(shown):
    for name, facts in zip(CASES, shown["visit"][1][1:], strict=True):
        motion = shown[name][0]
        numbers = np.array([7, 8, 7 + len(motion["poses"]) - 1])
        expected = key_at(numbers, float(motion["mocap_framerate"]), 24)
        np.testing.assert_allclose(facts["keys"], expected, rtol=1e-6)


def test_characters_of_one_name_share_a_scene_in_collections_of_their_own(shown):
    added = shown["visit"][1][1:]
    assert [facts["collection"] for facts in added] == ["a walk", "a walk.001", "a walk.002"]
    assert len({facts["armature"] for facts in added}) == len({facts["camera"] for facts in added}) == 3
    for facts in added:
        assert facts["in_collection"] == ["ARMATURE", "CAMERA", "MESH"] and facts["warnings"] == []
    assert shown["visit"][1][0]["materials"] == 1
