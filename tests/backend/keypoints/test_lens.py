# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender's own distortion is what these are held against in tests/blender/test_lens.py."""

import numpy as np
import pytest

from backend.keypoints.lens import Lens

SIZE, CENTRE = (640, 360), (330.0, 170.0)
PICTURE = np.stack(np.meshgrid(np.arange(0, 641, 40.0), np.arange(0, 361, 40.0)), -1)
LENSES = [
    ("POLYNOMIAL", (-0.2, 0.05, 0.01)), ("DIVISION", (0.15, 0.03)), ("DIVISION", (-0.1, 0.0)), ("NUKE", (-0.1, 0.02)),
    ("BROWN", (-0.2, 0.05, 0.01, -0.01, 0.01, -0.02)),
]  # fmt: skip


@pytest.mark.parametrize("model, coefficients", LENSES)
def test_what_is_undistorted_and_distorted_again_is_where_it_was(model, coefficients):
    lens = Lens(model, 600.0, CENTRE, coefficients, SIZE)
    straight = lens.undistorted(PICTURE)
    assert np.isfinite(straight).all() and np.abs(straight - PICTURE).max() > 2
    np.testing.assert_allclose(lens.distorted(straight), PICTURE, atol=1e-3)
    np.testing.assert_allclose(lens.undistorted(np.array(CENTRE)), CENTRE, atol=1e-6)


def test_a_barrel_draws_the_corners_in():
    corner = Lens("POLYNOMIAL", 600.0, (320, 180), (-0.1, 0, 0), SIZE).distorted(np.array([640.0, 360.0]))
    square = (320**2 + 180**2) / 600**2
    np.testing.assert_allclose(corner, (320 + 320 * (1 - 0.1 * square), 180 + 180 * (1 - 0.1 * square)))


def test_a_lens_without_coefficients_changes_nothing_and_missing_points_stay_missing():
    lens = Lens("BROWN", 600.0, CENTRE, (0,) * 6, SIZE)
    assert not lens.distorts
    np.testing.assert_allclose(lens.undistorted(PICTURE), PICTURE, atol=1e-6)
    gap = np.where(PICTURE == 80, np.nan, PICTURE)
    assert (np.isnan(lens.undistorted(gap)).all(-1) == np.isnan(gap).any(-1)).all()


def test_what_the_lens_cannot_have_shown_is_missing():
    folding = Lens("POLYNOMIAL", 300.0, (320, 180), (-0.5, 0, 0), SIZE)  # turns back at 0.54 of the focal length
    seen = folding.undistorted(np.array([[320.0, 180], [400, 180], [639, 180]]))
    assert np.isfinite(seen[:2]).all() and np.isnan(seen[2]).all()
