# SPDX-License-Identifier: GPL-3.0-or-later
"""The measures of the mean adult that the open body is built to, and where its joints stand.

Sources, as fractions of stature or as lengths; figures of men and women are averaged:
- segment lengths: Drillis & Contini 1966, as tabled in Winter, Biomechanics and Motor Control of Human Movement;
- joint centres between segments: de Leva 1996, Adjustments to Zatsiorsky-Seluyanov's segment inertia parameters;
- heights, breadths, depths and girths: the published summary statistics of ANSUR (1988) and ANSUR II (2012).
The joints of the trunk stand where SMPL's convention has them, so that motion made for SMPL fits this body.
"""

import numpy as np

from ..skeleton import JOINT_NAMES, MIRROR

STATURE = 1.72

#: The pelvis joint in the body frame (Y up, facing +Z, x to the body's left): near the origin, as SMPL's is.
PELVIS_HEIGHT = 0.965
FLOOR = -0.22 - PELVIS_HEIGHT

#: Joint: (x, height over the floor, z) in metres, left side and midline.
_JOINTS = {
    "pelvis": (0.0, PELVIS_HEIGHT, 0.012),
    "left_hip": (0.068, 0.878, 0.010),
    "spine1": (0.0, 1.075, -0.006),
    "left_knee": (0.100, 0.487, 0.004),
    "spine2": (0.0, 1.205, -0.004),
    "left_ankle": (0.090, 0.082, -0.030),
    "spine3": (0.0, 1.262, 0.004),
    "left_foot": (0.112, 0.026, 0.090),
    "neck": (0.0, 1.468, -0.018),
    "left_collar": (0.076, 1.378, -0.012),
    "head": (0.0, 1.556, 0.012),
    "left_shoulder": (0.176, 1.408, -0.020),
    "left_elbow": (0.438, 1.402, -0.030),
    "left_wrist": (0.688, 1.402, -0.026),
    "left_hand": (0.774, 1.400, -0.022),
}


def rest_joints() -> np.ndarray:
    """The joints of the rest pose, (24, 3) float64 metres in the body frame; left and right mirror each other."""
    joints = np.zeros((len(JOINT_NAMES), 3))
    for index, name in enumerate(JOINT_NAMES):
        if name in _JOINTS:
            joints[index] = _JOINTS[name]
            joints[MIRROR[index]] = joints[index] * (1 if MIRROR[index] == index else np.array([-1, 1, 1]))
    joints[:, 1] += FLOOR
    return joints
