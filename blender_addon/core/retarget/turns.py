# SPDX-License-Identifier: GPL-3.0-or-later
"""Rotation matrices (..., 3, 3) made, averaged and taken apart. Angles in radians."""

import numpy as np

from ..rotations import matrix_from_quaternion, multiply, quaternion_from_axis_angle, quaternion_from_matrix

_TINY = 1e-12


def unit(vectors: np.ndarray) -> np.ndarray:
    """Vectors (..., 3) of length 1; the zero vector stays."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), _TINY)


def turned(matrices: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """Vectors (..., 3) turned by matrices (..., 3, 3), each by its own."""
    return np.einsum("...ab,...b->...a", matrices, vectors)


def about(axes: np.ndarray, angles: np.ndarray) -> np.ndarray:
    """Rotations (..., 3, 3) about unit axes (..., 3) by angles (...)."""
    return matrix_from_quaternion(quaternion_from_axis_angle(axes * np.asarray(angles)[..., None]))


def shortest(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """The smallest rotations (..., 3, 3) that take directions (..., 3) to others. Opposite ones turn about any axis."""
    start, end = np.broadcast_arrays(unit(start), unit(end))
    scalar = 1 + (start * end).sum(-1, keepdims=True)
    aside = np.cross(start, np.where(np.abs(start[..., :1]) < 0.9, [1.0, 0, 0], [0.0, 1, 0]))
    vector = np.where(scalar < 1e-9, unit(aside), np.cross(start, end))
    quaternions = np.concatenate([np.where(scalar < 1e-9, 0.0, scalar), vector], axis=-1)
    return matrix_from_quaternion(quaternions / np.linalg.norm(quaternions, axis=-1, keepdims=True))


def nearest_rotation(matrices: np.ndarray) -> np.ndarray:
    """The rotations (..., 3, 3) nearest to matrices, as of a mean of rotations or a bone of a scaled object."""
    left, _, right = np.linalg.svd(matrices)
    left = left * np.stack([np.ones(left.shape[:-2])] * 2 + [np.linalg.det(left @ right)], axis=-1)[..., None, :]
    return left @ right


def mean_rotation(matrices: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Means (T, 3, 3) of rotations (T, N, 3, 3) with weights (N,) that are not all zero."""
    if np.count_nonzero(weights) == 1:
        return matrices[:, int(np.flatnonzero(weights)[0])]
    return nearest_rotation(np.einsum("n,tnab->tab", weights / weights.sum(), matrices))


def twist(matrices: np.ndarray, axis: np.ndarray) -> np.ndarray:
    """What rotations (..., 3, 3) turn about a unit axis (3,): rotations about it alone."""
    quaternions = quaternion_from_matrix(matrices)
    along = np.concatenate([quaternions[..., :1], (quaternions[..., 1:] @ axis)[..., None] * axis], axis=-1)
    length = np.linalg.norm(along, axis=-1, keepdims=True)
    along = np.where(length > 1e-6, along / np.maximum(length, _TINY), [1.0, 0, 0, 0])
    return matrix_from_quaternion(along)


def between(first: np.ndarray, second: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Rotations (..., 3, 3) on the way from one to another: share (...) in [0, 1]."""
    a, b = quaternion_from_matrix(first), quaternion_from_matrix(second)
    b = np.where((a * b).sum(-1, keepdims=True) < 0, -b, b)
    relative = multiply(a * [1.0, -1, -1, -1], b)
    length = np.linalg.norm(relative[..., 1:], axis=-1, keepdims=True)
    angle = 2 * np.arctan2(length, relative[..., :1])
    vector = relative[..., 1:] / np.maximum(length, _TINY) * angle * np.asarray(share)[..., None]
    return matrix_from_quaternion(multiply(a, quaternion_from_axis_angle(vector)))


def angle_between(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The angles (...) between rotations (..., 3, 3). Exact for small ones too."""
    away = np.linalg.norm(first - second, axis=(-2, -1)) / np.sqrt(8)
    return 2 * np.arcsin(np.clip(away, 0, 1))
