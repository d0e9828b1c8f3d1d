# SPDX-License-Identifier: GPL-3.0-or-later
"""The person as captured, played along a course: what postures and arms are then given to."""

from dataclasses import dataclass

import numpy as np

from .course import Course
from .limbs import bend, pole_of
from .moments import Run
from .points import ANKLES, ELBOWS, HIPS, KNEES, SHOULDERS, WRISTS
from .smoothing import low_passed
from .turning import axes, facing_yaw

_STRAIGHT = 0.6  # radians: further than this a way turns too much for its steps to be shortened along one line


@dataclass(frozen=True)
class Base:
    """points (T, 18, 3); right and forward (T, 3), level; place (T, 2) and yaw (T,) of the person, smoothed."""

    points: np.ndarray
    right: np.ndarray
    forward: np.ndarray
    place: np.ndarray
    yaw: np.ndarray


def play(run: Run, course: Course, stride: float) -> Base:
    """The run's points along the course, its steps shortened to ``stride`` times their length where it is straight.

    Planted feet stay planted, since every place along the way is shortened alike.
    """
    before = np.floor(course.time).astype(int).clip(0, len(run.points) - 1)
    after = (before + 1).clip(max=len(run.points) - 1)
    part = (course.time - before)[:, None, None]
    points = (1 - part) * run.points[before] + part * run.points[after]
    points = _shortened(points, run, course, stride)
    yaw = facing_yaw(points, 7)
    right, forward = axes(yaw)
    return Base(points, right, forward, low_passed(points[:, HIPS, :2].mean(1), 7), yaw)


def _shortened(points: np.ndarray, run: Run, course: Course, stride: float) -> np.ndarray:
    first, last = (int(frame) for frame in course.moved)
    hips = points[:, HIPS].mean(1)
    out = points.copy()
    span = slice(int(course.time.min()), int(course.time.max()) + 1)
    if first != last and np.ptp(run.yaw[span]) < _STRAIGHT:
        way = run.points[last, HIPS, :2].mean(0) - run.points[first, HIPS, :2].mean(0)
        way = np.r_[way / np.linalg.norm(way), 0]
        origin = run.points[first, HIPS].mean(0)
        out = out + (stride - 1) * ((hips - origin) @ way)[:, None, None] * way
        feet = points[:, ANKLES]
        out[:, ANKLES] = feet + (stride - 1) * ((feet - origin) @ way)[..., None] * way
    limbs = ((HIPS, KNEES, ANKLES, run.thigh, run.shin), (SHOULDERS, ELBOWS, WRISTS, run.upper_arm, run.forearm))
    for root, middle, end, upper, lower in limbs:  # arms too: bones of two frames that were mixed are a trifle short
        for side in (0, 1):
            bones = [points[:, pair[side]] for pair in (root, middle, end)]
            ends = out[:, root[side]], out[:, end[side]]
            out[:, middle[side]], reached = bend(*ends, upper[side], lower[side], pole_of(*bones))
            if end is WRISTS:
                out[:, end[side]] = reached
    return out
