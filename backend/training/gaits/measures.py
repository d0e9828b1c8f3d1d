# SPDX-License-Identifier: GPL-3.0-or-later
"""What the motion needs to know of a body: its legs' bones, its heights, its trunk, all from the rest joints."""

from dataclasses import dataclass

import numpy as np

from ...bodies.smal_skeleton import JOINT_COUNT, joint
from ...errors import UserError
from .turning import frame, unit

GRAVITY = 9.81
#: The order of the legs everywhere in this package.
LEGS = ("left_front", "right_front", "left_back", "right_back")
_JOINTS = {
    "left_front": ("LLeg1", "LLeg2", "LLeg3", "LFoot"),
    "right_front": ("RLeg1", "RLeg2", "RLeg3", "RFoot"),
    "left_back": ("LLegBack1", "LLegBack2", "LLegBack3", "LFootBack"),
    "right_back": ("RLegBack1", "RLegBack2", "RLegBack3", "RFootBack"),
}


class MotionError(UserError):
    """A request for motion that cannot be met."""


@dataclass(frozen=True)
class Leg:
    """A leg of three bones. joints: indices from the trunk down; lengths (3,) metres; frames (3, 3, 3): per bone,
    columns along it, to the left, and the third; lean: angle of the lowest bone from upright, radians, positive where
    its upper end is ahead of the paw; slant: the same of the whole leg; reach: its length stretched; height: of the
    upper joint over the paw; sole: of the paw joint over the floor; out: of the paw from the midline, to the left; all
    metres."""

    joints: tuple[int, int, int, int]
    fore: bool
    lengths: np.ndarray
    frames: np.ndarray
    lean: float
    slant: float
    reach: float
    height: float
    sole: float
    out: float


@dataclass(frozen=True)
class Measures:
    """rest (35, 3); legs in the order of LEGS; hip, shoulder: heights of those joints over the floor, metres; stride:
    the length that speeds are measured by (hip over paw); hips, shoulders: mid-points (3,); trunk: metres between."""

    rest: np.ndarray
    legs: tuple[Leg, ...]
    hip: float
    shoulder: float
    stride: float
    hips: np.ndarray
    shoulders: np.ndarray
    trunk: float


def measure(rest: np.ndarray) -> Measures:
    """Measure rest joints (35, 3): metres, SMAL's frame. MotionError where they are no standing quadruped's."""
    rest = np.asarray(rest, float)
    if rest.shape != (JOINT_COUNT, 3) or not np.isfinite(rest).all():
        raise MotionError(f"expected finite rest joints (35, 3) of SMAL's skeleton, got {rest.shape}")
    lowest = min(rest[joint(_JOINTS[name][3]), 2] for name in LEGS)
    size = rest[joint("LLegBack1"), 2] - lowest
    # The floor is z = 0 where the paws stand on it; of a body that hangs about its origin it is just below the paws.
    floor = 0.0 if 0 <= lowest < 0.2 * size else lowest - 0.07 * size
    legs = tuple(_leg(rest, name, floor) for name in LEGS)
    hips = rest[[leg.joints[0] for leg in legs[2:]]].mean(0)
    shoulders = rest[[leg.joints[0] for leg in legs[:2]]].mean(0)
    if min(leg.height for leg in legs) <= 0 or shoulders[0] <= hips[0]:
        raise MotionError("expected a quadruped standing on its paws, head towards +X and Z up: turn the rest joints")
    heights = [np.mean([leg.height + leg.sole for leg in pair]) for pair in (legs[2:], legs[:2])]
    return Measures(
        rest, legs, heights[0], heights[1], float(np.mean([leg.height for leg in legs[2:]])), hips, shoulders,
        float(np.linalg.norm(shoulders - hips)),
    )  # fmt: skip


def _leg(rest: np.ndarray, name: str, floor: float) -> Leg:
    joints = tuple(joint(part) for part in _JOINTS[name])
    points = rest[list(joints)]
    bones = np.diff(points, axis=0)
    lengths = np.linalg.norm(bones, axis=-1)
    if lengths.min() < 1e-6:
        raise MotionError(f"expected legs whose bones have a length, got none in {name.replace('_', ' ')}")
    whole, low = points[0] - points[3], points[2] - points[3]
    return Leg(
        joints, "front" in name, lengths, frame(unit(bones), np.array([0.0, 1.0, 0.0])),
        float(np.arctan2(low[0], low[2])), float(np.arctan2(whole[0], whole[2])), float(lengths.sum()),
        float(whole[2]), float(points[3, 2] - floor), float(points[3, 1]),
    )  # fmt: skip
