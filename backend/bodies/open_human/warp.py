# SPDX-License-Identifier: GPL-3.0-or-later
"""The grid that the body is meshed on: finer where it has detail, at hands, head and feet."""

import numpy as np
from scipy.interpolate import PchipInterpolator

from ..building.stretch import stretched
from .proportions import FLOOR

#: Where the grid starts in the warped space, and how far it reaches.
GRID_START = (0.0, -0.06, -0.26)
GRID_SIZE = (1.28, 2.25, 0.68)


class Warp:
    """Warped grid space -> body space. Lengths in hands, head and feet shrink, so cells there are finer."""

    def __init__(self, hand: float = 3.3, head: float = 2.3, foot: float = 1.45):
        wrist, neck, ankle = 0.675, 1.49, 0.09
        self._x = stretched([(-1, 1), (wrist - 0.03, 1), (wrist + 0.03, hand * 0.68), (2, hand * 0.68)])
        low, high = [(-1, foot), (ankle - 0.02, foot), (ankle + 0.03, 1)], [(neck + 0.03, head), (3, head)]
        self._y = stretched([*low, (neck - 0.03, 1), *high])
        self._hand = PchipInterpolator([-9, wrist - 0.03, wrist + 0.04, 9], [1, 1, hand, hand])
        self._head = PchipInterpolator([-9, neck - 0.02, neck + 0.04, 9], [1, 1, head, head])
        self._foot = PchipInterpolator([-9, ankle - 0.02, ankle + 0.05, 9], [foot, foot, 1, 1])

    def __call__(self, grid: np.ndarray) -> np.ndarray:
        x, y = self._x(np.abs(grid[:, 0])), self._y(grid[:, 1])
        # beside the head the space is empty; squeezed there too it would fold onto the arms
        hand, head, foot = self._hand(x), np.where(x < 0.4, self._head(y), 1.0), self._foot(y)
        z = grid[:, 2]
        z = -0.024 + (z + 0.024) / (hand * head * foot)
        y = 1.402 + (y - 1.402) / hand
        x = np.where(foot > 1, 0.1 + (x - 0.1) / foot, x / head)
        return np.stack([x * np.sign(grid[:, 0]), y + FLOOR, z], 1)
