# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody who walks, for the tests: feet that stand while the body goes over them, knees and elbows that bend."""

import numpy as np

from backend.keypoints.layouts import get_layout
from backend.training.boxes.limbs import bend
from backend.training.boxes.points import ANKLES, ELBOWS, HIPS, KNEES, SHOULDERS, WRISTS
from backend.training.mocap import MocapClip

_THIGH, _SHIN, _UPPER_ARM, _FOREARM = 0.42, 0.41, 0.3, 0.26
_STEP, _STEP_FRAMES = 0.4, 18  # metres and frames from one foot's landing to the other's


def walking(frames: int = 200, name: str = "walk") -> MocapClip:
    """A clip (T, 18, 3) of somebody who walks along +y, stands for a second in the middle, and walks on."""
    half = frames // 2
    time = np.r_[np.arange(half), np.full(30, half), np.arange(half, frames)] / _STEP_FRAMES
    names = get_layout("openpose18").names
    points = np.zeros((len(time), 18, 3))
    root = np.stack([np.zeros_like(time), _STEP * time, 0.81 + 0.01 * np.cos(2 * np.pi * time)], -1)
    out = np.array([[-1.0, 0, 0], [1.0, 0, 0]])  # left, right; facing +y
    points[:, HIPS] = root[:, None] + 0.09 * out
    points[:, SHOULDERS] = root[:, None] + 0.19 * out + [0, 0.02, 0.54]
    points[:, names.index("neck")] = points[:, SHOULDERS].mean(1)
    for place, (x, y, z) in {"nose": (0, 0.11, 0.17), "eye": (0.03, 0.09, 0.2), "ear": (0.07, 0.01, 0.19)}.items():
        for side, sign in (("", 0), ("left_", -1), ("right_", 1)):
            if side + place in names:
                points[:, names.index(side + place)] = points[:, names.index("neck")] + [sign * x, y, z]
    for side in (0, 1):
        step = (time + side) / 2
        swing = ((step % 1 - 0.6) / 0.4).clip(0, 1)
        ankle = np.zeros((len(time), 3))
        ankle[:, 0] = 0.1 * out[side, 0]
        ankle[:, 1] = 2 * _STEP * (np.floor(step) + swing**2 * (3 - 2 * swing)) + (0.3 - side) * _STEP
        ankle[:, 2] = 0.08 + 0.12 * np.sin(np.pi * swing) ** 2
        wrist = points[:, SHOULDERS[side]] + [0, 0, -0.5]
        wrist[:, 1] += 0.1 * np.sin(np.pi * time + np.pi * side) + 0.08
        ahead, behind = np.array([0, 1.0, 0]), np.array([0, -1.0, 0])
        limbs = ((HIPS, KNEES, ANKLES, ankle, _THIGH, _SHIN, ahead),
                 (SHOULDERS, ELBOWS, WRISTS, wrist, _UPPER_ARM, _FOREARM, behind))  # fmt: skip
        for first, middle, last, end, upper, lower, pole in limbs:
            bent, reached = bend(points[:, first[side]], end, upper, lower, np.broadcast_to(pole, end.shape))
            points[:, middle[side]], points[:, last[side]] = bent, reached
    return MocapClip(points.astype(np.float32), 30.0, name, "CC0")
