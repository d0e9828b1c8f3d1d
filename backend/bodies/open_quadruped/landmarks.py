# SPDX-License-Identifier: GPL-3.0-or-later
"""The named surface points of the quadruped: face, ears, soles, and the two ends of its back."""

import numpy as np

from ..building.mesh import Mesh
from ..smal_skeleton import joint
from .head import CHIN, EAR_TIP, EYE, NOSE_TIP
from .proportions import WITHERS, rest_joints

_MIDDLE = {"nose": NOSE_TIP, "chin": CHIN, "neck": (0.112, 0.0, WITHERS), "tail_root": (-0.152, 0.0, 0.254)}
_LEFT = {"eye": EYE, "ear_tip": EAR_TIP}
_SOLES = {"front_sole": "LFoot", "back_sole": "LFootBack"}


def named_vertices(mesh: Mesh) -> dict[str, int]:
    """The vertex of each name, the right side's being the left side's mirror image."""
    joints, found = rest_joints(), {}
    midline = np.flatnonzero(mesh.mirror == np.arange(len(mesh.mirror)))
    for name, point in _MIDDLE.items():
        found[name] = int(midline[np.linalg.norm(mesh.vertices[midline] - point, axis=1).argmin()])
    places = dict(_LEFT)
    for name, paw in _SOLES.items():
        places[name] = tuple(joints[joint(paw)] * [1, 1, 0])
    for name, point in places.items():
        left = int(np.linalg.norm(mesh.vertices - point, axis=1).argmin())
        found["left_" + name], found["right_" + name] = left, int(mesh.mirror[left])
    return found
