# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np

from backend.keypoints.outliers import find_outliers


def test_a_fast_swing_is_no_outlier_but_a_glitch_beside_it_is():
    time = np.arange(60)
    swing = np.stack([300 + 200 * np.sin(0.4 * time), 200 + 150 * np.cos(0.4 * time)], axis=-1)[:, None]
    trusted = np.ones((60, 1), dtype=bool)
    assert not find_outliers(swing, trusted, body_length=400).any()
    calm = np.full((60, 1, 2), 100.0) + np.random.default_rng(0).normal(0, 1, (60, 1, 2))
    calm[30] += 200
    calm[41:43] -= 200
    found = find_outliers(calm, trusted, body_length=400)
    assert set(np.nonzero(found)[0]) == {30, 41, 42}


def test_untrusted_samples_are_not_looked_at():
    points = np.zeros((20, 1, 2))
    points[10] = 500
    trusted = np.ones((20, 1), dtype=bool)
    trusted[10] = False
    assert not find_outliers(points, trusted, body_length=400).any()
