# SPDX-License-Identifier: GPL-3.0-or-later
"""Rotations of a posed skeleton, from a body's local axis-angle to Blender's pose bones. Quaternions are wxyz."""

import numpy as np

# SMPL's rest pose is Y up and faces +Z. An armature in Blender rests Z up and faces -Y. (x, y, z) -> (x, -z, y).
# Poses, being in the world already, never pass it. Which body has which such turn is core.body_family's to say.
REST_TO_BLENDER = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])


def quaternion_from_axis_angle(vectors: np.ndarray) -> np.ndarray:
    """Unit quaternions (..., 4) of axis-angle vectors (..., 3) in radians."""
    half = np.linalg.norm(vectors, axis=-1, keepdims=True) / 2
    # sin(half) / (2 half) -> 1/2 at 0, so the zero vector is no special case.
    return np.concatenate([np.cos(half), vectors * (np.sinc(half / np.pi) / 2)], axis=-1)


def matrix_from_quaternion(quaternions: np.ndarray) -> np.ndarray:
    """Rotation matrices (..., 3, 3) of unit quaternions (..., 4)."""
    w, x, y, z = np.moveaxis(quaternions, -1, 0)
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ]
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def quaternion_from_matrix(matrices: np.ndarray) -> np.ndarray:
    """Unit quaternions (..., 4) of rotation matrices (..., 3, 3), by the largest of the four components."""
    m = matrices
    trace = m[..., 0, 0] + m[..., 1, 1] + m[..., 2, 2]
    squares = np.stack([1 + trace] + [1 - trace + 2 * m[..., i, i] for i in range(3)], axis=-1)  # 4 q_i^2
    a, b, c = m[..., 2, 1] - m[..., 1, 2], m[..., 0, 2] - m[..., 2, 0], m[..., 1, 0] - m[..., 0, 1]  # 4 w (x, y, z)
    d, e, f = m[..., 0, 1] + m[..., 1, 0], m[..., 0, 2] + m[..., 2, 0], m[..., 1, 2] + m[..., 2, 1]  # 4 (xy, xz, yz)
    s = squares
    rows = np.stack(  # row i is 4 q_i q
        [
            np.stack([s[..., 0], a, b, c], -1),
            np.stack([a, s[..., 1], d, e], -1),
            np.stack([b, d, s[..., 2], f], -1),
            np.stack([c, e, f, s[..., 3]], -1),
        ],
        axis=-2,
    )
    best = np.argmax(squares, axis=-1)[..., None, None]
    row = np.take_along_axis(rows, best, axis=-2)[..., 0, :]
    return row / np.linalg.norm(row, axis=-1, keepdims=True)


def multiply(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Quaternion products (..., 4): the rotation b followed by the rotation a."""
    scalar = a[..., :1] * b[..., :1] - (a[..., 1:] * b[..., 1:]).sum(-1, keepdims=True)
    vector = a[..., :1] * b[..., 1:] + b[..., :1] * a[..., 1:] + np.cross(a[..., 1:], b[..., 1:])
    return np.concatenate([scalar, vector], axis=-1)


def continuous(quaternions: np.ndarray) -> np.ndarray:
    """The same rotations (T, ..., 4), each with the sign nearer to its predecessor's, so that curves do not jump."""
    dots = (quaternions[1:] * quaternions[:-1]).sum(-1)
    signs = np.cumprod(np.where(dots < 0, -1.0, 1.0), axis=0)
    return np.concatenate([quaternions[:1], quaternions[1:] * signs[..., None]])


def pose_bone_quaternions(
    rotations: np.ndarray, parents: np.ndarray, rest: np.ndarray, rest_to_blender: np.ndarray = REST_TO_BLENDER
) -> np.ndarray:
    """Values for `PoseBone.rotation_quaternion` (T, J, 4), continuous in time.

    rotations: the body's local rotations (T, J, 4), the root's from its rest frame into the Z-up world.
    parents: (J,), -1 for the root. rest: each bone's `matrix_local` rotation (J, 3, 3), columns in armature space.
    rest_to_blender: (3, 3), from the body's rest frame into the armature's.

    With C = rest_to_blender and B_j the rest matrix, a bone that has turned by D_j = G_j C^T (G_j: the body's global
    rotation) stands at D_j B_j. Blender composes P_j = P_parent B_parent^T B_j X_j, hence X_j = B_j^T C R_j C^T B_j,
    and X_root = B_root^T R_root C^T B_root since the world is where the root's own rotation leads.
    """
    to_bone = quaternion_from_matrix(np.swapaxes(rest, -1, -2) @ rest_to_blender)  # B^T C
    from_bone = to_bone * np.array([1.0, -1.0, -1.0, -1.0])
    turned = multiply(multiply(to_bone, rotations), from_bone)
    for root in np.flatnonzero(np.asarray(parents) < 0):
        unrest = quaternion_from_matrix(rest[root].T)
        turned[:, root] = multiply(multiply(unrest, rotations[:, root]), from_bone[root])
    return continuous(turned)


def root_locations(roots: np.ndarray, rest_head: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """Values for the root bone's `PoseBone.location` (T, 3).

    roots: the root joint in the world (T, 3). rest_head: its head at rest in armature space (3,). rest: its
    `matrix_local` rotation (3, 3), in whose axes Blender counts the location.
    """
    return (roots - rest_head) @ rest
