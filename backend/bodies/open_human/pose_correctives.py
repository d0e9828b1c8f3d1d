# SPDX-License-Identifier: GPL-3.0-or-later
"""How far each joint of the body turns, and the pose correctives that are fitted over these ranges."""

import numpy as np

from ..building.mesh import Mesh
from ..building.pose_correctives import pose_correctives as fit_correctives
from ..skeleton import MIRROR, TREE

#: Joint: the range of its rotation vector about x, y, z in degrees. Left side and midline.
_RANGES = {
    "left_hip": ((-120, 40), (-35, 35), (-20, 60)),
    "spine1": ((-15, 40), (-30, 30), (-25, 25)),
    "left_knee": ((-5, 145), (-10, 10), (-5, 5)),
    "spine2": ((-15, 40), (-30, 30), (-25, 25)),
    "left_ankle": ((-35, 45), (-20, 20), (-20, 20)),
    "spine3": ((-15, 30), (-30, 30), (-25, 25)),
    "left_foot": ((-50, 30), (-5, 5), (-5, 5)),
    "neck": ((-35, 45), (-40, 40), (-30, 30)),
    "left_collar": ((-10, 10), (-25, 20), (-15, 35)),
    "head": ((-35, 40), (-45, 45), (-30, 30)),
    "left_shoulder": ((-60, 60), (-110, 50), (-95, 85)),
    "left_elbow": ((-70, 70), (-145, 5), (-10, 10)),
    "left_wrist": ((-60, 60), (-35, 35), (-75, 75)),
    "left_hand": ((-5, 5), (-5, 5), (-85, 30)),
}
#: Less of the quaternion blend than elsewhere: there much flesh folds.
_QUATERNION_SHARES = {"left_hip": 0.5, "left_shoulder": 0.6}


def pose_correctives(mesh: Mesh, weights: np.ndarray, joints: np.ndarray) -> np.ndarray:
    """(V, 3, 207) float64 metres per unit of R - I, rows of R first; weights (V, 24), joints (24, 3)."""
    return fit_correctives(mesh, weights, joints, TREE, MIRROR, _RANGES, _QUATERNION_SHARES, reach=0.012, nothing=2e-4)
