# SPDX-License-Identifier: GPL-3.0-or-later
"""The trunk and the neck, in the figure's frame: metres, floor at y = 0, left half (x >= 0) only."""

import numpy as np

from .solids import Solid, ellipsoid, rod, sweep, union

#: height, half breadth, front z, back z
_TRUNK = (
    (0.830, 0.105, 0.070, -0.062),
    (0.880, 0.158, 0.090, -0.092),
    (0.950, 0.166, 0.098, -0.098),
    (1.020, 0.152, 0.099, -0.083),
    (1.090, 0.137, 0.097, -0.073),
    (1.160, 0.136, 0.100, -0.081),
    (1.230, 0.144, 0.107, -0.099),
    (1.300, 0.152, 0.108, -0.113),
    (1.360, 0.152, 0.092, -0.116),
    (1.410, 0.134, 0.066, -0.106),
    (1.450, 0.088, 0.042, -0.088),
    (1.480, 0.058, 0.030, -0.072),
)
#: height, half breadth, front z, back z
_NECK = (
    (1.400, 0.066, 0.040, -0.090),
    (1.440, 0.060, 0.036, -0.084),
    (1.480, 0.056, 0.040, -0.074),
    (1.520, 0.055, 0.050, -0.066),
    (1.570, 0.056, 0.060, -0.064),
)


def _stack(table, roundness: float) -> Solid:
    rows = [(y, 0.0, (front + back) / 2, half, half, (front - back) / 2, (front - back) / 2)
            for y, half, front, back in table]  # fmt: skip
    return sweep(1, (0, 2), rows, roundness)


def torso() -> Solid:
    """Trunk from crotch to neck, with chest, buttocks and the slope of the shoulders."""
    trunk, neck = _stack(_TRUNK, 2.35), _stack(_NECK, 2.0)
    slope = rod((0.030, 1.462, -0.046), (0.160, 1.424, -0.028), 0.036, 0.030)
    chest = ellipsoid((0.072, 1.310, 0.062), (0.080, 0.062, 0.052))
    buttock = ellipsoid((0.078, 0.905, -0.072), (0.082, 0.086, 0.062))
    blade = ellipsoid((0.085, 1.335, -0.085), (0.060, 0.080, 0.036))

    def solid(points: np.ndarray) -> np.ndarray:
        field = union(trunk(points), neck(points), 0.05)
        field = union(field, slope(points), 0.05)
        field = union(field, chest(points), 0.04)
        field = union(field, blade(points), 0.04)
        return union(field, buttock(points), 0.05)

    return solid
