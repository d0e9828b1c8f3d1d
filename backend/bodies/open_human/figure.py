# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole figure as one field, in the body's frame."""

import numpy as np

from ..building.solids import Solid, union
from .head import head
from .limbs import arm, leg
from .proportions import FLOOR
from .torso import torso


def figure() -> Solid:
    """The body as a smooth symmetric field over points (P, 3) in the body's frame, metres; negative inside."""
    trunk, skull, lower, upper = torso(), head(), leg(), arm()

    def solid(points: np.ndarray) -> np.ndarray:
        folded = np.stack([np.abs(points[:, 0]), points[:, 1] - FLOOR, points[:, 2]], 1)
        field = union(trunk(folded), lower(folded), 0.045)
        field = union(field, upper(folded), 0.055)
        return union(field, skull(folded), 0.025)

    return solid
