# SPDX-License-Identifier: GPL-3.0-or-later
"""The grid that the quadruped is meshed on: finer at its head, paws and tail."""

import numpy as np
from scipy.interpolate import PchipInterpolator

from ..building.stretch import stretched

#: Where the grid starts in the warped space (to the left, up, ahead), and how far it reaches.
GRID_START = (0.0, -0.07, -0.48)
GRID_SIZE = (0.15, 0.58, 0.90)
#: The coordinate that points to the animal's left.
LATERAL = 1

_HEAD_HEIGHT, _TAIL_HEIGHT, _PAW_SIDE = 0.295, 0.160, 0.035


class Warp:
    """Warped grid space (left, up, ahead) -> the body's frame (ahead, left, up). Head, paws, tail are larger there."""

    def __init__(self, head: float = 2.0, paw: float = 1.6, tail: float = 1.4):
        self._ahead = stretched([(-2, tail), (-0.20, tail), (-0.17, 1), (0.165, 1), (0.205, head), (2, head)])
        self._up = stretched([(-1, paw), (0.025, paw), (0.045, 1), (2, 1)])
        self._head = PchipInterpolator([-9, 0.165, 0.205, 9], [1, 1, head, head])
        self._tail = PchipInterpolator([-9, -0.20, -0.17, 9], [tail, tail, 1, 1])
        self._paw = PchipInterpolator([-9, 0.025, 0.045, 9], [paw, paw, 1, 1])

    def __call__(self, grid: np.ndarray) -> np.ndarray:
        ahead, up, left = self._ahead(grid[:, 2]), self._up(grid[:, 1]), np.abs(grid[:, 0])
        head, tail = self._head(ahead), self._tail(ahead)
        paw = np.where((ahead < 0.16) & (ahead > -0.19), self._paw(up), 1.0)
        left = np.where(paw > 1, _PAW_SIDE + (left - _PAW_SIDE) / paw, left / (head * tail))
        up = _HEAD_HEIGHT + (up - _HEAD_HEIGHT) / head
        up = _TAIL_HEIGHT + (up - _TAIL_HEIGHT) / tail
        return np.stack([ahead, left * np.sign(grid[:, 0]), up], 1)
