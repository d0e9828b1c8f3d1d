# SPDX-License-Identifier: GPL-3.0-or-later
"""Skinning weights: at each joint the body is parted by a soft plane, and the partings are smoothed along the skin."""

import numpy as np
import scipy.sparse
import scipy.sparse.linalg

from ..skeleton import JOINT_COUNT, JOINT_NAMES, MIRROR, PARENTS
from .mesh import Mesh
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
MAX_INFLUENCES = 4


def step(value: np.ndarray, low: float, high: float) -> np.ndarray:
    """0 below low, 1 above high, smooth (C2) between."""
    t = np.clip((value - low) / (high - low), 0, 1)
    return t**3 * (t * (6 * t - 15) + 10)


def smoother(mesh: Mesh, reach: float) -> scipy.sparse.linalg.SuperLU:
    """A factorised implicit diffusion along the mesh; `reach` metres is about how far it carries."""
    edges = mesh.edges()
    length = np.linalg.norm(mesh.vertices[edges[:, 0]] - mesh.vertices[edges[:, 1]], axis=1)
    size = len(mesh.vertices)
    w = (reach / np.maximum(length, 1e-3)) ** 2 / 4
    near = scipy.sparse.coo_matrix((w, (edges[:, 0], edges[:, 1])), shape=(size, size))
    near = (near + near.T).tocsc()
    system = scipy.sparse.identity(size) + scipy.sparse.diags(np.asarray(near.sum(1)).ravel()) - near
    return scipy.sparse.linalg.splu(system.tocsc())


def skin(mesh: Mesh) -> np.ndarray:
    """(V, 24) weights: rows sum to 1, at most 4 joints a vertex, left and right mirror each other."""
    vertices = mesh.vertices - [0, FLOOR, 0]
    far = np.zeros((len(vertices), JOINT_COUNT))
    far[:, 0] = 1
    for name, (point, normal, width) in _PARTINGS.items():
        joint = JOINT_NAMES.index(name)
        normal = np.array(normal, float) / np.linalg.norm(normal)
        side = step((vertices - point) @ normal, -width, width) * _region(name, vertices)
        far[:, joint] = side
        if MIRROR[joint] != joint:
            far[:, MIRROR[joint]] = side[mesh.mirror]
    far[:, 1:] = np.clip(smoother(mesh, 0.012).solve(far[:, 1:]), 0, 1)

    weights = np.zeros_like(far)
    share = np.zeros_like(far)  # how much of a vertex moves with the joint or with joints below it
    share[:, 0] = 1
    for joint in range(JOINT_COUNT):
        children = [c for c in range(JOINT_COUNT) if PARENTS[c] == joint]
        total = far[:, children].sum(1)
        fair = 1 / np.maximum(total, 1)
        share[:, children] = share[:, [joint]] * far[:, children] * fair[:, None]
        weights[:, joint] = share[:, joint] * (1 - np.minimum(total, 1))
    return _keep_largest((weights + weights[mesh.mirror][:, list(MIRROR)]) / 2)


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


def _keep_largest(weights: np.ndarray) -> np.ndarray:
    """The largest four influences of each row, faded out smoothly instead of cut, and normalised."""
    fifth = np.sort(weights, axis=1)[:, -MAX_INFLUENCES - 1 : -MAX_INFLUENCES]
    kept = np.where(weights > fifth, weights - fifth, 0)
    kept[kept < 2e-3] = 0
    return kept / kept.sum(1, keepdims=True)
