# SPDX-License-Identifier: GPL-3.0-or-later
"""Joints as local averages of vertices, right for the mean body and for every shape direction."""

import numpy as np
from scipy.optimize import nnls

from ..skeleton import JOINT_COUNT, MIRROR
from .mesh import Mesh

_NEAREST = 320
#: How much a metre of error in a place, and in a displacement by one beta, counts against uneven weights.
_PLACE, _DISPLACEMENT = 1e5, 3e4


def joint_regressor(mesh: Mesh, joints: np.ndarray, vertex_shapes: np.ndarray, joint_shapes: np.ndarray) -> np.ndarray:
    """(24, V) weights, none negative, rows summing to 1, left and right mirrored.

    joints (24, 3); vertex_shapes (V, 3, B) and joint_shapes (24, 3, B) the shape directions at vertices and joints.
    Non-negative least squares over the vertices nearest to each joint: the sum, the place and every direction's
    displacement are wanted exactly, and beyond that weights as even as can be.
    """
    regressor = np.zeros((JOINT_COUNT, len(mesh.vertices)))
    for joint in range(JOINT_COUNT):
        if MIRROR[joint] < joint:
            regressor[joint] = regressor[MIRROR[joint]][mesh.mirror]
            continue
        distance = np.linalg.norm(mesh.vertices - joints[joint], axis=1)
        near = np.argsort(distance, kind="stable")[:_NEAREST]
        if MIRROR[joint] == joint:
            near = np.union1d(near, mesh.mirror[near])
        wanted = [_PLACE * np.ones((1, len(near))), _PLACE * mesh.vertices[near].T]
        target = [[_PLACE], _PLACE * joints[joint]]
        wanted.append(_DISPLACEMENT * vertex_shapes[near].reshape(len(near), -1).T)
        target.append(_DISPLACEMENT * joint_shapes[joint].reshape(-1))
        system = np.concatenate([*wanted, np.eye(len(near))])
        weights, _ = nnls(system, np.concatenate([*target, np.full(len(near), 1 / len(near))]), maxiter=5000)
        regressor[joint, near] = weights / weights.sum()
        if MIRROR[joint] == joint:
            regressor[joint] = (regressor[joint] + regressor[joint][mesh.mirror]) / 2
    return regressor
