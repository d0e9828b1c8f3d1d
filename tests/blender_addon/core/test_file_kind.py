# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest

from blender_addon.core.file_kind import clip_of, is_motion


def test_a_motion_is_known_by_what_is_in_it(tmp_path):
    np.savez(tmp_path / "motion.npz", poses=np.zeros((2, 72)), trans=np.zeros((2, 3)), mocap_framerate=30.0)
    np.savez(tmp_path / "clip.npz", keypoints=np.zeros((2, 17, 2)))
    (tmp_path / "motion.json").write_text('{"poses": [], "trans": []}')
    (tmp_path / "broken.npz").write_bytes(b"PK no zip")
    kinds = {path.name: is_motion(path) for path in [*tmp_path.iterdir(), tmp_path / "absent.npz"]}
    assert kinds == {
        "motion.npz": True, "clip.npz": False, "motion.json": False, "broken.npz": False, "absent.npz": False,
    }  # fmt: skip


@pytest.mark.parametrize("name", ["walk_{:012d}_keypoints.json", "{:04d}.json", "take 2 {:06d}_keypoints.JSON"])
def test_one_frame_of_a_folder_stands_for_the_folder(tmp_path, name):
    files = [tmp_path / name.format(number) for number in range(3)]
    for file in files:
        file.write_text("{}")
    assert {clip_of(file) for file in files} == {tmp_path}


def test_a_file_alone_is_a_clip_itself(tmp_path):
    for name in ("walk_000001_keypoints.json", "run.json", "run_000004.json", "walk_1_keypoints.json"):
        (tmp_path / name).write_text("{}")
    assert all(clip_of(file) == file for file in tmp_path.iterdir())


def test_a_folder_stays_a_folder_and_an_absent_file_itself(tmp_path):
    assert clip_of(tmp_path) == tmp_path
    assert clip_of(tmp_path / "none" / "walk_000001_keypoints.json").name == "walk_000001_keypoints.json"
