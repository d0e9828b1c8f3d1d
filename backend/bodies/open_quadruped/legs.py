# SPDX-License-Identifier: GPL-3.0-or-later
"""The cat's left legs: metres in the body's frame."""

import numpy as np

from ..building.solids import Solid, ellipsoid, rod, tube, union

#: toe: root and tip relative to the paw's middle (ahead, left), radius
_TOES = (
    ((0.002, -0.0110), (0.0130, -0.0128), 0.0058),
    ((0.004, -0.0048), (0.0200, -0.0052), 0.0060),
    ((0.004, 0.0048), (0.0200, 0.0052), 0.0060),
    ((0.002, 0.0110), (0.0130, 0.0128), 0.0058),
)


def _paw(ahead: float, left: float, length: float) -> Solid:
    """A paw on the floor: its middle (ahead, left), and how far it reaches back."""
    pad = ellipsoid((ahead - 0.003, left, 0.0100), (0.0150, 0.0145, 0.0112))
    heel = rod((ahead - length, left, 0.0085), (ahead, left, 0.0100), 0.0078, 0.0095)
    toes = [
        rod((ahead + x0, left + y0, 0.0105), (ahead + x1, left + y1, r), 1.1 * r, r) for (x0, y0), (x1, y1), r in _TOES
    ]

    def solid(points: np.ndarray) -> np.ndarray:
        field = union(pad(points), heel(points), 0.010)
        digits = np.min([toe(points) for toe in toes], axis=0)
        field = union(field, digits, 0.003)
        floor = 0.0006 - points[:, 2]  # the pads lie flat
        return -union(-field, -floor, 0.003)

    return solid


def foreleg() -> Solid:
    """Upper arm, elbow, forearm, carpus and paw."""
    arm = tube([(0.146, 0.030, 0.190), (0.122, 0.034, 0.160), (0.097, 0.037, 0.134)], (0.026, 0.0225, 0.0170))
    triceps = rod((0.108, 0.032, 0.184), (0.090, 0.037, 0.140), 0.0215, 0.0120)
    shaft = [(0.096, 0.038, 0.136), (0.098, 0.038, 0.112), (0.104, 0.0355, 0.070), (0.1065, 0.035, 0.047),
             (0.112, 0.0345, 0.030), (0.119, 0.034, 0.014)]  # fmt: skip
    forearm = tube(shaft, (0.0160, 0.0158, 0.0112, 0.0108, 0.0112, 0.0110))
    elbow = rod((0.083, 0.037, 0.144), (0.093, 0.038, 0.130), 0.0085, 0.0110)
    pisiform = ellipsoid((0.0995, 0.035, 0.046), (0.0050, 0.0050, 0.0060))
    paw = _paw(0.124, 0.034, 0.010)

    def solid(points: np.ndarray) -> np.ndarray:
        field = union(union(arm(points), triceps(points), 0.02), elbow(points), 0.012)
        field = union(field, forearm(points), 0.015)
        field = union(field, pisiform(points), 0.006)
        return union(field, paw(points), 0.010)

    return solid


def hindleg() -> Solid:
    """Thigh, stifle, shank, hock with its point, metatarsus and paw."""
    thigh = tube([(-0.112, 0.027, 0.206), (-0.092, 0.034, 0.168), (-0.070, 0.040, 0.134)], (0.035, 0.0310, 0.0195))
    ham = tube([(-0.140, 0.025, 0.206), (-0.133, 0.032, 0.166), (-0.110, 0.038, 0.122)], (0.028, 0.0250, 0.0140))
    shank = tube([(-0.071, 0.041, 0.133), (-0.105, 0.040, 0.108), (-0.146, 0.037, 0.078)], (0.0185, 0.0162, 0.0094))
    calf = rod((-0.096, 0.039, 0.127), (-0.134, 0.038, 0.094), 0.0160, 0.0078)
    heel = rod((-0.1605, 0.037, 0.083), (-0.148, 0.037, 0.076), 0.0074, 0.0094)
    tendon = rod((-0.126, 0.038, 0.103), (-0.1605, 0.037, 0.083), 0.0056, 0.0060)
    shaft = [(-0.150, 0.037, 0.078), (-0.144, 0.0368, 0.056), (-0.138, 0.0364, 0.034), (-0.131, 0.036, 0.014)]
    metatarsus = tube(shaft, (0.0102, 0.0096, 0.0102, 0.0110))
    paw = _paw(-0.124, 0.036, 0.016)

    def solid(points: np.ndarray) -> np.ndarray:
        field = union(thigh(points), ham(points), 0.03)
        field = union(field, union(shank(points), calf(points), 0.012), 0.018)
        field = union(field, union(heel(points), tendon(points), 0.006), 0.008)
        field = union(field, metatarsus(points), 0.008)
        return union(field, paw(points), 0.010)

    return solid
