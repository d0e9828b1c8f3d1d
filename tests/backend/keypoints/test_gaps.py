# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest

from backend.keypoints.clip import KeypointClip
from backend.keypoints.gaps import fill_gaps
from backend.keypoints.layouts import LAYOUTS, get_layout

NAMES = get_layout("openpose18").names
ANKLE, WRIST = NAMES.index("left_ankle"), NAMES.index("right_wrist")


@pytest.fixture
def clip(walking):
    points = walking("openpose18", frames=60)
    return KeypointClip(points, np.full(points.shape[:2], 0.9), 30, (1280, 720), "openpose18")


def without(clip, where, confidence=0.0):
    new = clip.confidence.copy()
    new[where] = confidence
    return KeypointClip(clip.points, new, clip.fps, clip.image_size, clip.layout)


def test_a_whole_clip_stays_as_it_is(clip):
    filled = fill_gaps(clip)
    np.testing.assert_array_equal(filled.points, clip.points)
    np.testing.assert_array_equal(filled.weight, clip.confidence)
    assert (filled.missing, filled.unsure, filled.outliers.any()) == (0, 0, False)


def test_invented_points_have_no_weight_and_the_clip_is_untouched(clip):
    holes = without(clip, (slice(20, 26), WRIST))
    filled = fill_gaps(holes)
    assert (filled.weight[20:26, WRIST] == 0).all() and (holes.confidence[20:26, WRIST] == 0).all()
    assert np.isnan(holes.points[20:26, WRIST]).all()
    np.testing.assert_array_equal(np.delete(filled.weight, WRIST, 1), np.delete(clip.confidence, WRIST, 1))
    assert filled.missing == pytest.approx(6 / (60 * 18))
    # a swing of 20 px amplitude is followed to a few pixels
    assert np.abs(filled.points - clip.points).max() < 6


def test_a_foot_hidden_to_the_end_walks_along(clip):
    filled = fill_gaps(without(clip, (slice(30, 60), ANKLE)))
    assert np.linalg.norm(filled.points[-1, ANKLE] - clip.points[30, ANKLE]) > 60  # the body went on by 90 px
    assert np.linalg.norm(filled.points[-1, ANKLE] - clip.points[-1, ANKLE]) < 80  # two strides of 38 px at most


def test_frames_without_anybody_are_bridged(clip):
    filled = fill_gaps(without(clip, slice(25, 35)))
    assert np.isfinite(filled.points).all() and (filled.weight[25:35] == 0).all()
    centre = filled.points[:, 8].mean(axis=-1) - clip.points[:, 8].mean(axis=-1)
    assert np.abs(centre).max() < 25


def test_low_confidence_is_smoothed_and_weighs_less_than_it_claims(clip):
    points = clip.points.copy()
    points[30, WRIST] += [25.0, 0.0]
    shaky = without(KeypointClip(points, clip.confidence, 30, None, "openpose18"), (30, WRIST), 0.1)
    filled = fill_gaps(shaky)
    off = np.linalg.norm(filled.points[30, WRIST] - clip.points[30, WRIST])
    assert off < 12, "drawn to its neighbours"
    assert 0 < filled.weight[30, WRIST] < 0.1
    assert filled.unsure == pytest.approx(1 / (60 * 18))


def test_a_jump_of_one_frame_is_taken_out(clip):
    points = clip.points.copy()
    points[30, WRIST] += [150.0, -90.0]
    filled = fill_gaps(KeypointClip(points, clip.confidence, 30, None, "openpose18"))
    assert filled.outliers.sum() == 1 and filled.outliers[30, WRIST]
    assert filled.weight[30, WRIST] == 0
    assert np.linalg.norm(filled.points[30, WRIST] - clip.points[30, WRIST]) < 3


def test_points_never_seen_are_placed_where_a_body_would_have_them(clip):
    legs = [NAMES.index(name) for name in ("right_ankle", "left_knee", "left_ankle", "right_ear")]
    filled = fill_gaps(without(clip, (slice(None), legs)))
    assert (filled.weight[:, legs] == 0).all()
    off = np.linalg.norm(filled.points[:, legs] - clip.points[:, legs], axis=-1)
    assert off.mean() < 60 and off.max() < 160  # of a body of 400 px that swings its legs by 40


def test_only_a_head_still_gives_whole_frames(clip):
    body = [k for k, name in enumerate(NAMES) if name not in ("nose", "left_eye", "right_eye")]
    filled = fill_gaps(without(clip, (slice(None), body)))
    assert np.isfinite(filled.points).all()
    assert (filled.points[:, ANKLE, 1] > filled.points[:, 0, 1]).all()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_any_pattern_of_gaps_gives_finite_points(layout, walking):
    random = np.random.default_rng(0)
    for trial in range(12):
        points = walking(layout, frames=int(random.integers(1, 30)))
        confidence = random.uniform(0, 1, points.shape[:2]) * (random.uniform(0, 1, points.shape[:2]) < trial / 12)
        confidence[0, 0] = 1
        filled = fill_gaps(KeypointClip(points, confidence, 30, None, layout))
        assert np.isfinite(filled.points).all()
        assert ((filled.weight >= 0) & (filled.weight <= confidence)).all()
        assert (filled.weight[confidence == 0] == 0).all()
