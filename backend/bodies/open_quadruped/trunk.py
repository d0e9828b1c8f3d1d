# SPDX-License-Identifier: GPL-3.0-or-later
"""The cat's trunk, neck and tail: metres in the body's frame, left half (y >= 0) only."""

import numpy as np

from ..building.solids import Solid, ellipsoid, rod, sweep, tube, union
from ..smal_skeleton import joint
from .proportions import rest_joints

#: ahead, half breadth, belly or brisket, back; the widest height as a share of the depth
_TRUNK = (
    (-0.172, 0.018, 0.206, 0.240, 0.5),
    (-0.158, 0.030, 0.184, 0.2485, 0.5),
    (-0.130, 0.041, 0.166, 0.2560, 0.5),
    (-0.090, 0.045, 0.156, 0.2600, 0.5),
    (-0.050, 0.0455, 0.1515, 0.2610, 0.5),
    (-0.010, 0.049, 0.145, 0.2605, 0.48),
    (0.030, 0.052, 0.136, 0.2595, 0.45),
    (0.070, 0.0525, 0.127, 0.2590, 0.44),
    (0.105, 0.049, 0.124, 0.2605, 0.45),
    (0.133, 0.043, 0.131, 0.2610, 0.5),
    (0.154, 0.035, 0.148, 0.2580, 0.55),
    (0.169, 0.025, 0.168, 0.2540, 0.6),
    (0.179, 0.014, 0.190, 0.2480, 0.6),
)
_TAIL_RADII = (0.0150, 0.0128, 0.0118, 0.0112, 0.0108, 0.0103, 0.0096, 0.0078)
TAIL_TIP = (-0.363, 0.0, 0.104)


def _stack(table) -> Solid:
    rows = []
    for ahead, half, low, high, share in table:
        middle = low + share * (high - low)
        rows.append((ahead, 0.0, middle, half, half, high - middle, middle - low))
    return sweep(0, (1, 2), rows, 2.15)


def trunk() -> Solid:
    """Rib cage, belly, loin and rump, with the blades over the withers, and the neck up to the skull."""
    barrel = _stack(_TRUNK)
    neck = rod((0.138, 0.0, 0.212), (0.198, 0.0, 0.276), 0.040, 0.0325)
    nape = rod((0.122, 0.0, 0.224), (0.190, 0.0, 0.284), 0.026, 0.026)
    throat = rod((0.152, 0.0, 0.196), (0.204, 0.0, 0.262), 0.033, 0.025)
    blade = ellipsoid((0.122, 0.030, 0.216), (0.030, 0.015, 0.042), turn=0.45, about=1)

    def solid(points: np.ndarray) -> np.ndarray:
        field = union(barrel(points), blade(points), 0.025)
        collar = union(union(neck(points), nape(points), 0.03), throat(points), 0.03)
        return union(field, collar, 0.04)

    return solid


def tail() -> Solid:
    """The tail from the rump to its tip."""
    joints = rest_joints()
    first = joint("Tail1")
    points = [(-0.136, 0.0, 0.238), *joints[first + 1 : first + 7], TAIL_TIP]
    return tube(points, _TAIL_RADII)
