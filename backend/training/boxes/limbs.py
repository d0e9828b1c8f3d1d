# SPDX-License-Identifier: GPL-3.0-or-later
"""Limbs of two bones: where the knee or elbow goes when both ends are given."""

import numpy as np

from .turning import unit


def bend(
    root: np.ndarray, end: np.ndarray, upper: float, lower: float, pole: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The middle and the end (..., 3) of a limb from ``root`` to ``end`` that bends towards ``pole`` (..., 3).

    An end out of reach, or nearer than the bones fold, is brought along the line to where the limb can be.
    """
    line = end - root
    distance = np.linalg.norm(line, axis=-1, keepdims=True).clip(1e-6)
    direction = line / distance
    reach = distance.clip(abs(upper - lower) + 1e-3, upper + lower)
    along = (upper**2 - lower**2 + reach**2) / (2 * reach)
    height = np.sqrt((upper**2 - along**2).clip(0))
    side = unit(pole - (pole * direction).sum(-1, keepdims=True) * direction)
    return root + along * direction + height * side, root + reach * direction


def pole_of(root: np.ndarray, middle: np.ndarray, end: np.ndarray) -> np.ndarray:
    """How the middle (..., 3) of a limb stands off the line from root to end."""
    direction = unit(end - root)
    offset = middle - root
    return offset - (offset * direction).sum(-1, keepdims=True) * direction
