# SPDX-License-Identifier: GPL-3.0-or-later
"""The 2D keypoints that a motion was lifted from, and how to draw them: which to join, which side each is on."""

from dataclasses import dataclass

import numpy as np

LEFT, MIDDLE, RIGHT = "left", "middle", "right"

# name -> what it hangs on in the drawing; of a chain, the nearest that a clip has is taken.
_HANGS_ON = {
    "nose": "neck", "right_eye": "nose", "left_eye": "nose", "right_ear": "right_eye", "left_ear": "left_eye",
    "right_shoulder": "neck", "right_elbow": "right_shoulder", "right_wrist": "right_elbow",
    "left_shoulder": "neck", "left_elbow": "left_shoulder", "left_wrist": "left_elbow", "mid_hip": "tail_root",
    "right_hip": "mid_hip", "right_knee": "right_hip", "right_ankle": "right_knee",
    "left_hip": "mid_hip", "left_knee": "left_hip", "left_ankle": "left_knee",
    "right_heel": "right_ankle", "right_big_toe": "right_ankle", "right_small_toe": "right_big_toe",
    "left_heel": "left_ankle", "left_big_toe": "left_ankle", "left_small_toe": "left_big_toe",
    "tail_root": "neck", "right_front_paw": "right_elbow", "left_front_paw": "left_elbow",
    "right_back_paw": "right_knee", "left_back_paw": "left_knee",
}  # fmt: skip


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
    return found


def side(name: str) -> str:
    """The side of the body that a keypoint is on, by its name."""
    return LEFT if name.startswith("left_") else RIGHT if name.startswith("right_") else MIDDLE
