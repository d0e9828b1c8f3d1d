# SPDX-License-Identifier: GPL-3.0-or-later
"""Joints as local averages of vertices, right for the mean body and for every shape direction."""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import nnls

from .mesh import Mesh
from .skinning import smoother

#: How much a metre of error in a place counts against uneven weights.
_PLACE = 1e5


def joint_regressor(
    mesh: Mesh,
    joints: np.ndarray,
    mirror: Sequence[int],
    vertex_shapes: np.ndarray,
    joint_shapes: np.ndarray,
    nearest: int = 320,
    stride: int = 1,
    displacement: float = 3e4,
) -> np.ndarray:
    """(J, V) weights, none negative, rows summing to 1, left and right mirrored.

    joints (J, 3), mirror (J,) the joint on the other side; vertex_shapes (V, 3, B) and joint_shapes (J, 3, B) the shape
    directions at vertices and joints. Non-negative least squares over every stride-th of the vertices nearest to each
    joint: the sum, the place and every direction's displacement are wanted exactly, and beyond that weights as even as
    can be. displacement: how much a metre of error in one counts, where a metre in the place counts 100,000.
    """
    regressor = np.zeros((len(joints), len(mesh.vertices)))
    for joint in range(len(joints)):
        if mirror[joint] < joint:
            regressor[joint] = regressor[mirror[joint]][mesh.mirror]
            continue
        distance = np.linalg.norm(mesh.vertices - joints[joint], axis=1)
        near = np.argsort(distance, kind="stable")[:nearest:stride]
        if mirror[joint] == joint:
            near = np.union1d(near, mesh.mirror[near])
        wanted = [_PLACE * np.ones((1, len(near))), _PLACE * mesh.vertices[near].T]
        target = [[_PLACE], _PLACE * joints[joint]]
        wanted.append(displacement * vertex_shapes[near].reshape(len(near), -1).T)
        target.append(displacement * joint_shapes[joint].reshape(-1))
        system = np.concatenate([*wanted, np.eye(len(near))])
        weights, _ = nnls(system, np.concatenate([*target, np.full(len(near), 1 / len(near))]), maxiter=5000)
        regressor[joint, near] = weights / weights.sum()
        if mirror[joint] == joint:
            regressor[joint] = (regressor[joint] + regressor[joint][mesh.mirror]) / 2
    return regressor


def follow_joints(
    mesh: Mesh, regressor: np.ndarray, vertex_shapes: np.ndarray, joint_shapes: np.ndarray, reach: float
) -> np.ndarray:
    """(V, 3, B) shape directions corrected by as little as moves the regressed joints exactly as joint_shapes says.

    reach: metres that the corrections spread along the skin.
    """
    spread = smoother(mesh, reach).solve(regressor.T)
    missing = joint_shapes - np.einsum("jv,vcb->jcb", regressor, vertex_shapes)
    amount = np.linalg.solve(regressor @ spread, missing.reshape(len(joint_shapes), -1))
    return vertex_shapes + (spread @ amount).reshape(vertex_shapes.shape)
