# SPDX-License-Identifier: GPL-3.0-or-later
"""Hands that go to a box, hold it and come back, elbows bent as arms bend."""

import numpy as np

from .base import Base
from .course import Course
from .limbs import bend, pole_of
from .moments import Run
from .points import ELBOWS, HIPS, NECK, SHOULDERS, WRISTS
from .scene import Scene
from .turning import UP, unit

_ROUND = 0.10  # metres that hands go round the box's edges on their way
_REACH = 0.995  # of an arm's length


def with_arms(run: Run, base: Base, course: Course, scene: Scene, points: np.ndarray, wrists: np.ndarray) -> np.ndarray:
    """Points (T, 18, 3) whose wrists go to ``wrists`` (T, 2, 3; left, right) as the course says."""
    points = points.copy()
    grip = course.grip[:, None]
    trunk_down = unit(points[:, HIPS].mean(1) - points[:, NECK])
    for side, out in ((0, -1.0), (1, 1.0)):
        shoulder, elbow, wrist = (points[:, pair[side]] for pair in (SHOULDERS, ELBOWS, WRISTS))
        outward = out * base.right
        pole = scene.elbows * outward + 0.8 * trunk_down - 0.2 * base.forward - 0.2 * UP
        captured = pole_of(shoulder, elbow, wrist)
        pole = unit((1 - grip) * unit(captured + 0.01 * pole) + grip * unit(pole))
        way_round = 4 * grip * (1 - grip) * _ROUND * (0.6 * outward + 0.8 * UP)
        target = (1 - grip) * wrist + grip * wrists[:, side] + way_round
        away = target - shoulder
        arm = run.upper_arm[side] + run.forearm[side]
        far = np.linalg.norm(away, axis=-1, keepdims=True) / arm
        limit = np.maximum(_REACH, np.linalg.norm(wrist - shoulder, axis=-1, keepdims=True) / arm * (1 - grip))
        target = shoulder + away * np.minimum(1, limit / far.clip(1e-6))
        middle, end = bend(shoulder, target, run.upper_arm[side], run.forearm[side], pole)
        points[:, ELBOWS[side]], points[:, WRISTS[side]] = middle, end
    return points
