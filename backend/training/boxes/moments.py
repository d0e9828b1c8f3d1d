# SPDX-License-Identifier: GPL-3.0-or-later
"""Where in a motion capture clip somebody stands, walks, turns, bends or reaches: what a box can be given to."""

from dataclasses import dataclass

import numpy as np

from ..mocap import MocapClip
from .points import ANKLES, ELBOWS, HIPS, KNEES, NECK, PEOPLE_POINTS, SHOULDERS, WRISTS
from .smoothing import low_passed
from .turning import facing_yaw

SHORTEST = 24  # frames of a run
ANKLE_HEIGHT = (0.05, 0.12)  # metres above the floor of feet that stand; clips outside it are put on the floor
_LIFTED, _QUIET_LIFT = 0.13, 0.07  # metres above where ankles stand
_HIP_SPEED, _FALL_SPEED, _QUIET_SPEED = 1.9, 0.9, 0.7  # metres a second
_HIP_HEIGHT = 0.72  # of the legs' length above the lower ankle
_UPRIGHT = 0.6  # cosine of the steepest trunk


@dataclass(frozen=True)
class Run:
    """A stretch of a clip: points (T, 18, 3) metres, floor at 0, 30 frames a second; limbs' lengths (left, right).

    quiet (T,): both feet stand. travel (T,): metres that the hips have gone. yaw (T,): how the person is turned.
    """

    points: np.ndarray
    quiet: np.ndarray
    travel: np.ndarray
    yaw: np.ndarray
    thigh: np.ndarray
    shin: np.ndarray
    upper_arm: np.ndarray
    forearm: np.ndarray
    name: str
    licence: str


def find_runs(clip: MocapClip) -> list[Run]:
    """The usable stretches of a clip of a person, running, flights, climbing and acrobatics left out."""
    points = np.asarray(clip.keypoints, np.float64)
    if points.shape[1] != PEOPLE_POINTS or len(points) < SHORTEST:
        return []
    ankle_height = points[:, ANKLES, 2]
    level = np.quantile(ankle_height.min(1), 0.05)
    if not ANKLE_HEIGHT[0] <= level <= ANKLE_HEIGHT[1]:
        points = points - [0, 0, level - sum(ANKLE_HEIGHT) / 2]
        ankle_height, level = points[:, ANKLES, 2], sum(ANKLE_HEIGHT) / 2
    hips = points[:, HIPS].mean(1)
    legs = sum(_length(points, *pair).mean() for pair in ((HIPS, KNEES), (KNEES, ANKLES)))
    velocity = np.gradient(low_passed(hips, 2), axis=0) * clip.fps
    trunk = points[:, NECK] - hips
    usable = (
        (ankle_height.min(1) < level + _LIFTED)
        & (np.linalg.norm(velocity[:, :2], axis=1) < _HIP_SPEED)
        & (abs(velocity[:, 2]) < _FALL_SPEED)
        & (hips[:, 2] - ankle_height.min(1) > _HIP_HEIGHT * legs)
        & (trunk[:, 2] > _UPRIGHT * np.linalg.norm(trunk, axis=1))
    )
    feet = np.linalg.norm(np.gradient(points[:, ANKLES, :2], axis=0), axis=-1).max(1) * clip.fps
    quiet = (ankle_height.max(1) < level + _QUIET_LIFT) & (feet < _QUIET_SPEED)
    edges = np.flatnonzero(np.diff(np.r_[0, usable.astype(int), 0]))
    return [
        _run(points[start:end], quiet[start:end], clip)
        for start, end in zip(edges[::2], edges[1::2], strict=True)
        if end - start >= SHORTEST and quiet[start:end].any()
    ]


def _run(points: np.ndarray, quiet: np.ndarray, clip: MocapClip) -> Run:
    steps = np.linalg.norm(np.diff(low_passed(points[:, HIPS, :2].mean(1), 3), axis=0), axis=1)
    limbs = ((HIPS, KNEES), (KNEES, ANKLES), (SHOULDERS, ELBOWS), (ELBOWS, WRISTS))
    lengths = [np.median(_length(points, *pair), 0) for pair in limbs]
    return Run(points, quiet, np.r_[0, steps.cumsum()], facing_yaw(points, 8), *lengths, clip.name, clip.licence)


def _length(points: np.ndarray, upper: list[int], lower: list[int]) -> np.ndarray:
    return np.linalg.norm(points[:, upper] - points[:, lower], axis=-1)
