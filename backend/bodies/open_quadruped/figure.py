# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole cat as one field, in the body's frame."""

import numpy as np

from ..building.solids import Solid, union
from .head import head
from .legs import foreleg, hindleg
from .trunk import tail, trunk


def figure() -> Solid:
    """The body as a smooth symmetric field over points (P, 3) in the body's frame, metres; negative inside."""
    barrel, skull, fore, hind, brush = trunk(), head(), foreleg(), hindleg(), tail()

    def solid(points: np.ndarray) -> np.ndarray:
        folded = points * [1, 0, 1] + np.abs(points) * [0, 1, 0]
        field = union(barrel(folded), hind(folded), 0.030)
        field = union(field, fore(folded), 0.028)
        field = union(field, skull(folded), 0.018)
        return union(field, brush(folded), 0.016)

    return solid
