# SPDX-License-Identifier: GPL-3.0-or-later
"""A rigid box that a person handles: where it is, how large, how far from it a hand is, and when one holds it."""

from dataclasses import dataclass

import numpy as np

from .rotations import matrix_from_quaternion, quaternion_from_axis_angle

GIVEN, ESTIMATED = "given", "estimated"
SMALLEST, LARGEST = 0.01, 20.0  # metres: what an edge may be

# Half sizes, as the motion file's points box_1 to box_8 are numbered, and the faces with their outside to the front.
CORNERS = np.array(
    [(-1, -1, 1), (1, -1, 1), (1, 1, 1), (-1, 1, 1), (-1, -1, -1), (1, -1, -1), (1, 1, -1), (-1, 1, -1)], float
)
FACES = np.array([(0, 1, 2, 3), (7, 6, 5, 4), (4, 5, 1, 0), (5, 6, 2, 1), (6, 7, 3, 2), (7, 4, 0, 3)])


@dataclass(frozen=True)
class BoxPath:
    """A box on its way, in metres. places: (T, 3), its middle in the world. rotations: (T, 3, 3), from its own frame.
    size: (3,)."""

    places: np.ndarray
    rotations: np.ndarray
    size: np.ndarray


@dataclass(frozen=True)
class Box:
    """rotations: axis-angle (T, 3) of its own frame in the world. places: (T, 3), its middle, metres. size: (3,), its
    edges along that frame's axes, metres. source: GIVEN, ESTIMATED, or "" where the file does not tell."""

    rotations: np.ndarray
    places: np.ndarray
    size: np.ndarray
    source: str = ""

    @property
    def matrices(self) -> np.ndarray:
        """The rotations as matrices (T, 3, 3)."""
        return matrix_from_quaternion(quaternion_from_axis_angle(self.rotations))

    @property
    def path(self) -> BoxPath:
        return BoxPath(self.places, self.matrices, self.size)


def corners(size: np.ndarray) -> np.ndarray:
    """The corners (8, 3) of a box of a size (3,), in its own frame."""
    return CORNERS * np.asarray(size, float) / 2


def inside(points: np.ndarray, places: np.ndarray, rotations: np.ndarray) -> np.ndarray:
    """Points (T, ..., 3) of the world in the frame of a box at places (T, 3), turned by matrices (T, 3, 3)."""
    away = points - places.reshape(len(places), *[1] * (points.ndim - 2), 3)
    return np.einsum("tba,t...b->t...a", rotations, away)


def distance(points: np.ndarray, size: np.ndarray) -> np.ndarray:
    """How far points (..., 3) in a box's frame lie outside its surface, metres; below zero within it."""
    over = np.abs(points) - np.asarray(size) / 2
    return np.linalg.norm(np.maximum(over, 0), axis=-1) + np.minimum(over.max(axis=-1), 0)
