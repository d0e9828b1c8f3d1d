# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest

from backend.video.timing import evenly_timed, stride


def moving(seconds):
    """A point that moves at 10 pixels a second, and one that stands still."""
    seconds = np.asarray(seconds, float)
    return np.stack([np.stack([10 * seconds, 5 + 0 * seconds], -1), np.full((len(seconds), 2), 3.0)], 1)


@pytest.mark.parametrize("fps, looks", [(24, 1), (30, 1), (50, 1), (60, 2), (120, 4)])
def test_fast_films_are_looked_at_thirty_times_a_second(fps, looks):
    assert stride(fps) == looks


def test_even_frames_stay_as_they_are():
    seconds = np.arange(3, 20) / 25
    points, confidence, first = evenly_timed(seconds, moving(seconds), np.full((17, 2), 0.8), 25.0)
    assert first == 3
    np.testing.assert_allclose(points, moving(seconds))
    assert (confidence == 0.8).all()


def test_uneven_frames_are_read_at_even_times():
    random = np.random.default_rng(0)
    seconds = np.cumsum(random.uniform(0.02, 0.06, 60))
    points, confidence, first = evenly_timed(seconds, moving(seconds), np.ones((60, 2)), 30.0)
    frames = first + np.arange(len(points))
    seen = confidence[:, 0] > 0
    assert seen.mean() > 0.95
    np.testing.assert_allclose(points[seen, 0, 0], 10 * frames[seen] / 30, atol=0.07)


def test_every_fourth_look_gives_every_frame():
    seconds = np.arange(0, 121, 4) / 120
    points, confidence, _ = evenly_timed(seconds, moving(seconds), np.ones((31, 2)), 120.0)
    assert len(points) == 121 and (confidence > 0).all()
    np.testing.assert_allclose(points[:, 0, 0], 10 * np.arange(121) / 120)


def test_long_gaps_stay_gaps_and_short_ones_are_bridged():
    seconds = np.arange(20) / 30
    confidence = np.ones((20, 2))
    confidence[5, 0], confidence[8:15, 1] = 0, 0
    points, sure, _ = evenly_timed(seconds, moving(seconds), confidence, 30.0)
    assert sure[5, 0] > 0 and points[5, 0, 0] == pytest.approx(10 * 5 / 30)
    assert (sure[8:15, 1] == 0).all() and np.isnan(points[8:15, 1]).all()
