# SPDX-License-Identifier: GPL-3.0-or-later
"""Rotations about a given axis, and the way a person faces."""

import numpy as np

from .points import HIPS, SHOULDERS
from .smoothing import low_passed

UP = np.array([0.0, 0.0, 1.0])


def unit(vectors: np.ndarray) -> np.ndarray:
    """Vectors (..., 3) at length 1."""
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True).clip(1e-9)


def turned(vectors: np.ndarray, axis: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """Vectors (..., 3) turned about unit axes (..., 3) by angles (...) in radians (Rodrigues)."""
    cos, sin = np.cos(angle)[..., None], np.sin(angle)[..., None]
    along = (vectors * axis).sum(-1, keepdims=True) * axis
    return along + cos * (vectors - along) + sin * np.cross(axis, vectors)


def yaw_matrix(angle: np.ndarray) -> np.ndarray:
    """Rotations (..., 3, 3) about the vertical by angles (...)."""
    zero, one = np.zeros_like(angle), np.ones_like(angle)
    rows = [np.cos(angle), -np.sin(angle), zero, np.sin(angle), np.cos(angle), zero, zero, zero, one]
    return np.stack(rows, -1).reshape(*np.shape(angle), 3, 3)


def facing_yaw(points: np.ndarray, frames: float) -> np.ndarray:
    """Smoothed angle (T,) by which a person, points (T, 18, 3), is turned from facing +y; continuous."""
    right = sum(points[:, pair[1]] - points[:, pair[0]] for pair in (HIPS, SHOULDERS))
    return low_passed(np.unwrap(np.arctan2(right[:, 1], right[:, 0])), frames)


def axes(yaw: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Right and forward (T, 3), level, of somebody turned by ``yaw`` (T,)."""
    turn = yaw_matrix(yaw)
    return turn[..., 0], turn[..., 1]
