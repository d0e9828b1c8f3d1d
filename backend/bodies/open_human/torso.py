# SPDX-License-Identifier: GPL-3.0-or-later
"""The trunk and the neck, in the figure's frame: metres, floor at y = 0, left half (x >= 0) only."""

import numpy as np

from ..building.solids import Solid, cut, ellipsoid, rod, sweep, union

#: height, half breadth, front z, back z
_TRUNK = (
    (0.826, 0.090, 0.062, -0.058),
    (0.850, 0.130, 0.080, -0.080),
    (0.880, 0.155, 0.090, -0.096),
    (0.950, 0.166, 0.098, -0.104),
    (1.020, 0.156, 0.102, -0.088),
    (1.090, 0.140, 0.101, -0.073),
    (1.150, 0.134, 0.098, -0.076),
    (1.220, 0.141, 0.103, -0.094),
    (1.290, 0.150, 0.108, -0.110),
    (1.350, 0.153, 0.098, -0.115),
    (1.400, 0.138, 0.072, -0.107),
    (1.440, 0.098, 0.046, -0.092),
    (1.480, 0.058, 0.030, -0.074),
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
    chest = ellipsoid((0.078, 1.325, 0.051), (0.084, 0.072, 0.048), turn=0.25)
    buttock = ellipsoid((0.076, 0.902, -0.070), (0.084, 0.088, 0.058))
    collarbone = rod((0.020, 1.418, 0.036), (0.150, 1.432, -0.010), 0.010, 0.011)
    groove = rod((0, 1.42, -0.140), (0, 1.02, -0.103), 0.016, 0.014)
    blade = ellipsoid((0.085, 1.335, -0.085), (0.060, 0.080, 0.036))

    def solid(points: np.ndarray) -> np.ndarray:
        field = union(trunk(points), neck(points), 0.05)
        field = union(field, slope(points), 0.05)
        field = union(field, chest(points), 0.04)
        field = union(field, blade(points), 0.04)
        field = union(field, collarbone(points), 0.02)
        field = cut(field, groove(points), 0.03)
        return union(field, buttock(points), 0.05)

    return solid
