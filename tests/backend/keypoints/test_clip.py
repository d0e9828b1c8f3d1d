# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest

from backend.keypoints.clip import KeypointClip
from backend.keypoints.errors import KeypointError


def make(points=None, confidence=None, **other):
    points = np.random.default_rng(0).uniform(0, 600, (20, 17, 2)) if points is None else points
    confidence = np.full((20, 17), 0.5) if confidence is None else confidence
    fields = {"fps": 30, "image_size": (640, 480), "layout": "coco17"} | other
    return KeypointClip(points, confidence, **fields)


def test_arrays_are_own_read_only_copies_and_missing_points_have_no_position():
    points, confidence = np.ones((20, 17, 2)), np.full((20, 17), 0.5)
    confidence[3, 4] = 0
    clip = make(points, confidence)
    assert np.isnan(clip.points[3, 4]).all() and points[3, 4, 0] == 1
    assert clip.present.sum() == 20 * 17 - 1
    with pytest.raises(ValueError):
        clip.points[0] = 0


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"points": np.ones((20, 18, 2))}, r"points \(T,17,2\)"),
        ({"points": np.ones((0, 17, 2)), "confidence": np.ones((0, 17))}, "1 to 1,000,000 frames"),
        ({"confidence": np.full((20, 17), 1.5)}, "between 0 and 1"),
        ({"confidence": np.full((20, 17), np.nan)}, "between 0 and 1"),
        ({"points": np.full((20, 17, 2), np.nan)}, "no usable position"),
        ({"points": np.full((20, 17, 2), np.inf)}, "no usable position"),
        ({"points": np.full((20, 17, 2), 1e7)}, "no usable position"),
        ({"points": "text"}, "numbers"),
        ({"fps": 0}, "frame rate"),
        ({"fps": 1e-300}, "frame rate"),
        ({"fps": float("nan")}, "frame rate"),
        ({"fps": 1001}, "frame rate"),
        ({"fps": 10**400}, "frame rate"),
        ({"image_size": (-640, 480)}, "image size"),
        ({"image_size": (640.5, 480)}, "image size"),
        ({"image_size": (float("inf"), 480)}, "image size"),
        ({"image_size": 640}, "image size"),
        ({"layout": "nobody"}, "expected one of"),
    ],
)
def test_what_cannot_be_a_clip_is_refused_in_one_line(wrong, says):
    with pytest.raises(KeypointError, match=says) as error:
        make(**wrong)
    assert "\n" not in str(error.value)


def test_mirror_exchanges_sides_and_twice_is_the_same():
    clip = make()
    mirrored = clip.mirrored()
    left, right = 9, 10  # wrists of COCO
    np.testing.assert_allclose(mirrored.points[:, left, 0], 640 - clip.points[:, right, 0])
    np.testing.assert_array_equal(mirrored.points[:, left, 1], clip.points[:, right, 1])
    np.testing.assert_allclose(mirrored.mirrored().points, clip.points)
    with pytest.raises(KeypointError, match="image size"):
        make(image_size=None).mirrored()


def test_subclip_keeps_the_frame_numbers():
    part = make(frame_start=100).subclip(5, 9)
    assert (len(part), part.frame_start) == (4, 105)
    np.testing.assert_array_equal(part.points, make().points[5:9])
    with pytest.raises(KeypointError):
        make().subclip(5, 21)
