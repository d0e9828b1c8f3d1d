# SPDX-License-Identifier: GPL-3.0-or-later
"""How far each joint of the quadruped turns, and the pose correctives that are fitted over these ranges."""

import numpy as np

from ..building.mesh import Mesh
from ..building.pose_correctives import pose_correctives as fit_correctives
from ..smal_skeleton import MIRROR, TREE

_TRUNK = ((-15, 15), (-25, 25), (-20, 20))
_TAIL = ((-10, 10), (-45, 45), (-45, 45))
#: Joint: the range of its rotation vector about x, y, z in degrees. Left side and midline.
_RANGES = {
    "pelvis0": _TRUNK,
    "spine": _TRUNK,
    "spine0": _TRUNK,
    "spine1": _TRUNK,
    "spine2": _TRUNK,
    "spine3": _TRUNK,
    "LLeg1": ((-25, 25), (-60, 60), (-20, 20)),
    "LLeg2": ((-10, 10), (-100, 50), (-15, 15)),
    "LLeg3": ((-10, 10), (-30, 110), (-15, 15)),
    "LFoot": ((-15, 15), (-60, 60), (-15, 15)),
    "Neck": ((-35, 35), (-50, 55), (-50, 50)),
    "Head": ((-40, 40), (-40, 60), (-40, 40)),
    "LLegBack1": ((-30, 30), (-65, 65), (-20, 20)),
    "LLegBack2": ((-10, 10), (-55, 95), (-15, 15)),
    "LLegBack3": ((-10, 10), (-80, 70), (-15, 15)),
    "LFootBack": ((-15, 15), (-60, 70), (-15, 15)),
    **{f"Tail{i}": _TAIL for i in range(1, 8)},
}
#: Less of the quaternion blend than elsewhere: there much flesh folds.
_QUATERNION_SHARES = {"LLeg1": 0.4, "LLegBack1": 0.3}


def pose_correctives(mesh: Mesh, weights: np.ndarray, joints: np.ndarray) -> np.ndarray:
    """(V, 3, 306) float64 metres per unit of R - I, rows of R first; weights (V, 35), joints (35, 3)."""
    return fit_correctives(mesh, weights, joints, TREE, MIRROR, _RANGES, _QUATERNION_SHARES, reach=0.005, nothing=1e-4)
