# SPDX-License-Identifier: GPL-3.0-or-later
"""Where joints and skin of a posed body stand, by the same rules as smplx. The oracle of what Blender shows."""

import numpy as np

from .rotations import matrix_from_quaternion, quaternion_from_axis_angle


def joint_transforms(poses: np.ndarray, trans: np.ndarray, rest: np.ndarray, parents) -> tuple[np.ndarray, np.ndarray]:
    """World rotations (T, J, 3, 3) from SMPL's rest frame, and world positions (T, J, 3) in metres, of all joints.

    poses: local axis-angle (T, J, 3), root first. trans: (T, 3), added to the posed body. rest: (J, 3) in SMPL's
    frame. parents: (J,), each before its children, -1 for the root.
    """
    local = matrix_from_quaternion(quaternion_from_axis_angle(poses))
    rotations, positions = np.empty_like(local), np.empty(poses.shape)
    for joint, parent in enumerate(parents):
        if parent < 0:
            rotations[:, joint], positions[:, joint] = local[:, joint], rest[joint] + trans
            continue
        rotations[:, joint] = rotations[:, parent] @ local[:, joint]
        positions[:, joint] = positions[:, parent] + rotations[:, parent] @ (rest[joint] - rest[parent])
    return rotations, positions


def skinned_vertices(rotations, positions, vertices, rest, weights) -> np.ndarray:
    """Linear blend skinning without pose correctives: world positions (T, V, 3) of rest vertices (V, 3).

    rotations, positions: of `joint_transforms`. rest: rest joints (J, 3). weights: (V, J), rows summing to 1.
    """
    offsets = positions - np.einsum("tjab,jb->tja", rotations, rest)
    blended = np.einsum("vj,tjab->tvab", weights, rotations)
    return np.einsum("tvab,vb->tva", blended, vertices) + np.einsum("vj,tja->tva", weights, offsets)
