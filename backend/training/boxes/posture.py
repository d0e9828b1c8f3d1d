# SPDX-License-Identifier: GPL-3.0-or-later
"""Bending to a box: knees and hips give way and the trunk pitches until the arms reach, feet where they were."""

from dataclasses import dataclass

import numpy as np

from .base import Base
from .course import Course
from .limbs import bend, pole_of
from .moments import Run
from .points import ANKLES, ELBOWS, HEAD, HIPS, KNEES, NECK, SHOULDERS, WRISTS
from .scene import Scene
from .smoothing import low_passed, smooth_ceiling
from .turning import turned

#: The spine bends as it pitches: its lower half by less than the line from hips to neck, its upper half by more.
_LOWER, _UPPER = 0.75, 1.25
_PITCHES = np.radians(np.arange(-4.0, 106.0, 4.0))
_STRAIGHT_LEG = 0.992  # of thigh and shin; captured legs that are straighter stay so
_TOO_FAR = 1.12  # of the arms' length: legs that give way may still bring this within reach
_HANG = 0.92  # of the arms' length: how far below the shoulders wrists hang
_SWAY = 0.012, 0.025  # metres of the hips, radians of the trunk
_DEEPEST = 0.42  # metres that the knees lower the hips at most


@dataclass(frozen=True)
class Posture:
    """pitch (T,) of the trunk in radians beside the captured one; shift (T, 3) metres of the hips."""

    pitch: np.ndarray
    shift: np.ndarray


def posture_for(
    run: Run, base: Base, course: Course, scene: Scene, wrists: np.ndarray, noise: np.ndarray
) -> Posture | None:
    """The least pitch by which both arms reach ``wrists`` (T, 2, 3), smoothed; noise (T, 3), slow and of unit
    variance, sways hips by a centimetre and trunk by a degree. None where the arms are far too short.

    Before the hands have the box and after they have let go, the posture is that of the nearest frame that holds it.
    """
    arm = run.upper_arm + run.forearm
    hang = base.points[:, SHOULDERS, 2].mean(1) - _HANG * arm.mean()
    down = scene.squat * (hang - wrists[..., 2].mean(1) - 0.05).clip(0, _DEEPEST / 0.9) * 0.9
    back = lean_back(scene, _PITCHES[:, None], down)
    hips = base.points[:, HIPS].mean(1) - back[..., None] * base.forward
    hips[..., 2] -= down
    shoulders = _upper(base, SHOULDERS, hips, _PITCHES[:, None])
    stretch = (np.linalg.norm(wrists - shoulders, axis=-1) / arm).max(-1)
    reached = stretch <= scene.extended
    choice = np.where(reached.any(0), reached.argmax(0), stretch.argmin(0))
    held = np.flatnonzero(course.held)
    if stretch.min(0)[held].max() > _TOO_FAR:
        return None
    nearest = course.frames.clip(held[0], held[-1])
    pitch, down = low_passed(_PITCHES[choice][nearest], 5), low_passed(down[nearest], 5)
    back = lean_back(scene, pitch, down)
    bent = course.bent
    shift = -(bent * back)[:, None] * base.forward
    shift[:, :2] += _SWAY[0] * noise[:, :2]
    shift[:, 2] -= bent * down
    shift[:, 2] -= _given_by_legs(run, base, shift)
    return Posture(bent * pitch + _SWAY[1] * noise[:, 2], shift)


def lean_back(scene: Scene, pitch: np.ndarray, down: np.ndarray) -> np.ndarray:
    """How far hips go back over the feet, so that who bends or squats does not fall over."""
    return scene.lean * np.sin(pitch.clip(0, np.pi / 2)) + 0.2 * down


def _given_by_legs(run: Run, base: Base, shift: np.ndarray) -> np.ndarray:
    """How much further (T,) hips that are shifted (T, 3) must go down for both legs to reach their feet."""
    hips = base.points[:, HIPS] + shift[:, None]
    legs = run.thigh + run.shin
    captured = np.linalg.norm(base.points[:, HIPS] - base.points[:, ANKLES], axis=-1)
    longest = np.maximum(_STRAIGHT_LEG * legs, captured)
    away = hips - base.points[:, ANKLES]
    highest = np.sqrt((longest**2 - (away[..., :2] ** 2).sum(-1)).clip(0.01))
    return smooth_ceiling((away[..., 2] - highest).clip(0).max(1), 3)


def _upper(base: Base, points: list[int], hips: np.ndarray, pitch: np.ndarray) -> np.ndarray:
    """Points (..., T, N, 3) above the hips, turned about them (..., T, 3) by a pitch (..., T) that bends the spine."""
    half = (base.points[:, NECK] - base.points[:, HIPS].mean(1)) / 2
    neck = hips + turned(half, base.right, -_LOWER * pitch) + turned(half, base.right, -_UPPER * pitch)
    beside = base.points[:, points] - base.points[:, NECK, None]
    right = np.broadcast_to(base.right[:, None], beside.shape)
    return neck[..., None, :] + turned(beside, right, -_UPPER * pitch[..., None])


def bent_over(run: Run, base: Base, posture: Posture, scene: Scene) -> np.ndarray:
    """The base's points (T, 18, 3) in that posture, arms hanging from their shoulders as captured."""
    points = base.points.copy()
    hips = base.points[:, HIPS].mean(1) + posture.shift
    points[:, HIPS] += posture.shift[:, None]
    points[:, NECK] = _upper(base, [NECK], hips, posture.pitch)[:, 0]
    points[:, SHOULDERS] = _upper(base, SHOULDERS, hips, posture.pitch)
    head = base.points[:, HEAD] - base.points[:, NECK, None]
    right = np.broadcast_to(base.right[:, None], head.shape)
    nod = ((1 - scene.head) * _UPPER * posture.pitch)[:, None]
    points[:, HEAD] = points[:, NECK, None] + turned(head, right, -nod)
    for side in (0, 1):
        hip, knee, ankle = (base.points[:, pair[side]] for pair in (HIPS, KNEES, ANKLES))
        pole = pole_of(hip, knee, ankle) + 0.03 * base.forward
        points[:, KNEES[side]], _ = bend(
            points[:, HIPS[side]], points[:, ANKLES[side]], run.thigh[side], run.shin[side], pole
        )
    for joints in (ELBOWS, WRISTS):
        points[:, joints] += points[:, SHOULDERS] - base.points[:, SHOULDERS]
    return points
