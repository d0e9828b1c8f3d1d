# SPDX-License-Identifier: GPL-3.0-or-later
"""Let a leg reach a place: it bends further or less at its own joints, as it is built to, then swings there.

A leg that stands right already is not changed. Of a leg of one bone, which cannot bend, the top slides.
"""

from dataclasses import dataclass

import numpy as np

from .turns import about, shortest, turned, unit

_CLEAR = np.radians(4.0)  # a bend of this much at rest says which way a joint bends
_STRAIGHTEST = np.radians(2.0)  # never further: a straight joint can bend either way
_MOST = np.radians(165.0)
_STEPS = 40


@dataclass(frozen=True)
class Leg:
    """A leg at rest. points: (n + 1, 3), its joints from the top to the end that reaches. axis: the unit axis (3,)
    that its joints bend about, to the animal's left. ways: (n - 1,), +1 or -1, which way each joint bends about it;
    0 for one that bends both ways and is left alone.
    """

    points: np.ndarray
    axis: np.ndarray
    ways: np.ndarray

    @property
    def length(self) -> float:
        return float(np.linalg.norm(np.diff(self.points, axis=0), axis=-1).sum())


def make_leg(points: np.ndarray, left: np.ndarray, fore: bool) -> Leg:
    """A leg of these joints at rest. left: the animal's, a unit vector. fore: a foreleg or arm, whose first joint bends
    the other way than a hind leg's. Where the rest pose shows a bend that one holds, whatever it is.
    """
    bones = np.diff(points, axis=0)
    axis = left
    if len(bones) > 1:
        bend = np.cross(unit(bones[0]), unit(bones[1]))
        if np.linalg.norm(bend) > np.sin(_CLEAR) and abs(unit(bend) @ left) > 0.5:
            axis = unit(bend) * np.sign(bend @ left)
    usual = (-1.0, 0.0) if fore else (1.0, -1.0)
    ways = []
    for joint in range(len(bones) - 1):
        angle = float(signed_angle(bones[joint], bones[joint + 1], axis))
        shown = abs(angle) > _CLEAR and usual[min(joint, 1)] != 0
        ways.append(np.sign(angle) if shown else usual[min(joint, 1)])
    return Leg(points, axis, np.array(ways))


def signed_angle(first: np.ndarray, second: np.ndarray, axis: np.ndarray) -> np.ndarray:
    """Angles (...) in (-pi, pi] that turn vectors (..., 3) into others about axes (..., 3)."""
    first = first - (first * axis).sum(-1, keepdims=True) * axis
    second = second - (second * axis).sum(-1, keepdims=True) * axis
    return np.arctan2((np.cross(first, second) * axis).sum(-1), (first * second).sum(-1))


def reach(leg: Leg, rotations: np.ndarray, top: np.ndarray, goal: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rotations (T, n, 3, 3) of the leg's bones with its end at `goal` (T, 3), or as near as it is long enough, and
    where its top is then, (T, 3).

    rotations: (T, n, 3, 3) relative to rest, how the leg would stand. top: (T, 3), where it hangs.
    """
    bones = turned(rotations, np.broadcast_to(np.diff(leg.points, axis=0), (*rotations.shape[:2], 3)))
    wanted = goal - top
    axes = turned(rotations[:, 0], np.broadcast_to(leg.axis, top.shape))
    angles = _bend(leg, bones, axes, np.linalg.norm(wanted, axis=-1))
    bent = np.concatenate([np.zeros((len(bones), 1)), np.cumsum(angles, axis=1)], axis=1)
    bending = about(axes[:, None], bent)
    swing = shortest(turned(bending, bones).sum(axis=1), wanted)
    result = swing[:, None] @ bending @ rotations
    if len(leg.ways):
        return result, top
    return result, goal - turned(result[:, 0], np.broadcast_to(leg.points[1] - leg.points[0], top.shape))


def longest(leg: Leg, rotations: np.ndarray) -> np.ndarray:
    """How far (T,) the leg's end can be from its top, its joints as straight as they may be."""
    bones = turned(rotations, np.broadcast_to(np.diff(leg.points, axis=0), (*rotations.shape[:2], 3)))
    axes = turned(rotations[:, 0], np.broadcast_to(leg.axis, bones[:, 0].shape))
    flexed = _flexed(leg, bones, axes)
    return _distance(bones, axes, _angles(leg, flexed, np.full(len(bones), -np.pi)))


def _bend(leg: Leg, bones: np.ndarray, axes: np.ndarray, distance: np.ndarray) -> np.ndarray:
    """By how much (T, n - 1) each joint is to bend about the axes (T, 3), that the end is so far (T,) from the top."""
    flexed = _flexed(leg, bones, axes)
    none = _angles(leg, flexed, np.zeros(len(bones)))
    fits = (np.abs(_distance(bones, axes, none) - distance) < 1e-9) | (not leg.ways.any())
    low, high = np.full(len(bones), -np.pi), np.full(len(bones), np.pi)
    for _ in range(_STEPS):
        middle = (low + high) / 2
        far = _distance(bones, axes, _angles(leg, flexed, middle)) > distance
        low, high = np.where(far, middle, low), np.where(far, high, middle)
    return np.where(fits[:, None], none, _angles(leg, flexed, (low + high) / 2))


def _flexed(leg: Leg, bones: np.ndarray, axes: np.ndarray) -> np.ndarray:
    """How far (T, n - 1) each joint is bent its own way."""
    return leg.ways * signed_angle(bones[:, :-1], bones[:, 1:], axes[:, None])


def _angles(leg: Leg, flexed: np.ndarray, more: np.ndarray) -> np.ndarray:
    """Turns (T, n - 1) about the axis that bend every joint by `more` (T,), as far as it bends."""
    wanted = np.clip(flexed + more[:, None], _STRAIGHTEST, _MOST)
    return leg.ways * (wanted - flexed)


def _distance(bones: np.ndarray, axes: np.ndarray, angles: np.ndarray) -> np.ndarray:
    bent = np.concatenate([np.zeros((len(bones), 1)), np.cumsum(angles, axis=1)], axis=1)
    return np.linalg.norm(turned(about(axes[:, None], bent), bones).sum(axis=1), axis=-1)
