# SPDX-License-Identifier: GPL-3.0-or-later
"""Ways in which quadrupeds differ, as displacements of any point of the body; so far their size."""

import numpy as np


def size(points: np.ndarray) -> np.ndarray:
    """All of the body larger: 12 %."""
    return 0.12 * points


DIRECTIONS = {"size": size}


def displacements(points: np.ndarray) -> np.ndarray:
    """(P, 3) -> (P, 3, B): every direction at every point."""
    return np.stack([direction(points) for direction in DIRECTIONS.values()], -1)
