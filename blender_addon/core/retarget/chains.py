# SPDX-License-Identifier: GPL-3.0-or-later
"""Spines, necks and tails of different numbers of bones: what one does at a share of its length, the other does too."""

import numpy as np

from .turns import between


def middles(points: np.ndarray) -> np.ndarray:
    """Where along a chain the middles of its bones are, (N,) in [0, 1]. points: (N + 1, 3), the heads and the end."""
    lengths = np.linalg.norm(np.diff(points, axis=0), axis=-1)
    edges = np.concatenate([[0.0], np.cumsum(np.maximum(lengths, 1e-9))])
    edges /= edges[-1]
    return (edges[1:] + edges[:-1]) / 2


def resample(
    rotations: np.ndarray,
    at: np.ndarray,
    wanted: np.ndarray,
    before: np.ndarray | None = None,
    after: np.ndarray | None = None,
) -> np.ndarray:
    """Rotations (T, M, 3, 3) at places (M,) of a chain whose own bones have rotations (T, N, 3, 3) at places (N,).

    before, after: rotations (T, 3, 3) of what the chain hangs on and of what hangs on it: as far beyond its ends as
    its first and last bones are within, so that many bones share what one does at once.
    """
    knots, known = list(at), [rotations[:, bone] for bone in range(len(at))]
    if before is not None:
        knots, known = [-at[0], *knots], [before, *known]
    if after is not None:
        knots, known = [*knots, 2 - at[-1]], [*known, after]
    knots = np.array(knots)
    found = []
    for place in wanted:
        place = np.clip(place, knots[0], knots[-1])
        upper = int(np.clip(np.searchsorted(knots, place), 1, len(knots) - 1)) if len(knots) > 1 else 0
        if not upper:
            found.append(known[0])
            continue
        share = (place - knots[upper - 1]) / max(knots[upper] - knots[upper - 1], 1e-12)
        found.append(between(known[upper - 1], known[upper], np.full(len(rotations), share)))
    return np.stack(found, axis=1)
