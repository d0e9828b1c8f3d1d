# SPDX-License-Identifier: GPL-3.0-or-later
"""The box over time: at rest, taken along by the person, lifted, carried, put down. Never in free flight."""

import math
from dataclasses import dataclass

import numpy as np

from .base import Base
from .course import Course
from .points import HIPS
from .scene import Scene
from .smoothing import ramp
from .turning import turned, yaw_matrix

_TOP = 0.5  # metres above the hips: nobody who carries a box has its upper edge before the eyes
_RIGHT, _AHEAD = np.array([1.0, 0, 0]), np.array([0, 1.0, 0])


@dataclass(frozen=True)
class BoxPath:
    """centre (T, 3) metres; rotation (T, 3, 3), columns the box's right, ahead and up as the person took it."""

    centre: np.ndarray
    rotation: np.ndarray

    def within(self, points: np.ndarray) -> np.ndarray:
        """Points (T, N, 3) of the world in the box's frame."""
        return (points - self.centre[:, None]) @ self.rotation

    def beside(self, offsets: np.ndarray) -> np.ndarray:
        """Points (T, N, 3) of the world that are at ``offsets`` (N, 3) in the box's frame."""
        return self.centre[:, None] + offsets @ self.rotation.transpose(0, 2, 1)


def box_path(scene: Scene, course: Course, base: Base, gaps: np.ndarray, noise: np.ndarray) -> BoxPath:
    """The box of a clip. gaps (3,): from the person's place to its near face where it is taken, carried and put down,
    metres; noise (T, 3): slow and of unit variance, for its sway."""
    frames, last = course.frames, len(course.time) - 1
    taken = int(np.clip(np.ceil(course.contact), 0, last))
    put = int(np.clip(np.ceil(min(course.lower[1], course.release)), 0, last))
    up, down = ramp(frames, *course.lift), ramp(frames, *course.lower)
    place, yaw = _taken_along(scene, course, base, gaps[0], taken)
    seen = frames.clip(taken, max(put, taken))
    ahead = (gaps[1] - gaps[0]) * up + (gaps[2] - gaps[1]) * down
    place = place + ahead[:, None] * base.forward[seen, :2]
    low, high = scene.rest + scene.size[2] / 2
    hips = base.points[:, HIPS, 2].mean()
    held = min(hips + scene.held_height - scene.grip[:, 2].mean(), hips + _TOP - scene.size[2] / 2)
    held = max(held, low + 0.08, high + 0.08)
    height = low + (held - low) * up + (high - held) * down
    yaw = yaw + scene.twist * (scene.kind == "turn") * ramp(frames, course.go, course.stop)
    lifted = up - down
    pitch, roll = (lifted * (scene.tilt[axis] + scene.sway * noise[:, axis]) for axis in (0, 1))
    yaw = yaw + lifted * scene.sway * noise[:, 2]
    sway = np.stack([turned(turned(axis, _AHEAD, roll), _RIGHT, pitch) for axis in np.eye(3)], -1)
    return BoxPath(np.c_[place, height], yaw_matrix(yaw) @ sway)


def _taken_along(
    scene: Scene, course: Course, base: Base, gap: float, taken: int
) -> tuple[np.ndarray, np.ndarray]:
    """Place (T, 2) and yaw (T,) of a box that stays before the person as far as it follows them."""
    ahead, aside = base.forward[taken, :2], base.right[taken, :2]
    start = base.place[taken] + (gap + scene.size[1] / 2) * ahead + scene.aside * aside
    place, yaw = np.tile(start, (len(base.place), 1)), np.full(len(base.place), base.yaw[taken] + scene.turn)
    turns = course.follows * np.diff(base.yaw, prepend=base.yaw[0])
    steps = course.follows[:, None] * np.diff(base.place, axis=0, prepend=base.place[:1])
    for frame in range(taken + 1, len(place)):
        (x, y), turn, before = place[frame - 1] - base.place[frame - 1], turns[frame], place[frame - 1]
        cos, sin = math.cos(turn), math.sin(turn)
        swing = (cos - 1) * x - sin * y, sin * x + (cos - 1) * y
        place[frame] = before + steps[frame] + swing
        yaw[frame] = yaw[frame - 1] + turn
    return place, yaw
