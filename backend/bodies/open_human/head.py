# SPDX-License-Identifier: GPL-3.0-or-later
"""The head, in the figure's frame: metres, floor at y = 0, left half (x >= 0) only."""

import numpy as np

from ..building.solids import Solid, cut, ellipsoid, rod, sweep, union

#: height, half breadth, front z, back z: jaw and face, up to the brow; the cranium is an ellipsoid
_FACE = (
    (1.495, 0.022, 0.088, 0.050),
    (1.503, 0.036, 0.096, 0.010),
    (1.520, 0.047, 0.098, -0.020),
    (1.540, 0.055, 0.096, -0.040),
    (1.565, 0.062, 0.095, -0.052),
    (1.590, 0.067, 0.093, -0.060),
    (1.615, 0.069, 0.093, -0.066),
    (1.640, 0.068, 0.092, -0.066),
    (1.665, 0.058, 0.080, -0.060),
)


def head() -> Solid:
    """Skull, jaw, brow, nose, eye sockets with closed lids, lips and ears."""
    rows = [(y, 0.0, (f + b) / 2, half, half, (f - b) / 2, (f - b) / 2) for y, half, f, b in _FACE]
    face = sweep(1, (0, 2), rows, 2.1)
    cranium = ellipsoid((0, 1.632, 0.004), (0.072, 0.088, 0.093), turn=0.12)
    brow = rod((0.010, 1.629, 0.087), (0.044, 1.630, 0.068), 0.010, 0.009)
    socket = ellipsoid((0.031, 1.610, 0.104), (0.021, 0.013, 0.017))
    lid = ellipsoid((0.031, 1.610, 0.076), (0.0135, 0.0115, 0.0125))
    bridge = rod((0, 1.620, 0.091), (0, 1.578, 0.109), 0.0070, 0.0095)
    wing = ellipsoid((0.009, 1.574, 0.101), (0.0095, 0.0075, 0.011))
    lip = rod((0.0, 1.5475, 0.0955), (0.018, 1.5445, 0.087), 0.0075, 0.005)
    under = rod((0.0, 1.5325, 0.0930), (0.016, 1.5365, 0.086), 0.0080, 0.005)
    chin = ellipsoid((0, 1.509, 0.087), (0.021, 0.014, 0.017))
    ear = ellipsoid((0.0785, 1.598, 0.000), (0.0085, 0.032, 0.018), turn=-0.2)
    shell = ellipsoid((0.088, 1.599, 0.004), (0.005, 0.018, 0.009), turn=-0.2)

    def solid(points: np.ndarray) -> np.ndarray:
        field = union(union(face(points), cranium(points), 0.04), brow(points), 0.016)
        field = cut(field, socket(points), 0.012)
        field = union(field, lid(points), 0.006)
        field = union(field, union(bridge(points), wing(points), 0.006), 0.014)
        field = union(field, union(lip(points), under(points), 0.002), 0.006)
        field = union(field, chin(points), 0.015)
        return union(field, cut(ear(points), shell(points), 0.005), 0.010)

    return solid
