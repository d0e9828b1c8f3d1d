# SPDX-License-Identifier: GPL-3.0-or-later
"""The trunk between hips and shoulders: where it is, given their heights, the spine's shape and the heading."""

from dataclasses import dataclass

import numpy as np

from ...bodies.smal_skeleton import joint
from .measures import Measures
from .turning import pitch, roll, turned, yaw

SPINE = tuple(joint(name) for name in ("pelvis0", "spine", "spine0", "spine1", "spine2", "spine3"))
#: A back arches most in the loins, and bends sideways along its length.
_ARCH = np.array([0.14, 0.26, 0.24, 0.18, 0.12, 0.06])
_BEND = np.array([0.1, 0.18, 0.2, 0.2, 0.18, 0.14])


@dataclass(frozen=True)
class Trunk:
    """root (T, 3) metres and its turn (T, 3, 3); bends (T, 6, 3, 3): local rotations of SPINE; chest (T, 3) and its
    turn (T, 3, 3): those of spine3 in the world."""

    root: np.ndarray
    turn: np.ndarray
    bends: np.ndarray
    chest: np.ndarray
    chest_turn: np.ndarray

    def attached(self, measures: Measures, index: int, fore: bool) -> np.ndarray:
        """A joint of rest, fixed to the chest or the pelvis, in the world: (T, 3)."""
        base = SPINE[-1] if fore else 0
        place, turn = (self.chest, self.chest_turn) if fore else (self.root, self.turn)
        return place + turn @ (measures.rest[index] - measures.rest[base])


def place_trunk(
    measures: Measures, middle: np.ndarray, heading: np.ndarray, hip: np.ndarray, shoulder: np.ndarray,
    flex: np.ndarray, bend: np.ndarray, tilt: np.ndarray, twist: np.ndarray,
) -> Trunk:  # fmt: skip
    """Stand the trunk over ``middle (T, 2)`` with its hips and shoulders at heights (T,), all metres.

    heading (T,): from the hips to the shoulders; flex (arched), bend (to the left), tilt (left side up) and twist (of
    the chest against the pelvis) (T,), radians. The pitch follows from the two heights.
    """
    rest = measures.rest
    local = yaw(bend[:, None] * _BEND) @ pitch(-flex[:, None] * _ARCH) @ roll(twist[:, None] / len(SPINE))
    place, turn = np.zeros((len(middle), 3)), np.broadcast_to(np.eye(3), (len(middle), 3, 3))
    for order, index in enumerate(SPINE):
        place = place + turn @ (rest[index] - rest[0 if order == 0 else SPINE[order - 1]])
        turn = turn @ local[:, order]
    shoulders = place + turn @ (measures.shoulders - rest[SPINE[-1]])
    hips = measures.hips - rest[0]
    leaning = roll(tilt)
    along = turned(leaning, shoulders - hips)
    length = np.hypot(along[:, 0], along[:, 2])
    rising = np.arcsin(np.clip((shoulder - hip) / length, -0.98, 0.98)) - np.arctan2(along[:, 2], along[:, 0])
    flat = along[:, 0] * np.cos(rising) - along[:, 2] * np.sin(rising)
    whole = yaw(heading - np.arctan2(along[:, 1], flat)) @ pitch(rising) @ leaning
    centre = np.column_stack([middle, (hip + shoulder) / 2])
    root = centre - turned(whole, (shoulders + hips) / 2)
    return Trunk(root, whole, local, root + turned(whole, place), whole @ turn)
