# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the body is parted at each joint, and the skinning weights that this gives."""

import numpy as np

from ..building.mesh import Mesh
from ..building.skinning import skin as skin_by_partings
from ..building.skinning import step
from ..skeleton import MIRROR, TREE
from .proportions import FLOOR

#: Joint: (point on the parting plane as x, height, z; its normal towards the far side; half the parting's width).
_PARTINGS = {
    "left_hip": ((0.080, 0.868, 0.000), (0.48, -0.86, 0.14), 0.085),
    "spine1": ((0.0, 1.065, 0.0), (0, 1, 0.0), 0.075),
    "left_knee": ((0.100, 0.487, 0.0), (0, -1, 0), 0.055),
    "spine2": ((0.0, 1.185, 0.0), (0, 1, 0), 0.070),
    "left_ankle": ((0.090, 0.080, -0.020), (0, -1, 0.35), 0.032),
    "spine3": ((0.0, 1.275, 0.0), (0, 1, 0), 0.070),
    "left_foot": ((0.110, 0.026, 0.094), (0, 0, 1), 0.022),
    "neck": ((0.0, 1.462, -0.015), (0, 1, 0.25), 0.042),
    "left_collar": ((0.080, 1.390, 0.0), (1, 0, 0), 0.075),
    "head": ((0.0, 1.528, -0.005), (0, 1, 0.55), 0.026),
    "left_shoulder": ((0.176, 1.400, 0.0), (1, 0.12, 0), 0.060),
    "left_elbow": ((0.438, 1.402, 0.0), (1, 0, 0), 0.045),
    "left_wrist": ((0.690, 1.402, 0.0), (1, 0, 0), 0.030),
    "left_hand": ((0.776, 1.400, 0.0), (1, 0, 0), 0.018),
}


def skin(mesh: Mesh) -> np.ndarray:
    """(V, 24) weights: rows sum to 1, at most 4 joints a vertex, left and right mirror each other."""
    vertices = mesh.vertices - [0, FLOOR, 0]

    def bound(name: str, side: np.ndarray) -> np.ndarray:
        return side * _region(name, vertices)

    return skin_by_partings(mesh, vertices, _PARTINGS, bound, TREE, MIRROR, reach=0.012)


def _region(name: str, vertices: np.ndarray) -> np.ndarray:
    """Where a joint's parting plane counts: the plane of a hip must not part the other leg, and so on."""
    x, y = vertices[:, 0], vertices[:, 1]
    arm = step(np.abs(x), 0.13, 0.20)
    if name == "left_hip":
        return step(x, -0.03, 0.03)
    if name in ("neck", "head"):
        return 1 - step(np.abs(x), 0.055, 0.15) if name == "neck" else 1 - arm
    if name == "left_collar":
        return np.maximum(step(y, 1.25, 1.37) * (1 - step(y, 1.43, 1.49)), step(x, 0.15, 0.22))
    if name in ("left_knee", "left_ankle", "left_foot"):
        return (x > 0) & (y < 0.8)
    return np.where(x > 0, 1, 0) if name.startswith("left") else np.ones_like(x)
