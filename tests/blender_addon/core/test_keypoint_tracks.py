# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest

from backend.keypoints import read_keypoints
from backend.keypoints.figures import HUMAN
from backend.keypoints.layouts import get_layout
from blender_addon.core.keypoint_tracks import LAYOUT, POINTS, clip_text, point_of


def test_both_halves_know_the_same_points():
    assert tuple(POINTS) == get_layout(LAYOUT).names
    assert {name: HUMAN.upright[name] for name in POINTS} == POINTS


@pytest.mark.parametrize(
    "name, point",
    [
        ("left_knee", "left_knee"), ("Knee.L", "left_knee"), ("r knee.001", "right_knee"), ("nose", "nose"),
        ("RightWrist", "right_wrist"), ("hand_l", "left_wrist"), ("Head", "nose"), ("knee", None),
        ("left_right_knee", None), ("Track", None), ("left_tail", None), ("", None),
    ],
)  # fmt: skip
def test_tracks_are_recognised_however_they_are_written(name, point):
    assert point_of(name) == point


def test_the_clip_is_read_by_the_backend(tmp_path):
    tracks = {
        name: {frame: (0.5 + x / 4, 0.9 - 0.8 * y) for frame in range(5, 45) if name != "nose" or frame != 20}
        for name, (x, y) in POINTS.items()
    }
    (tmp_path / "film_tracks.json").write_text(clip_text(tracks, 25.0, (640, 480), "film.mp4"))
    clip = read_keypoints(tmp_path / "film_tracks.json")
    assert clip.frame_start == 5 and len(clip) == 40 and clip.fps == 25.0 and clip.image_size == (640, 480)
    np.testing.assert_allclose(clip.points[0, 0], [320, 480 * (0.1 + 0.8 * 0.075)], atol=1e-3)
    assert not clip.present[15, 0] and clip.present.sum() == 40 * 17 - 1


def test_tracks_without_a_position_make_no_clip():
    with pytest.raises(ValueError, match="no track has a position"):
        clip_text({"nose": {}}, 25.0, (640, 480), "")
