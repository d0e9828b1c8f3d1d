# SPDX-License-Identifier: GPL-3.0-or-later
"""The cat's head, left half (y >= 0) only: metres, at first around a joint of the head that stands at `_JOINT`."""

import numpy as np

from ..building.solids import Solid, cut, ellipsoid, rod, sweep, union
from ..smal_skeleton import joint
from .proportions import rest_joints

#: height, middle ahead, middle to the left, half thickness, half breadth of the ear
_EAR = (
    (0.308, 0.2060, 0.0205, 0.0110, 0.0180),
    (0.320, 0.2075, 0.0235, 0.0105, 0.0205),
    (0.333, 0.2095, 0.0270, 0.0085, 0.0182),
    (0.346, 0.2115, 0.0303, 0.0066, 0.0136),
    (0.359, 0.2130, 0.0335, 0.0048, 0.0080),
    (0.3695, 0.2140, 0.0360, 0.0028, 0.0030),
)
#: Where the joint of the head is in these numbers, and how much larger the head is made around it.
_JOINT, _SCALE = np.array([0.2080, 0.0, 0.2920]), 1.10


def placed(point) -> np.ndarray:
    """A point (3,) of the head's numbers in the body's frame."""
    return rest_joints()[joint("Head")] + _SCALE * (np.asarray(point) - _JOINT)


EAR_TIP = placed((0.2140, 0.0365, 0.3710))
NOSE_TIP = placed((0.2750, 0.0, 0.2905))
CHIN = placed((0.2600, 0.0, 0.2655))
EYE = placed((0.2570, 0.0200, 0.3050))


def _ear() -> Solid:
    rows = [(z, x, y, t, t, w, w) for z, x, y, t, w in _EAR]
    shell = sweep(2, (0, 1), rows, 2.0)
    hollow = sweep(2, (0, 1), [(z + 0.001, x + 0.0085, y + 0.001, 0.9 * t, 0.9 * t, 0.70 * w, 0.70 * w)
                               for z, x, y, t, w in _EAR[1:-1]], 2.0)  # fmt: skip
    c, s = np.cos(0.45), np.sin(0.45)  # the shells open ahead and a little outwards

    def solid(points: np.ndarray) -> np.ndarray:
        dx, dy = points[:, 0] - 0.209, points[:, 1] - 0.026
        turned = np.stack([0.209 + c * dx + s * dy, 0.026 + c * dy - s * dx, points[:, 2]], 1)
        return cut(shell(turned), hollow(turned), 0.004)

    return solid


def head() -> Solid:
    """Skull, cheeks, short muzzle with whisker pads, nose, chin, eyes and ears."""
    skull = ellipsoid((0.2210, 0.0, 0.3030), (0.0420, 0.0375, 0.0340), turn=0.20, about=1)
    cheek = ellipsoid((0.2270, 0.0200, 0.2860), (0.0260, 0.0205, 0.0220))
    jaw = ellipsoid((0.2380, 0.0, 0.2780), (0.0280, 0.0200, 0.0140), turn=-0.1, about=1)
    bridge = rod((0.2450, 0.0, 0.3080), (0.2640, 0.0, 0.2930), 0.0120, 0.0075)
    pad = ellipsoid((0.2575, 0.0085, 0.2815), (0.0145, 0.0115, 0.0105))
    nose = ellipsoid((0.2690, 0.0, 0.2915), (0.0058, 0.0062, 0.0045))
    chin = ellipsoid((0.2550, 0.0, 0.2720), (0.0100, 0.0095, 0.0075))
    brow = rod((0.2480, 0.0080, 0.3150), (0.2430, 0.0260, 0.3130), 0.0070, 0.0060)
    socket = ellipsoid((0.2595, 0.0215, 0.3040), (0.0105, 0.0110, 0.0080), turn=-0.3)
    ball = ellipsoid((0.2487, 0.0198, 0.3040), (0.0092, 0.0098, 0.0086), turn=-0.3)
    ear = _ear()

    middle = rest_joints()[joint("Head")]

    def solid(points: np.ndarray) -> np.ndarray:
        points = _JOINT + (points - middle) / _SCALE
        field = union(union(skull(points), cheek(points), 0.025), jaw(points), 0.015)
        field = union(field, union(bridge(points), brow(points), 0.010), 0.014)
        field = union(field, union(pad(points), chin(points), 0.004), 0.010)
        field = union(field, nose(points), 0.004)
        field = cut(field, socket(points), 0.007)
        field = union(field, ball(points), 0.0015)
        return _SCALE * union(field, ear(points), 0.012)

    return solid
