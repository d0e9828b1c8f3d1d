# SPDX-License-Identifier: GPL-3.0-or-later
"""What a clip of a person with a box has to hold to; whoever fails is left out, and counted."""

import numpy as np

from ...keypoints.box import CORNERS
from .base import Base
from .course import Course
from .moments import Run
from .path import BoxPath
from .points import ANKLES, ELBOWS, HEAD, HIPS, KNEES, NECK, SHOULDERS, WRISTS
from .scene import Scene

BONES = 0.001  # metres that a bone's length may change
BOX_SPEED = 1.8, 3.0  # metres a second of its corners, along the floor and in the hands
SPEED, JUMP = 6.0, 0.05  # metres a second; metres by which one step between frames may differ from the next
ON_SURFACE, OFF_GRIP = 0.25, 0.03  # metres between a holding wrist and the box; and the place where it holds
INSIDE = 0.02  # metres that a joint may be in the box
BELOW = 0.005  # metres of a box under the floor
STILL = 1e-6  # metres that a box nobody holds may move
_FPS = 30
_STEEPEST = -0.5  # cosine of the trunk's angle from upright
_LOWEST = 0.3  # metres of the hips
_CARRYING, _TAKING = np.cos(np.radians((40, 65)))  # the trunk with a box in the air; at one that hands take higher up
_HIGH = 0.75  # metres


def failed_check(
    run: Run, base: Base, course: Course, scene: Scene, points: np.ndarray, path: BoxPath, wrists: np.ndarray
) -> str | None:
    """The first check that points (T, 18, 3) with that box do not hold to; None if they hold to all."""
    corners = path.beside(CORNERS * scene.size)
    held = course.held
    checks = {
        "not finite": lambda: not (np.isfinite(points).all() and np.isfinite(corners).all()),
        "bones": lambda: _bone_change(run, base, points) > BONES,
        "feet": lambda: abs(points[:, ANKLES] - base.points[:, ANKLES]).max() > BONES,
        "out of reach": lambda: held.any() and _distance(points[:, WRISTS], wrists)[held].max() > OFF_GRIP,
        "off the surface": lambda: held.any() and outside(path, scene, points[:, WRISTS])[held].max() > ON_SURFACE,
        "inside the box": lambda: _depth(path, scene, points) > INSIDE,
        "trunk inside the box": lambda: _depth(path, scene, _trunk(points)) > 0,
        "box below the floor": lambda: corners[..., 2].min() < -BELOW,
        "box unsupported": lambda: _unsupported(course, scene, path, corners),
        "box too fast": lambda: _distance(corners[1:], corners[:-1]).max() * _FPS > BOX_SPEED[scene.kind == "carry"],
        "too fast": lambda: _distance(points[1:], points[:-1]).max() * _FPS > SPEED,
        "jump": lambda: np.linalg.norm(np.diff(points, 2, axis=0), axis=-1).max() > JUMP,
        "posture": lambda: _too_bent(points),
        "stooping": lambda: held.any() and _stooping(course, points, wrists),
    }
    return next((name for name, fails in checks.items() if fails()), None)


def outside(path: BoxPath, scene: Scene, points: np.ndarray) -> np.ndarray:
    """How far (T, N) points (T, N, 3) are from the box's surface, negative inside, metres."""
    over = abs(path.within(points)) - scene.size / 2
    return np.linalg.norm(over.clip(0), axis=-1) + over.max(-1).clip(max=0)


def _distance(points: np.ndarray, others: np.ndarray) -> np.ndarray:
    return np.linalg.norm(points - others, axis=-1)


def _bone_change(run: Run, base: Base, points: np.ndarray) -> float:
    limbs = (
        (HIPS, KNEES, run.thigh), (KNEES, ANKLES, run.shin), (SHOULDERS, ELBOWS, run.upper_arm),
        (ELBOWS, WRISTS, run.forearm),
    )  # fmt: skip
    change = [abs(_distance(points[:, upper], points[:, lower]) - length).max() for upper, lower, length in limbs]
    for left, right in (HIPS, SHOULDERS):
        was, now = (_distance(shape[:, left], shape[:, right]) for shape in (base.points, points))
        change.append(abs(now - was).max())
    return max(change)


def _depth(path: BoxPath, scene: Scene, points: np.ndarray) -> float:
    return -outside(path, scene, points).min()


def _trunk(points: np.ndarray) -> np.ndarray:
    hips, neck = points[:, HIPS].mean(1), points[:, NECK]
    between = [hips + part * (neck - hips) for part in (0.0, 0.25, 0.5, 0.75)]
    return np.concatenate([np.stack(between, 1), points[:, [NECK, *SHOULDERS, *HEAD]]], 1)


def _unsupported(course: Course, scene: Scene, path: BoxPath, corners: np.ndarray) -> bool:
    """Whether a box moves that nobody holds, or is left elsewhere than on what it rests on."""
    free = ~course.held
    moves = np.linalg.norm(np.diff(corners, axis=0), axis=-1).max(1) > STILL
    resting = np.isclose(path.centre[free, 2, None] - scene.size[2] / 2, scene.rest, atol=STILL).any(1)
    return bool((moves & free[1:] & free[:-1]).any() or not resting.all())


def _too_bent(points: np.ndarray) -> bool:
    trunk = points[:, NECK] - points[:, HIPS].mean(1)
    return bool((trunk[:, 2] < _STEEPEST * np.linalg.norm(trunk, axis=1)).any() or points[:, HIPS, 2].min() < _LOWEST)


def _stooping(course: Course, points: np.ndarray, wrists: np.ndarray) -> bool:
    """Whether the trunk is bent where nobody would bend: while carrying, or over what is as high as a table."""
    trunk = points[:, NECK] - points[:, HIPS].mean(1)
    upright = trunk[:, 2] / np.linalg.norm(trunk, axis=1)
    carrying, high = course.lifted > 0.95, course.held & (wrists[..., 2].mean(1) > _HIGH)
    return bool((upright[carrying] < _CARRYING).any() or (upright[high] < _TAKING).any())
