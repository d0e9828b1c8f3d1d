# SPDX-License-Identifier: GPL-3.0-or-later
"""The detector's noise has the properties it claims."""

import numpy as np

from backend.evaluation import noise
from backend.keypoints.layouts import get_layout

NAMES = get_layout("openpose18").names


def a_film(frames: int = 6000, size: float = 600.0) -> tuple[np.ndarray, np.ndarray]:
    """A figure standing still, `size` pixels tall, for long enough to count things."""
    pixels = np.repeat(get_layout("openpose18").upright[None] * size, frames, 0)
    return pixels, np.ones(pixels.shape[:2])


def test_it_is_deterministic_and_leaves_the_film_alone():
    pixels, confidence = a_film(100)
    before = pixels.copy()
    first = noise.detect(pixels, confidence, np.random.default_rng(3))
    again = noise.detect(pixels, confidence, np.random.default_rng(3))
    other = noise.detect(pixels, confidence, np.random.default_rng(4))
    np.testing.assert_array_equal(pixels, before)
    np.testing.assert_array_equal(first[0], again[0])
    np.testing.assert_array_equal(first[1], again[1])
    assert not np.array_equal(first[1], other[1])


def errors(size: float = 600.0) -> np.ndarray:
    pixels, confidence = a_film(size=size)
    found, _ = noise.detect(pixels, confidence, np.random.default_rng(0))
    return found - pixels


def spread(error: np.ndarray, name: str) -> float:
    """A robust standard deviation, which runs of swapped sides do not disturb."""
    return 1.4826 * np.nanmedian(np.abs(error[:, NAMES.index(name)]))


def test_jitter_grows_with_the_body_and_with_the_joints_vagueness():
    small, large = errors(300), errors(600)
    assert 1.9 < spread(large, "nose") / spread(small, "nose") < 2.1
    assert 3.5 < spread(large, "left_hip") / spread(large, "nose") < 4.8  # 0.107 / 0.026 = 4.1
    # A hip is off by some two to three hundredths of the body's height.
    assert 0.012 < spread(large, "left_hip") / 600 < 0.035


def test_most_of_the_jitter_drifts_and_some_trembles():
    error = errors()[:, NAMES.index("nose")]
    together = np.isfinite(error[1:]).all(-1) & np.isfinite(error[:-1]).all(-1)
    correlation = np.corrcoef(error[1:][together].ravel(), error[:-1][together].ravel())[0, 1]
    assert 0.6 < correlation < 0.9


def test_extremities_are_missed_more_often_in_short_gaps():
    pixels, confidence = a_film()
    found, sure = noise.detect(pixels, confidence, np.random.default_rng(0))
    missing = np.isnan(found).any(-1)
    np.testing.assert_array_equal(missing, sure == 0)
    share = dict(zip(NAMES, missing.mean(0), strict=True))
    for extremity in ("left_wrist", "right_wrist", "left_ankle", "right_ankle"):
        assert 0.02 < share[extremity] < 0.10
        assert share[extremity] > 2 * max(share["left_hip"], share["right_shoulder"])
    wrist = missing[:, NAMES.index("left_wrist")].astype(int)
    gaps = (np.diff(wrist) == 1).sum()
    assert 3 < wrist.sum() / gaps < 8, "a gap lasts some tenths of a second"


def test_sides_are_swapped_rarely_and_in_runs():
    pixels, confidence = a_film()
    found, sure = noise.detect(pixels, confidence, np.random.default_rng(0))
    right, left = NAMES.index("right_shoulder"), NAMES.index("left_shoulder")
    apart = found[:, left, 0] - found[:, right, 0]
    swapped = apart < 0
    assert 0.003 < swapped.mean() < 0.05
    begins = (np.diff(swapped.astype(int)) == 1).sum()
    assert swapped.sum() / begins > 2
    assert sure[swapped, left].mean() < sure[~swapped & (sure[:, left] > 0), left].mean() - 0.2


def test_confidence_tells_of_the_error():
    pixels, confidence = a_film()
    found, sure = noise.detect(pixels, confidence, np.random.default_rng(0))
    ankle = NAMES.index("left_ankle")
    seen = sure[:, ankle] > 0
    error = np.linalg.norm(found - pixels, axis=-1)[seen, ankle]
    sure = sure[seen, ankle]
    assert sure.min() >= 0.05 and sure.max() <= 1 and 0.7 < sure.mean() < 0.95
    assert error[sure < np.quantile(sure, 0.2)].mean() > 1.5 * error[sure > np.quantile(sure, 0.8)].mean()


def test_the_neck_is_the_middle_of_the_reported_shoulders():
    pixels, confidence = a_film()
    found, sure = noise.detect(pixels, confidence, np.random.default_rng(0))
    neck, shoulders = NAMES.index("neck"), [NAMES.index("right_shoulder"), NAMES.index("left_shoulder")]
    np.testing.assert_allclose(found[:, neck], found[:, shoulders].mean(1))
    np.testing.assert_allclose(sure[:, neck], sure[:, shoulders].min(1))
    assert np.isnan(found[:, neck]).any()


def test_nothing_is_invented_where_the_film_had_no_confidence():
    pixels, confidence = a_film(50)
    confidence[:, NAMES.index("left_knee")] = 0
    _, sure = noise.detect(pixels, confidence, np.random.default_rng(0))
    assert (sure[:, NAMES.index("left_knee")] == 0).all()
