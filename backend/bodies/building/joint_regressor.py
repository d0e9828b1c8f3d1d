# SPDX-License-Identifier: GPL-3.0-or-later
"""Joints as local averages of vertices, right for the mean body and for every shape direction."""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import nnls

from .mesh import Mesh

_NEAREST = 320
#: How much a metre of error in a place, and in a displacement by one beta, counts against uneven weights.
_PLACE, _DISPLACEMENT = 1e5, 3e4


def joint_regressor(
    mesh: Mesh, joints: np.ndarray, mirror: Sequence[int], vertex_shapes: np.ndarray, joint_shapes: np.ndarray
) -> np.ndarray:
    """(J, V) weights, none negative, rows summing to 1, left and right mirrored.

    joints (J, 3), mirror (J,) the joint on the other side; vertex_shapes (V, 3, B) and joint_shapes (J, 3, B) the shape
    directions at vertices and joints.
    Non-negative least squares over the vertices nearest to each joint: the sum, the place and every direction's
    displacement are wanted exactly, and beyond that weights as even as can be.
    """
    regressor = np.zeros((len(joints), len(mesh.vertices)))
    for joint in range(len(joints)):
        if mirror[joint] < joint:
            regressor[joint] = regressor[mirror[joint]][mesh.mirror]
            continue
        distance = np.linalg.norm(mesh.vertices - joints[joint], axis=1)
        near = np.argsort(distance, kind="stable")[:_NEAREST]
        if mirror[joint] == joint:
            near = np.union1d(near, mesh.mirror[near])
        wanted = [_PLACE * np.ones((1, len(near))), _PLACE * mesh.vertices[near].T]
        target = [[_PLACE], _PLACE * joints[joint]]
        wanted.append(_DISPLACEMENT * vertex_shapes[near].reshape(len(near), -1).T)
        target.append(_DISPLACEMENT * joint_shapes[joint].reshape(-1))
        system = np.concatenate([*wanted, np.eye(len(near))])
        weights, _ = nnls(system, np.concatenate([*target, np.full(len(near), 1 / len(near))]), maxiter=5000)
        regressor[joint, near] = weights / weights.sum()
        if mirror[joint] == joint:
            regressor[joint] = (regressor[joint] + regressor[joint][mesh.mirror]) / 2
    return regressor
