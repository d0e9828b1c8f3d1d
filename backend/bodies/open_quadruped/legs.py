# SPDX-License-Identifier: GPL-3.0-or-later
"""The cat's left legs: metres in the body's frame."""

import numpy as np

from ..building.solids import Solid, chain, ellipsoid, rod, union

#: toe: root and tip relative to the paw's middle (ahead, left), radius
_TOES = (
    ((0.004, -0.0105), (0.0150, -0.0118), 0.0066),
    ((0.006, -0.0038), (0.0205, -0.0042), 0.0070),
    ((0.006, 0.0038), (0.0205, 0.0042), 0.0070),
    ((0.004, 0.0105), (0.0150, 0.0118), 0.0066),
)


def _paw(ahead: float, left: float, length: float) -> Solid:
    """A paw on the floor: its middle (ahead, left), and how far it reaches back."""
    pad = ellipsoid((ahead - 0.002, left, 0.0100), (0.0165, 0.0150, 0.0112))
    heel = rod((ahead - length, left, 0.0085), (ahead, left, 0.0100), 0.0078, 0.0095)
    toes = [rod((ahead + x0, left + y0, 0.0088), (ahead + x1, left + y1, r), r, r) for (x0, y0), (x1, y1), r in _TOES]

    def solid(points: np.ndarray) -> np.ndarray:
        field = union(pad(points), heel(points), 0.010)
        digits = np.min([toe(points) for toe in toes], axis=0)
        field = union(field, digits, 0.004)
        floor = 0.0006 - points[:, 2]  # the pads lie flat
        return -union(-field, -floor, 0.003)

    return solid


def foreleg() -> Solid:
    """Upper arm, elbow, forearm, carpus and paw."""
    arm = chain([(0.146, 0.030, 0.190), (0.122, 0.034, 0.160), (0.097, 0.037, 0.134)], (0.025, 0.0215, 0.0165), 0.02)
    triceps = rod((0.108, 0.032, 0.184), (0.090, 0.037, 0.140), 0.0215, 0.0120)
    fore = chain(
        [(0.096, 0.038, 0.134), (0.099, 0.038, 0.110), (0.105, 0.035, 0.068), (0.107, 0.035, 0.044)],
        (0.0160, 0.0155, 0.0112, 0.0108),
        0.02,
    )
    pastern = chain(
        [(0.107, 0.035, 0.046), (0.113, 0.0345, 0.028), (0.119, 0.034, 0.014)], (0.0108, 0.0108, 0.0115), 0.01
    )
    elbow = rod((0.083, 0.037, 0.144), (0.093, 0.038, 0.130), 0.0085, 0.0105)
    paw = _paw(0.124, 0.034, 0.010)

    def solid(points: np.ndarray) -> np.ndarray:
        field = union(union(arm(points), triceps(points), 0.02), elbow(points), 0.012)
        field = union(field, fore(points), 0.015)
        field = union(field, pastern(points), 0.008)
        return union(field, paw(points), 0.010)

    return solid


def hindleg() -> Solid:
    """Thigh, stifle, shank, hock with its point, metatarsus and paw."""
    thigh = chain(
        [(-0.112, 0.027, 0.206), (-0.092, 0.034, 0.168), (-0.070, 0.040, 0.134)], (0.034, 0.0295, 0.0190), 0.03
    )
    ham = chain([(-0.140, 0.025, 0.206), (-0.132, 0.032, 0.166), (-0.108, 0.038, 0.124)], (0.028, 0.0245, 0.0135), 0.03)
    shank = chain(
        [(-0.071, 0.041, 0.133), (-0.105, 0.040, 0.108), (-0.146, 0.037, 0.078)], (0.0182, 0.0158, 0.0092), 0.02
    )
    calf = rod((-0.096, 0.039, 0.126), (-0.136, 0.038, 0.092), 0.0155, 0.0072)
    heel = rod((-0.160, 0.037, 0.083), (-0.148, 0.037, 0.076), 0.0074, 0.0092)
    tendon = rod((-0.130, 0.038, 0.100), (-0.160, 0.037, 0.083), 0.0050, 0.0060)
    metatarsus = chain(
        [(-0.151, 0.037, 0.076), (-0.141, 0.0365, 0.044), (-0.131, 0.036, 0.015)], (0.0098, 0.0095, 0.0110), 0.01
    )
    paw = _paw(-0.124, 0.036, 0.016)

    def solid(points: np.ndarray) -> np.ndarray:
        field = union(thigh(points), ham(points), 0.03)
        field = union(field, union(shank(points), calf(points), 0.012), 0.018)
        field = union(field, union(heel(points), tendon(points), 0.006), 0.008)
        field = union(field, metatarsus(points), 0.008)
        return union(field, paw(points), 0.010)

    return solid
