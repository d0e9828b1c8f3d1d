# SPDX-License-Identifier: GPL-3.0-or-later
"""What a folder of clips is recognised as, and that the backend takes it for the same."""

import json

import numpy as np
import pytest

from blender_addon.core import clip_folder
from blender_addon.core.clip_folder import look_at


def mocap(path):
    np.savez(path, names=np.array(["pelvis"]), positions=np.zeros((2, 1, 3)), fps=30.0)


def keypoints(path):
    if path.suffix == ".npz":
        np.savez(path, keypoints=np.zeros((20, 17, 2)), confidence=np.ones((20, 17)))
    else:
        path.write_text(json.dumps({"format": "lift3d-keypoints"}))


def test_keypoints_and_motion_capture_are_told_apart_by_content(tmp_path):
    for number in range(3):
        keypoints(tmp_path / f"{number}.npz")
    (tmp_path / "an OpenPose clip").mkdir()
    (tmp_path / "an OpenPose clip" / "walk_000.json").write_text("{}")
    (tmp_path / "pictures").mkdir()
    (tmp_path / "readme.txt").write_text("not a clip")
    (tmp_path / ".hidden.json").write_text("{}")
    found = look_at(tmp_path)
    assert (found.kind, found.count, found.sentence) == ("clips", 4, "4 2D keypoint clips")
    assert "440" in found.advice
    for number in range(9):
        mocap(tmp_path / f"mocap {number}.npz")
    found = look_at(tmp_path)
    assert (found.kind, found.count) == ("mocap", 9) and "9 motion capture clips" in found.sentence


def test_a_large_folder_is_not_read_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(clip_folder, "_MOST_OPENED", 3)
    opened, holds = [], clip_folder.holds_arrays
    monkeypatch.setattr(clip_folder, "holds_arrays", lambda path, names: opened.append(path) or holds(path, names))
    for number in range(120):
        mocap(tmp_path / f"{number:03d}.npz")
    found = look_at(str(tmp_path))
    assert (found.kind, found.count, found.advice) == ("mocap", 120, "") and len(opened) == 3


def test_one_clip_in_openposes_form_is_no_folder_of_clips(tmp_path):
    folder = tmp_path / "walk"
    folder.mkdir()
    for frame in range(20):
        (folder / f"walk_{frame:012d}_keypoints.json").write_text('{"people": []}')
    assert "choose the folder above it" in look_at(folder).problem and look_at(folder).kind == ""
    assert look_at(tmp_path).sentence == "1 2D keypoint clip"


@pytest.mark.parametrize(
    ("place", "part"),
    [
        ("", "Choose a folder of clips first"),
        ("missing", "does not exist"),
        ("file.json", "is no folder"),
        ("empty", "There is no clip in empty"),
        ("a\0b", "a"),
    ],
)
def test_what_is_no_folder_of_clips_says_so(tmp_path, place, part):
    (tmp_path / "file.json").write_text("{}")
    (tmp_path / "empty").mkdir()
    found = look_at(place and f"{tmp_path}/{place}")
    assert found.kind == "" and part in found.problem and found.sentence == found.problem and not found.advice


def test_archives_that_are_broken_are_left_to_the_training(tmp_path):
    (tmp_path / "a.npz").write_bytes(b"PK\x03\x04 half")
    assert look_at(tmp_path).kind == "clips"
