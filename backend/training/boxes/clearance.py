# SPDX-License-Identifier: GPL-3.0-or-later
"""How far in front of a person a box has to be, for legs and belly not to be in it.

The head is none of these: away from a box that is further off it bends only deeper.
"""

import numpy as np

from .base import Base
from .course import Course
from .path import BoxPath
from .points import ANKLES, HIPS, KNEES, NECK
from .scene import Scene

_TOES, _KNEES, _TRUNK = 0.03, 0.07, 0.13  # metres of room that each wants
_FOOT = 0.15  # metres from an ankle to the toes, level


def closer_than_may_be(scene: Scene, course: Course, base: Base, points: np.ndarray, path: BoxPath) -> np.ndarray:
    """How much (3,) metres the box is too near where it is taken, carried and put down; 0 where it is not."""
    toes = points[:, ANKLES] + _FOOT * base.forward[:, None] - [0, 0, 0.04]
    hips, neck = points[:, HIPS].mean(1), points[:, NECK]
    trunk = np.stack([hips + part * (neck - hips) for part in (0.0, 0.3, 0.6)], 1)
    parts = [(toes, _TOES), (points[:, KNEES], _KNEES), (trunk, _TRUNK)]
    deep = np.zeros(len(points))
    for group, room in parts:
        inside = path.within(group)
        over = abs(inside[..., [0, 2]]) - scene.size[[0, 2]] / 2
        meets = (over < room * 0.7).all(-1) & (inside[..., 1] < scene.size[1] / 2)
        deep = np.maximum(deep, np.where(meets, inside[..., 1] + scene.size[1] / 2 + room, 0).max(1))
    near = course.bent > 0.3
    lifted, late = course.lifted > 0.5, course.frames > np.clip(course.lift[1], 0, len(points))
    phases = [near & ~lifted & ~late, near & lifted, near & ~lifted & late]
    return np.array([deep[phase].max(initial=0) for phase in phases]).clip(0)
