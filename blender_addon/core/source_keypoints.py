# SPDX-License-Identifier: GPL-3.0-or-later
"""The 2D keypoints that a motion was lifted from, and how to draw them: which to join, which side each is on."""

from dataclasses import dataclass

import numpy as np

LEFT, MIDDLE, RIGHT, BOX = "left", "middle", "right", "box"

# name -> what it hangs on in the drawing; of a chain, the nearest that a clip has is taken.
_HANGS_ON = {
    "nose": "neck", "right_eye": "nose", "left_eye": "nose", "right_ear": "right_eye", "left_ear": "left_eye",
    "right_shoulder": "neck", "right_elbow": "right_shoulder", "right_wrist": "right_elbow",
    "left_shoulder": "neck", "left_elbow": "left_shoulder", "left_wrist": "left_elbow", "mid_hip": "tail_root",
    "right_hip": "mid_hip", "right_knee": "right_hip", "right_ankle": "right_knee",
    "left_hip": "mid_hip", "left_knee": "left_hip", "left_ankle": "left_knee",
    "right_heel": "right_ankle", "right_big_toe": "right_ankle", "right_small_toe": "right_big_toe",
    "left_heel": "left_ankle", "left_big_toe": "left_ankle", "left_small_toe": "left_big_toe",
    "withers": "neck", "throat": "neck", "chin": "nose", "jaw": "nose", "scapula": "neck", "girth": "neck",
    "right_ear_tip": "right_ear", "left_ear_tip": "left_ear",
    "tail_root": "ischium", "ischium": "neck", "tail_middle": "tail_root", "tail_tip": "tail_middle",
    "right_carpus": "right_elbow", "right_front_fetlock": "right_carpus", "right_front_paw": "right_front_fetlock",
    "left_carpus": "left_elbow", "left_front_fetlock": "left_carpus", "left_front_paw": "left_front_fetlock",
    "right_hock": "right_knee", "right_back_fetlock": "right_hock", "right_back_paw": "right_back_fetlock",
    "left_hock": "left_knee", "left_back_fetlock": "left_hock", "left_back_paw": "left_back_fetlock",
    "box_2": "box_1", "box_3": "box_2", "box_4": "box_3", "box_5": "box_1",
    "box_6": "box_5", "box_7": "box_6", "box_8": "box_7",
}  # fmt: skip
# What is joined besides: the rest of a box's edges.
_CLOSING = (("box_4", "box_1"), ("box_8", "box_5"), ("box_2", "box_6"), ("box_3", "box_7"), ("box_4", "box_8"))


@dataclass(frozen=True)
class SourceKeypoints:
    """What a detector saw, T frames of K points.

    names: K. points: (T, K, 2) pixels from the picture's top left corner, NaN where there is none. confidence: (T, K)
    in [0, 1], 0 where there is none. lifted: (T, K, 3), where the motion has the same points, in the world in metres.
    """

    names: tuple[str, ...]
    points: np.ndarray
    confidence: np.ndarray
    lifted: np.ndarray | None = None


def lines(names: tuple[str, ...]) -> list[tuple[int, int]]:
    """Pairs of indices to join by a line."""
    found = []
    for child, name in enumerate(names):
        other = _HANGS_ON.get(name)
        while other is not None and other not in names:
            other = _HANGS_ON.get(other)
        if other is not None:
            found.append((names.index(other), child))
    return found + [(names.index(a), names.index(b)) for a, b in _CLOSING if a in names and b in names]


def side(name: str) -> str:
    """The side of the body that a keypoint is on, by its name; of what is no body, what it is."""
    if name.startswith("box_"):
        return BOX
    return LEFT if name.startswith("left_") else RIGHT if name.startswith("right_") else MIDDLE
