# SPDX-License-Identifier: GPL-3.0-or-later
"""The head, in the figure's frame: metres, floor at y = 0, left half (x >= 0) only."""

import numpy as np

from .solids import Solid, cut, ellipsoid, rod, sweep, union

#: height, half breadth, front z, back z
_SKULL = (
    (1.492, 0.024, 0.092, 0.035),
    (1.505, 0.040, 0.102, 0.000),
    (1.530, 0.055, 0.103, -0.035),
    (1.560, 0.065, 0.102, -0.062),
    (1.590, 0.071, 0.101, -0.078),
    (1.615, 0.073, 0.100, -0.084),
    (1.640, 0.075, 0.105, -0.086),
    (1.670, 0.072, 0.097, -0.079),
    (1.695, 0.060, 0.077, -0.061),
    (1.712, 0.038, 0.048, -0.034),
    (1.720, 0.008, 0.014, -0.002),
)


def head() -> Solid:
    """Skull, jaw, brow, nose, eye sockets with closed lids, lips and ears."""
    rows = [(y, 0.0, (f + b) / 2, half, half, (f - b) / 2, (f - b) / 2) for y, half, f, b in _SKULL]
    skull = sweep(1, (0, 2), rows, 2.2)
    bridge = rod((0, 1.618, 0.100), (0, 1.577, 0.119), 0.007, 0.010)
    wing = ellipsoid((0.010, 1.572, 0.108), (0.010, 0.008, 0.012))
    socket = ellipsoid((0.033, 1.614, 0.110), (0.020, 0.012, 0.016))
    lid = ellipsoid((0.032, 1.613, 0.083), (0.016, 0.014, 0.015))
    lips = ellipsoid((0, 1.544, 0.100), (0.025, 0.010, 0.008))
    ear = ellipsoid((0.076, 1.594, 0.004), (0.009, 0.031, 0.017), turn=-0.2)

    def solid(points: np.ndarray) -> np.ndarray:
        field = cut(skull(points), socket(points), 0.014)
        field = union(field, lid(points), 0.008)
        field = union(field, bridge(points), 0.012)
        field = union(field, wing(points), 0.008)
        field = union(field, lips(points), 0.010)
        return union(field, ear(points), 0.008)

    return solid
