# SPDX-License-Identifier: GPL-3.0-or-later
from dataclasses import replace

import numpy as np
import pytest
import torch

from backend.keypoints import KeypointClip
from backend.lifting.input_view import prepare
from backend.lifting.motion_file import MotionError

from .clips import filmed_walk


def test_intrinsics_are_removed_and_a_larger_picture_is_the_same():
    clip = filmed_walk(frames=20)
    view = prepare(clip, 1000.0)
    # the layout's neck is half way between the shoulders in the picture too
    expected = (clip.to_layout("openpose18").points - np.array([960, 540])) / 1000
    np.testing.assert_allclose(view.rays.numpy(), expected, atol=1e-6)
    assert view.focal == 1000 and view.focal_source == "given" and view.principal_point == (960, 540)
    assert view.warnings == () and view.seen.all()
    torch.testing.assert_close(view.weight, torch.full((20, 18), 0.9))
    twice = KeypointClip(2 * clip.points, clip.confidence, 30.0, (3840, 2160), "openpose18")
    torch.testing.assert_close(prepare(twice, 2000.0).rays, view.rays)
    torch.testing.assert_close(prepare(twice, None).rays, prepare(clip, None).rays)


def test_an_assumed_focal_length_is_said():
    view = prepare(filmed_walk(frames=20), None)
    assert view.focal == 1920 and "1920 px, 53 degrees" in view.focal_source
    assert len(view.warnings) == 1 and "1920 px" in view.warnings[0]


def test_the_clips_focal_length_counts_before_an_assumed_one_and_after_the_users():
    clip = replace(filmed_walk(frames=20), focal=1300.0, focal_source="metadata")
    view = prepare(clip, None)
    assert (view.focal, view.focal_source, view.warnings) == (1300.0, "metadata", ())
    assert (prepare(clip, 1000.0).focal, prepare(clip, 1000.0).focal_source) == (1000.0, "given")
    assert prepare(replace(clip, focal_source=""), None).focal_source == "of the keypoint file"


@pytest.mark.parametrize(
    ("fps", "frames", "expected"), [(60.0, 61, 31), (25.0, 51, 61), (29.97, 15, 15), (30.0, 15, 15)]
)
def test_every_rate_becomes_the_models(fps, frames, expected):
    assert len(prepare(filmed_walk(frames=frames, fps=fps), 1000.0).rays) == expected


def test_gaps_are_filled_without_weight():
    clip = filmed_walk(frames=30)
    points, confidence = clip.points.copy(), clip.confidence.copy()
    points[8:14, 4], confidence[8:14, 4] = np.nan, 0
    view = prepare(KeypointClip(points, confidence, 30.0, (1920, 1080), "openpose18"), 1000.0)
    assert view.rays.isfinite().all() and not view.seen[8:14, 4].any() and view.seen[:8].all()
    filled = view.rays.numpy()[8:14, 4] * 1000 + [960, 540]
    assert np.abs(filled - clip.points[8:14, 4]).max() < 25


@pytest.mark.parametrize("frames", [1, 2, 14])
def test_too_short_clips_get_one_line(frames):
    with pytest.raises(MotionError, match=f"at least 15 frames, got {frames} "):
        prepare(filmed_walk(frames=frames), None)


def test_too_long_clips_get_one_line():
    points = np.zeros((9001, 18, 2))
    with pytest.raises(MotionError, match="9,001 frames: at most 9,000 are lifted at once; choose a range"):
        prepare(KeypointClip(points, np.ones((9001, 18)), 30.0, (1920, 1080), "openpose18"), None)


@pytest.mark.parametrize("focal", [0.0, -1000.0, float("nan"), float("inf"), 1e7])
def test_impossible_focal_lengths_get_one_line(focal):
    with pytest.raises(MotionError, match="focal length in pixels"):
        prepare(filmed_walk(frames=20), focal)


def test_mostly_missing_keypoints_are_refused_and_many_missing_ones_said():
    clip = filmed_walk(frames=20)
    for seen, refused in ((1, True), (8, False)):
        points, confidence = clip.points.copy(), clip.confidence.copy()
        points[:, seen:], confidence[:, seen:] = np.nan, 0
        thin = KeypointClip(points, confidence, 30.0, (1920, 1080), "openpose18")
        if refused:
            with pytest.raises(MotionError, match="too little to lift"):
                prepare(thin, 1000.0)
        else:
            assert "missing" in prepare(thin, 1000.0).warnings[0]
