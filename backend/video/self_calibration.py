# SPDX-License-Identifier: GPL-3.0-or-later
"""The focal length of a camera that turns about itself, from how what it sees moves in its pictures.

A pan moves the edges of a picture faster than its middle, the more so the wider the lens: a few degrees tell the focal
length that no single picture does.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares
from scipy.sparse import lil_matrix
from scipy.spatial.transform import Rotation

PAIRS, CORNERS = 24, 60  # that are fitted to
LEAST_MOTION = 0.015  # of the picture's longer side, by which a pair must have moved
FEWEST = 6  # pairs
NARROWEST, WIDEST = 3.0, 0.4  # focal lengths over the longer side
NOISE = 0.35  # pixels by which a followed corner is off
TOGETHER = 12.0  # corners that err alike, so that they tell no more than one
SURE = 0.03  # of the focal length's logarithm
AGREEMENT = 1.0  # pixels


@dataclass(frozen=True, eq=False)
class Pair:
    """Corners (N, 2) of one picture and where they are in another, from the pictures' middle, in pixels; log_zoom: the
    first's focal length over the one that is looked for, its logarithm."""

    old: np.ndarray
    new: np.ndarray
    log_zoom: float = 0.0

    @property
    def motion(self) -> float:
        return float(np.median(np.linalg.norm(self.new - self.old, axis=-1)))


def focal_of_turns(pairs: list[Pair], longer_side: float) -> float | None:
    """The focal length in pixels that all pairs of pictures of one camera agree on; None where they tell too little, or
    are no turns about one place. longer_side: of the picture, pixels."""
    pairs = [pair for pair in pairs if pair.motion > LEAST_MOTION * longer_side and len(pair.old) >= CORNERS]
    if len(pairs) < FEWEST:
        return None
    pairs = sorted(pairs, key=lambda pair: -pair.motion)[: 4 * PAIRS]
    pairs = [pairs[index] for index in np.linspace(0, len(pairs) - 1, min(PAIRS, len(pairs))).round().astype(int)]
    chosen = [np.linspace(0, len(pair.old) - 1, CORNERS).round().astype(int) for pair in pairs]
    old = np.stack([pair.old[rows] for pair, rows in zip(pairs, chosen, strict=True)])
    new = np.stack([pair.new[rows] for pair, rows in zip(pairs, chosen, strict=True)])
    zooms = np.array([pair.log_zoom for pair in pairs])
    best = min((_fitted(old, new, zooms, longer_side * start) for start in (0.7, 1.3)), key=lambda found: found.cost)
    focal = math.exp(best.x[0])
    away = np.abs(best.fun.reshape(-1))
    if not (WIDEST * longer_side < focal < NARROWEST * longer_side and np.median(away) < AGREEMENT):
        return None
    jacobian = best.jac.toarray()
    spread = np.linalg.pinv(jacobian.T @ jacobian)[0, 0]
    return focal if NOISE * math.sqrt(TOGETHER * spread) < SURE else None


def _fitted(old: np.ndarray, new: np.ndarray, zooms: np.ndarray, start: float):
    """least_squares over the focal length's logarithm and, for each pair, its turn and the change of its zoom."""
    count = len(old)

    def away(values: np.ndarray) -> np.ndarray:
        focal = np.exp(np.clip(values[0] + zooms, 0.0, 20.0))[:, None, None]
        each = values[1:].reshape(count, 4)
        rays = np.concatenate([old / focal, np.ones_like(old[..., :1])], -1)
        seen = rays @ Rotation.from_rotvec(each[:, :3]).as_matrix().transpose(0, 2, 1)
        zoom = np.exp(np.clip(each[:, 3], -1, 1))
        found = focal * zoom[:, None, None] * seen[..., :2] / np.maximum(seen[..., 2:], 1e-3)
        return (found - new).ravel()

    rows = old[0].size
    pattern = lil_matrix((count * rows, 1 + 4 * count), dtype=np.int8)
    pattern[:, 0] = 1
    for pair in range(count):
        pattern[pair * rows : (pair + 1) * rows, 1 + 4 * pair : 5 + 4 * pair] = 1
    values = np.zeros(1 + 4 * count)
    values[0] = math.log(start)
    moved = (new - old).mean(1) / start
    values[1:].reshape(count, 4)[:, :2] = np.stack([-moved[:, 1], moved[:, 0]], -1)
    return least_squares(away, values, jac_sparsity=pattern, loss="soft_l1", f_scale=0.5, max_nfev=40, x_scale="jac")
