# SPDX-License-Identifier: GPL-3.0-or-later
"""Rotation matrices about the axes of a quadruped's frame: X to the head, Y to its left, Z up."""

import numpy as np


def roll(angle: np.ndarray) -> np.ndarray:
    """About X: positive lifts the left side. angle (...) radians -> (..., 3, 3)."""
    return _about(angle, 1, 2)


def pitch(angle: np.ndarray) -> np.ndarray:
    """About Y, but positive lifts the head: angle (...) radians -> (..., 3, 3)."""
    return _about(-np.asarray(angle, float), 2, 0)


def yaw(angle: np.ndarray) -> np.ndarray:
    """About Z: positive turns to the left. angle (...) radians -> (..., 3, 3)."""
    return _about(angle, 0, 1)


def _about(angle: np.ndarray, first: int, second: int) -> np.ndarray:
    angle = np.asarray(angle, float)
    matrix = np.zeros((*angle.shape, 3, 3))
    matrix[..., range(3), range(3)] = 1.0
    matrix[..., first, first] = matrix[..., second, second] = np.cos(angle)
    matrix[..., second, first] = np.sin(angle)
    matrix[..., first, second] = -matrix[..., second, first]
    return matrix


def frame(along: np.ndarray, side: np.ndarray) -> np.ndarray:
    """Right-handed frames (..., 3, 3) whose columns are ``along`` (unit), ``side`` made square to it, and the third."""
    side = unit(side - (side * along).sum(-1, keepdims=True) * along)
    return np.stack([along, side, np.cross(along, side)], -1)


def unit(vectors: np.ndarray) -> np.ndarray:
    """Vectors (..., 3) of length 1."""
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True).clip(1e-12)


def turned(matrices: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """Matrices (..., 3, 3) times vectors (..., 3)."""
    return (matrices @ vectors[..., None])[..., 0]
