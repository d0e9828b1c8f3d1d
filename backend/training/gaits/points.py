# SPDX-License-Identifier: GPL-3.0-or-later
"""The 17 points of AP-10K on a skeleton without a skin: joints, and points fixed to a joint beside it."""

import numpy as np

from ...bodies.smal_skeleton import joint
from ...keypoints.layouts import LAYOUTS
from .measures import Measures

_NAMES = LAYOUTS["ap10k"].names
_JOINTS = {
    "left_shoulder": "LLeg1", "left_elbow": "LLeg2", "left_front_paw": "LFoot",
    "right_shoulder": "RLeg1", "right_elbow": "RLeg2", "right_front_paw": "RFoot",
    "left_hip": "LLegBack1", "left_knee": "LLegBack2", "left_back_paw": "LFootBack",
    "right_hip": "RLegBack1", "right_knee": "RLegBack2", "right_back_paw": "RFootBack",
}  # fmt: skip


def skin_offsets(measures: Measures) -> dict[str, tuple[int, np.ndarray]]:
    """Point -> the joint that carries it and its place (3,) from there in the rest pose, metres.

    The head's size is what ears and mouth show of it: the nose is ahead of the mouth's hinge, the eyes between nose and
    ears; the nape is over the withers, the tail's root on the skin over the first joint of the tail.
    """
    rest = measures.rest
    head = rest[joint("Head")]
    hinge = rest[joint("Mouth")] - head
    ears = rest[[joint("LEar"), joint("REar")]] - head
    top, wide = ears.mean(0), abs(ears[0, 1] - ears[1, 1]) / 2
    size = 0.18 * measures.trunk
    nose = np.array([max(2.4 * hinge[0], 0.8 * size), 0.0, 0.45 * hinge[2]])
    eyes = np.array([0.55 * nose[0], 0.0, 0.45 * max(top[2], 0.3 * size)])
    apart = np.array([0.0, max(0.7 * wide, 0.15 * size), 0.0])
    over = np.array([-0.04, 0.0, 0.07]) * measures.trunk
    return {
        "nose": (joint("Head"), nose),
        "left_eye": (joint("Head"), eyes + apart),
        "right_eye": (joint("Head"), eyes - apart),
        "neck": (joint("spine3"), rest[joint("Neck")] + over - rest[joint("spine3")]),
        "tail_root": (0, rest[joint("Tail1")] + np.array([0.0, 0.0, 0.05]) * measures.trunk - rest[0]),
    }


def keypoints(measures: Measures, joints: np.ndarray, turns: np.ndarray) -> np.ndarray:
    """Joints (T, 35, 3) and their world rotations (T, 35, 3, 3) to the points (T, 17, 3) of AP-10K, metres."""
    skin = skin_offsets(measures)
    out = np.empty((len(joints), len(_NAMES), 3))
    for index, name in enumerate(_NAMES):
        if name in skin:
            carrier, offset = skin[name]
            out[:, index] = joints[:, carrier] + turns[:, carrier] @ offset
        else:
            out[:, index] = joints[:, joint(_JOINTS[name])]
    return out
