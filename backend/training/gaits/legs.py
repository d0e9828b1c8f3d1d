# SPDX-License-Identifier: GPL-3.0-or-later
"""Inverse kinematics of a leg of three bones that folds as a quadruped's does.

The elbow points to the tail, the stifle to the head and the hock to the tail. The lowest bone leans as wanted where the
upper two can still meet it; these then have one solution on their natural side.
"""

from dataclasses import dataclass

import numpy as np

from .measures import Leg
from .turning import frame, unit

#: Share of its stretched length that a leg uses, and the smallest angle between its upper two bones, radians.
STRETCHED, FOLDED = 0.985, 0.42


@dataclass(frozen=True)
class LegPose:
    """points (T, 4, 3): its joints in the world; turns (T, 3, 3, 3): world rotations of its three bones."""

    points: np.ndarray
    turns: np.ndarray


def solve_leg(
    leg: Leg, top: np.ndarray, paw: np.ndarray, left: np.ndarray, lean: np.ndarray, out: np.ndarray
) -> LegPose:
    """Pose a leg between its upper joint ``top (T, 3)`` and ``paw (T, 3)``.

    left (T, 3): the side of the body, to which the leg's plane is square; out (T,): turns that plane about the line
    from top to paw so that the middle of the leg goes to the left, radians; lean (T,): wanted angle of the lowest bone
    from upright, positive where its upper end is ahead. The paw is met exactly where the bones are long enough.
    """
    upper, lower, low = leg.lengths
    line = top - paw
    distance = np.linalg.norm(line, axis=-1).clip(1e-6)
    line = line / distance[:, None]
    square = frame(line, left)
    normal = np.cos(out)[:, None] * square[..., 1] + np.sin(out)[:, None] * square[..., 2]
    ahead, up = _plane(normal)
    toward = np.arctan2((line * ahead).sum(-1), (line * up).sum(-1))
    wanted = np.unwrap((lean - toward + np.pi) % (2 * np.pi) - np.pi)
    nearest, farthest = _span(upper, lower)
    widest = _corner(distance, low, farthest)
    narrowest = np.where(np.abs(distance - low) < nearest, _corner(distance, low, nearest), 0.0)
    # A leg folded close has two ways to lay its lowest bone, and keeps to the one that it came by.
    side = _kept(np.sign(wanted), narrowest <= 0)
    bent = side * np.maximum(np.minimum(side * wanted, _soft_limit(np.abs(wanted), widest)), narrowest) + toward
    # Heels and wrists stay above the floor, even where that folds the leg closer than is comfortable.
    flattest = np.arccos(np.clip((0.9 * leg.sole - paw[:, 2]) / low, -1, 1))
    bent = np.clip((bent + np.pi) % (2 * np.pi) - np.pi, -flattest, flattest)
    middle = paw + low * (np.sin(bent)[:, None] * ahead + np.cos(bent)[:, None] * up)
    reach = middle - top
    length = np.linalg.norm(reach, axis=-1).clip(1e-6)
    reach = reach / length[:, None]
    cosine = (upper**2 + length**2 - lower**2) / (2 * upper * length)
    angle = np.arccos(np.clip(cosine, -1, 1))
    side = np.cross(normal, reach) * (1 if leg.fore else -1)
    knee = top + upper * (np.cos(angle)[:, None] * reach + np.sin(angle)[:, None] * side)
    # Bones are laid one after the other, so that they keep their lengths where the paw was out of reach.
    bones = np.stack([unit(knee - top), unit(middle - knee), unit(paw - middle)], 1)
    points = np.concatenate([top[:, None], top[:, None] + np.cumsum(bones * leg.lengths[:, None], 1)], 1)
    turns = frame(bones, np.broadcast_to(normal[:, None], bones.shape)) @ leg.frames.transpose(0, 2, 1)
    return LegPose(points, turns)


def within_reach(leg: Leg, top: np.ndarray, paw: np.ndarray) -> np.ndarray:
    """Paws (T, 3) drawn near or pushed off, smoothly, where a leg from ``top (T, 3)`` could not meet them."""
    line = paw - top
    distance = np.linalg.norm(line, axis=-1).clip(1e-6)
    nearest = _span(*leg.lengths[:2])[0]
    kept = _soft_limit(distance, np.full(len(top), 0.98 * leg.reach), 0.04 * leg.reach)
    return top + line * (np.maximum(kept, max(nearest - leg.lengths[2], 0.15 * leg.reach)) / distance)[:, None]


def leaning(paw: np.ndarray, top: np.ndarray, ahead: np.ndarray) -> np.ndarray:
    """Angle (T,) of the line from paw to top from upright, towards the horizontal direction ``ahead (T, 3)``."""
    line = top - paw
    return np.arctan2((line * ahead).sum(-1), line[:, 2].clip(1e-3))


def _plane(normal: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Unit vectors (T, 3) ahead and up within the planes square to ``normal (T, 3)``."""
    up = np.array([0.0, 0.0, 1.0]) - normal[:, 2:] * normal
    up = unit(up)
    return np.cross(normal, up), up


def _span(upper: float, lower: float) -> tuple[float, float]:
    """Least and greatest distance that two bones bridge."""
    return float(np.sqrt(upper**2 + lower**2 - 2 * upper * lower * np.cos(FOLDED))), STRETCHED * (upper + lower)


def _corner(distance: np.ndarray, low: float, opposite: float) -> np.ndarray:
    """The angle (T,) between the leg's line and its lowest bone that leaves ``opposite`` to the upper two."""
    return np.arccos(np.clip((distance**2 + low**2 - opposite**2) / (2 * distance * low), -1, 1))


def _kept(values: np.ndarray, free: np.ndarray) -> np.ndarray:
    """``values (T,)`` where ``free (T,)``, elsewhere the last free one; -1, heel or wrist behind, before the first."""
    last = np.maximum.accumulate(np.where(free, np.arange(len(values)), -1))
    return np.where(last >= 0, values[last], -1.0)


def _soft_limit(value: np.ndarray, limit: np.ndarray, width: float = 0.06) -> np.ndarray:
    """The lesser of both, without a corner."""
    return limit - width * np.logaddexp(0, (limit - value) / width)
