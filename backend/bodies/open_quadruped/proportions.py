# SPDX-License-Identifier: GPL-3.0-or-later
"""The measures of the domestic cat that the open quadruped is built to, and where its joints stand.

Frame: SMAL's. The head points to +X, +Y is the animal's left, +Z up; metres; the paws stand on z = 0 and the middle
between withers and tail root is over the origin.
"""

import numpy as np

from ..smal_skeleton import JOINT_NAMES, MIRROR

#: Height of the back over the shoulder blades, metres.
WITHERS = 0.266

#: Joint: (x, y, z) in metres, left side and midline.
_JOINTS = {
    "root": (-0.100, 0.0, 0.222),
    "pelvis0": (-0.065, 0.0, 0.228),
    "spine": (-0.025, 0.0, 0.232),
    "spine0": (0.015, 0.0, 0.235),
    "spine1": (0.052, 0.0, 0.237),
    "spine2": (0.088, 0.0, 0.237),
    "spine3": (0.120, 0.0, 0.235),
    "LLeg1": (0.148, 0.036, 0.182),
    "LLeg2": (0.095, 0.039, 0.132),
    "LLeg3": (0.106, 0.035, 0.048),
    "LFoot": (0.124, 0.034, 0.016),
    "Neck": (0.155, 0.0, 0.246),
    "Head": (0.204, 0.0, 0.284),
    "LLegBack1": (-0.115, 0.032, 0.202),
    "LLegBack2": (-0.068, 0.042, 0.130),
    "LLegBack3": (-0.150, 0.037, 0.076),
    "LFootBack": (-0.126, 0.036, 0.016),
    "Tail1": (-0.152, 0.0, 0.234),
    "Tail2": (-0.188, 0.0, 0.226),
    "Tail3": (-0.220, 0.0, 0.206),
    "Tail4": (-0.247, 0.0, 0.178),
    "Tail5": (-0.271, 0.0, 0.149),
    "Tail6": (-0.298, 0.0, 0.123),
    "Tail7": (-0.330, 0.0, 0.107),
    "Mouth": (0.226, 0.0, 0.268),
    "LEar": (0.203, 0.026, 0.320),
}


def rest_joints() -> np.ndarray:
    """The joints of the rest pose, (35, 3) float64 metres; left and right mirror each other."""
    joints = np.zeros((len(JOINT_NAMES), 3))
    for index, name in enumerate(JOINT_NAMES):
        if name in _JOINTS:
            joints[index] = _JOINTS[name]
            joints[MIRROR[index]] = joints[index] * (1 if MIRROR[index] == index else np.array([1, -1, 1]))
    return joints
