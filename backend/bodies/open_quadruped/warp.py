# SPDX-License-Identifier: GPL-3.0-or-later
"""The grid that the quadruped is meshed on: finer at its head, paws and tail."""

import numpy as np
from scipy.interpolate import PchipInterpolator

from ..building.stretch import stretched

#: Where the grid starts in the warped space (to the left, up, ahead), and how far it reaches.
GRID_START = (0.0, -0.10, -0.48)
GRID_SIZE = (0.17, 0.66, 1.00)
#: The coordinate that points to the animal's left.
LATERAL = 1

_HEAD_HEIGHT, _TAIL_HEIGHT = 0.295, 0.160


class Warp:
    """Warped grid space (left, up, ahead) -> the body's frame (ahead, left, up). Head, paws, tail are larger there."""

    def __init__(self, head: float = 2.4, paw: float = 2.2, tail: float = 1.4):
        behind, before = [(-2, tail), (-0.20, tail), (-0.17, 1)], [(0.165, 1), (0.205, head), (2, head)]
        self._ahead = stretched([*behind, *before])
        # near the floor there is nothing between the paws: what they take is saved there
        fine, coarse = 1.7, 0.67
        paws = [(-0.150, 1), (-0.142, fine), (-0.102, fine), (-0.094, coarse),
                (0.090, coarse), (0.098, fine), (0.144, fine), (0.152, 1)]  # fmt: skip
        self._ahead_low = stretched([*behind, *paws, *before])
        self._left_low = stretched([(-1, 1), (0.010, 1), (0.016, paw), (0.054, paw), (0.060, 1), (1, 1)])
        self._up = stretched([(-1, paw), (0.022, paw), (0.045, 1), (2, 1)])
        self._low = PchipInterpolator([-9, 0.024, 0.048, 9], [1, 1, 0, 0])
        self._head = PchipInterpolator([-9, 0.165, 0.205, 9], [1, 1, head, head])
        self._tail = PchipInterpolator([-9, -0.20, -0.17, 9], [tail, tail, 1, 1])

    def __call__(self, grid: np.ndarray) -> np.ndarray:
        left, up, ahead = np.abs(grid[:, 0]), self._up(grid[:, 1]), grid[:, 2]
        low = self._low(up)
        ahead = (1 - low) * self._ahead(ahead) + low * self._ahead_low(ahead)
        head, tail = self._head(ahead), self._tail(ahead)
        low = low * (head == 1) * (tail == 1)
        left = (1 - low) * left / (head * tail) + low * self._left_low(left)
        up = _HEAD_HEIGHT + (up - _HEAD_HEIGHT) / head
        up = _TAIL_HEIGHT + (up - _TAIL_HEIGHT) / tail
        return np.stack([ahead, left * np.sign(grid[:, 0]), up], 1)
