# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture of a lift: its projection against OpenCV, its frames, its errors, and that it is drawn."""

import cv2
import matplotlib.pyplot as plt
import numpy as np
import pytest

from backend.__main__ import main
from backend.lifting import picture

ROTATION = np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])  # level, looking along +Y


@pytest.fixture
def motion():
    random = np.random.default_rng(0)
    joints = random.normal(0, 0.4, (9, 24, 3)) + (0, 0, 1)
    keypoints = random.normal(0, 0.4, (9, 18, 3)) + (0, 0, 1)
    made = {
        "poses": np.zeros((9, 72)),
        "trans": np.zeros((9, 3)),
        "joints": joints,
        "keypoints": keypoints,
        "confidence": np.ones((9, 18)),
        "mocap_framerate": np.array(30.0),
        "frame_start": np.array(5),
        "source": np.array("clip.json"),
        "camera_matrix": np.array([[1400.0, 0, 960], [0, 1400, 540], [0, 0, 1]]),
        "camera_rotation": ROTATION,
        "camera_translation": np.array([0, 1.0, 4]),
    }
    made["keypoints_2d"] = picture.project(made, keypoints)
    return made


def write_renders(folder, frames):
    folder.mkdir()
    for view in ("side", "front"):
        for frame in frames:
            plt.imsave(folder / f"{view}_{frame:04d}.png", np.full((20, 20, 3), 0.5))


def test_projection_is_opencvs_for_a_fixed_and_a_moving_camera(motion):
    expected = cv2.projectPoints(
        motion["joints"].reshape(-1, 3),
        cv2.Rodrigues(ROTATION)[0],
        motion["camera_translation"],
        motion["camera_matrix"],
        None,
    )[0].reshape(9, 24, 2)
    np.testing.assert_allclose(picture.project(motion, motion["joints"]), expected, atol=1e-6)
    motion["camera_rotation"] = np.broadcast_to(ROTATION, (9, 3, 3))
    motion["camera_translation"] = np.broadcast_to(motion["camera_translation"], (9, 3))
    np.testing.assert_allclose(picture.project(motion, motion["joints"]), expected, atol=1e-6)


def test_the_error_counts_only_points_that_the_source_has(motion):
    motion["keypoints_2d"] = motion["keypoints_2d"] + (3, 4)
    motion["keypoints_2d"][2, 7], motion["confidence"][2, 7] = np.nan, 0
    motion["keypoints_2d"][3, 1], motion["confidence"][3, 1] = (9999, 9999), 0
    assert picture.reprojection_error(motion) == pytest.approx(5)


def test_frames_are_those_that_every_view_shows(tmp_path):
    write_renders(tmp_path / "renders", (5, 7, 11, 40))
    views = picture.find_renders(tmp_path / "renders")
    assert list(views) == ["front", "side"]
    del views["side"][7]
    assert picture.chosen_frames(9, 5, views) == [5, 11]
    assert picture.chosen_frames(9, 5, {}) == [5, 7, 8, 10, 11, 13]


def test_the_command_draws_a_row_for_each_view(tmp_path, motion):
    np.savez(tmp_path / "motion.npz", **motion)
    write_renders(tmp_path / "renders", (5, 9, 13))
    words = ["picture", str(tmp_path / "motion.npz"), "-o", str(tmp_path / "new/picture.png")]
    assert main([*words, "--renders", str(tmp_path / "renders")]) == 0
    with_renders = plt.imread(tmp_path / "new/picture.png")
    assert main(words) == 0
    alone = plt.imread(tmp_path / "new/picture.png")
    assert with_renders.shape[0] > 2 * alone.shape[0] and alone.std() > 0.01
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["picture.png"]


@pytest.mark.parametrize("content", [None, b"", b"not a zip"])
def test_what_is_no_motion_file_gets_one_line_and_exit_code_2(tmp_path, capsys, content):
    path = tmp_path / "motion.npz"
    if content is not None:
        path.write_bytes(content)
    assert main(["picture", str(path), "-o", str(tmp_path / "picture.png")]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and "motion.npz" in error
    assert not (tmp_path / "picture.png").exists()


def test_a_motion_of_another_program_is_told_what_it_lacks(tmp_path, motion, capsys):
    del motion["keypoints_2d"]
    np.savez(tmp_path / "motion.npz", **motion)
    assert main(["picture", str(tmp_path / "motion.npz"), "-o", str(tmp_path / "picture.png")]) == 2
    assert "keypoints_2d" in capsys.readouterr().err
