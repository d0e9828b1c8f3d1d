# SPDX-License-Identifier: GPL-3.0-or-later
"""The large box of OMOMO as the box of ours: five vertices of its mesh are near five of a box's corners.

Which corners they are, and how long the edges, nobody says: the box that fits them best is taken.
"""

from dataclasses import replace
from itertools import combinations, permutations
from pathlib import Path

import numpy as np

from ..evaluation import EvaluationError
from ..evaluation.windows import Window
from ..keypoints.box import CORNERS, box_points, upright_first
from .omomo import BoxMotion, read_box, read_box_keypoints, read_file

#: Of a box's mean edge: vertices that lie farther from its corners are none of a box's.
_WORST = 0.15


#: Rotation (3, 3) from a box's frame, its centre (3,) and its edges (3,).
Box = tuple[np.ndarray, np.ndarray, np.ndarray]


def add_boxes(folder: Path):
    """A function that adds the box to the window of a test sequence of that name. Raises EvaluationError."""
    sequences, box = read_file(folder), box_through(read_box_keypoints(folder))

    def add(window: Window) -> Window:
        keypoints, size = keypoints_of(read_box(sequences[window.name]), box)
        keypoints = np.concatenate([window.keypoints, keypoints[: len(window.keypoints)]], 1)
        return replace(window, keypoints=keypoints, box_size=tuple(float(edge) for edge in size))

    return add


def keypoints_of(motion: BoxMotion, box: Box) -> tuple[np.ndarray, np.ndarray]:
    """The points (T, 5, 3) in metres of a box of the mesh, as ours, and its edges (3,)."""
    rotation, centre, size = box
    turned, size = upright_first(motion.rotation @ rotation, size * np.median(motion.scale))
    return box_points(motion.place(centre[None])[:, 0], turned, size), size


def box_through(points: np.ndarray) -> Box:
    """The box whose corners lie nearest to points (5, 3), in their unit and in whichever order. Raises EvaluationError
    where none comes near."""
    best, found = np.inf, None
    for corners in _five_corners():
        template = CORNERS[list(corners)]
        linear, *_ = np.linalg.lstsq(np.c_[template, np.ones(len(points))], points, rcond=None)
        size = np.linalg.norm(linear[:3], axis=1)
        if size.min() < 1e-3 * size.max():
            continue
        u, _, vt = np.linalg.svd((linear[:3] / size[:, None]).T)
        rotation = u @ vt
        if np.linalg.det(rotation) < 0:
            continue  # a mirror's: another order of the same corners has the right one
        error = np.linalg.norm(points - (template * size) @ rotation.T - linear[3], axis=1).max() / size.mean()
        if error < best:
            best, found = error, (rotation, linear[3], size)
    if found is None or best > _WORST:
        raise EvaluationError(
            f"expected five corners of a box among the mesh's vertices, got points that are {best:.0%} of its edge off"
        )
    return found


def _five_corners():
    """Every way in which five points may be corners of a box that do not share a plane."""
    for chosen in combinations(range(len(CORNERS)), 5):
        if np.linalg.matrix_rank(CORNERS[list(chosen)] - CORNERS[chosen[0]]) == 3:
            yield from permutations(chosen)
