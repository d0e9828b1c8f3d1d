# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest

from backend.keypoints.clip import KeypointClip
from backend.keypoints.resampling import resample, resampled_length, sample_positions


def moving(frames, fps):
    """Every point at x = 100 + 50 t, y = 200 - 20 t with t in seconds."""
    time = np.arange(frames)[:, None] / fps
    points = np.stack([100 + 50 * time, 200 - 20 * time], axis=-1).repeat(17, axis=1)
    return KeypointClip(points, np.full((frames, 17), 0.8), fps, (640, 480), "coco17")


@pytest.mark.parametrize("fps", [12, 23.976, 25, 50, 59.94, 60, 120])
def test_a_steady_motion_keeps_its_speed(fps):
    clip = resample(moving(91, fps), 30)
    assert len(clip) == resampled_length(91, fps, 30) == int(90 / fps * 30 + 0.5) + 1
    inside = np.arange(len(clip)) / 30 <= 90 / fps  # the last frame may be held
    np.testing.assert_allclose(clip.points[inside], moving(len(clip), 30).points[inside], atol=1e-9)
    np.testing.assert_allclose(clip.confidence, 0.8)


@pytest.mark.parametrize("fps", [12, 23.976, 25, 29.97, 60, 119.88])
@pytest.mark.parametrize("frames", [15, 44, 101])
def test_the_way_back_has_the_frames_of_the_source(frames, fps):
    there = sample_positions(frames, fps, 30)
    back = sample_positions(len(there), 30, fps, frames)
    assert len(back) == frames
    # composed, both grids give the source's own times, but for what the rounded length cuts at the end
    times = np.interp(back, np.arange(len(there)), there) / fps
    assert np.abs(times - np.arange(frames) / fps).max() <= 0.5 / 30 + 1e-9
    np.testing.assert_allclose(times[:-4], np.arange(frames - 4) / fps, atol=1e-9)


def test_nothing_is_carried_across_a_gap():
    clip = moving(60, 25)
    confidence = clip.confidence.copy()
    confidence[20:30, 3] = 0
    new = resample(KeypointClip(clip.points, confidence, 25, (640, 480), "coco17"), 30)
    time = np.arange(len(new)) / 30
    missing = (time > 19 / 25 + 1e-9) & (time < 30 / 25 - 1e-9)
    np.testing.assert_array_equal(new.confidence[:, 3] == 0, missing)
    assert (new.confidence[:, 2] > 0).all()


def test_halving_the_rate_takes_every_other_frame_even_beside_gaps():
    clip = moving(61, 60)
    confidence = clip.confidence.copy()
    confidence[1::2] = 0
    half = resample(KeypointClip(clip.points, confidence, 60, (640, 480), "coco17"), 30)
    np.testing.assert_array_equal(half.points, clip.points[::2])
    assert half.present.all()
