# SPDX-License-Identifier: GPL-3.0-or-later
"""How the camera of a clip turned and zoomed while it stood in one place, and the clip as seen by one that did not.

Where its places in a world are known, they are kept beside that: the lift then is in that world.
"""

from dataclasses import dataclass, replace

import numpy as np

from .errors import KeypointError

LARGEST_PLACE = 1e5  # metres
AT_REST = 1e-4  # radians, and part of the focal length
_LEAST_DEPTH = 0.15  # of a ray in the reference's frame; beyond, about 81 degrees aside, it has no image there


@dataclass(frozen=True, eq=False)
class CameraPath:
    """Where a camera was in a world with Z up, metres, the floor at 0: orientation (3, 3) from the world to the
    reference view's camera frame, positions (T, 3). KeypointError if they are none."""

    orientation: np.ndarray
    positions: np.ndarray

    def __post_init__(self):
        orientation, positions = np.array(self.orientation, np.float64), np.array(self.positions, np.float64)
        if orientation.shape != (3, 3) or not np.abs(orientation @ orientation.T - np.eye(3)).max() < 1e-3:
            raise KeypointError("A camera's orientation in its world is a rotation (3,3).")
        if positions.ndim != 2 or positions.shape[1] != 3 or not (np.abs(positions) <= LARGEST_PLACE).all():
            raise KeypointError(f"A camera's positions (T,3) are metres, within {LARGEST_PLACE:g}.")
        object.__setattr__(self, "orientation", orientation)
        object.__setattr__(self, "positions", positions)


@dataclass(frozen=True, eq=False)
class CameraTrack:
    """rotations (T, 3, 3): a direction in the reference view's camera frame -> the same in frame t's. zoom (T,): the
    focal length over the reference's. focal: the reference's in pixels, None where nobody knows. frame_start: the
    number of its first frame in the source. centre: the principal point in pixels, None: the middle of the picture.
    path: where it was, None: in one place that nobody knows. KeypointError if any of this does not hold."""

    rotations: np.ndarray
    zoom: np.ndarray
    focal: float | None = None
    frame_start: int = 0
    centre: tuple[float, float] | None = None
    path: CameraPath | None = None

    def __post_init__(self):
        try:
            rotations = np.array(self.rotations, np.float64)
            zoom = np.array(self.zoom, np.float64)
        except (TypeError, ValueError):
            raise KeypointError("A camera's rotations and zoom are numbers.") from None
        if rotations.ndim != 3 or rotations.shape[1:] != (3, 3) or zoom.shape != rotations.shape[:1]:
            raise KeypointError(
                f"A camera has rotations (T,3,3) and zoom (T,); these are {rotations.shape}, {zoom.shape}."
            )
        square = rotations @ rotations.transpose(0, 2, 1)
        if not (np.isfinite(rotations).all() and np.abs(square - np.eye(3)).max(initial=0) < 1e-3):
            raise KeypointError("A camera's rotations are none.")
        if not (np.isfinite(zoom).all() and (zoom > 0.01).all() and (zoom < 100).all()):
            raise KeypointError("A camera's zoom is a number from 0.01 to 100.")
        if self.focal is not None and not (np.isfinite(self.focal) and 1 <= self.focal <= 1e6):
            raise KeypointError(f"A camera's focal length is in pixels; this one is {self.focal}.")
        if self.path is not None and len(self.path.positions) != len(rotations):
            raise KeypointError(f"A camera of {len(rotations)} frames has {len(self.path.positions)} positions.")
        object.__setattr__(self, "rotations", rotations)
        object.__setattr__(self, "zoom", zoom)

    def __len__(self) -> int:
        return len(self.rotations)

    @property
    def moves(self) -> bool:
        """Does it turn or zoom at all?"""
        return bool(np.abs(self.rotations - np.eye(3)).max() > AT_REST or np.abs(self.zoom - 1).max() > AT_REST)

    @property
    def turned(self) -> float:
        """Degrees from the reference view's direction, at most."""
        return float(np.degrees(np.arccos(np.clip(self.rotations[:, 2, 2], -1, 1))).max())

    def part(self, first: int, count: int) -> "CameraTrack":
        """The frames ``first`` to ``first + count - 1``, numbered as in the source. KeypointError if it lacks some."""
        start = first - self.frame_start
        if start < 0 or start + count > len(self):
            raise KeypointError(f"The camera is not known in all of the frames {first} to {first + count - 1}.")
        chosen = slice(start, start + count)
        path = self.path and replace(self.path, positions=self.path.positions[chosen])
        return replace(self, rotations=self.rotations[chosen], zoom=self.zoom[chosen], frame_start=first, path=path)

    def steadied(self, points: np.ndarray, focal: float, centre: tuple[float, float]) -> np.ndarray:
        """Pixels (T, K, 2) of a clip as the reference view would have them: NaN where it cannot see that far aside."""
        middle = np.asarray(centre, np.float64)
        rays = (points - middle) / (focal * self.zoom[:, None, None])
        rays = np.concatenate([rays, np.ones_like(rays[..., :1])], -1) @ self.rotations  # R^T x, as rows
        depth = rays[..., 2:]
        with np.errstate(invalid="ignore", divide="ignore"):
            there = depth > _LEAST_DEPTH * np.linalg.norm(rays, axis=-1, keepdims=True)
            return focal * np.where(there, rays[..., :2] / depth, np.nan) + middle


def quaternions_to_matrices(quaternions: np.ndarray) -> np.ndarray:
    """(T, 4) wxyz, of any length but 0 -> (T, 3, 3). KeypointError."""
    if not (np.isfinite(quaternions).all() and (np.linalg.norm(quaternions, axis=-1) > 1e-6).all()):
        raise KeypointError("The rotations of a camera are quaternions w, x, y, z.")
    return _rotation().from_quat(quaternions[:, [1, 2, 3, 0]]).as_matrix()


def matrices_to_quaternions(matrices: np.ndarray) -> np.ndarray:
    """(T, 3, 3) -> (T, 4) wxyz."""
    return _rotation().from_matrix(matrices).as_quat()[:, [3, 0, 1, 2]]


def _rotation():
    from scipy.spatial.transform import Rotation  # slow to import, and most clips have a camera at rest

    return Rotation
