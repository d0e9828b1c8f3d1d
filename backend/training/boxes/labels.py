# SPDX-License-Identifier: GPL-3.0-or-later
"""Which corners of a box are marked: a box can be named in 24 ways."""

from itertools import permutations, product

import numpy as np

ANY = 0.2  # share of the clips that are marked on any face; the others are marked on the top


def _namings() -> np.ndarray:
    """The 24 rotations (24, 3, 3) that bring a cube onto itself."""
    signs = list(product((1, -1), repeat=3))
    signed = [np.eye(3)[list(order)] * sign for order in permutations(range(3)) for sign in signs]
    return np.array([turn for turn in signed if np.linalg.det(turn) > 0])


NAMINGS = _namings()
UPRIGHT = NAMINGS[NAMINGS[:, 2, 2] > 0]


def named_anew(
    generator: np.random.Generator, rotation: np.ndarray, size: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The same box, rotation (T, 3, 3) and size (3,), with another choice of its axes."""
    turn = generator.choice(NAMINGS if generator.random() < ANY else UPRIGHT)
    return rotation @ turn, abs(turn.T) @ size
