# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the quadruped is parted at each joint, and the skinning weights that this gives."""

import numpy as np

from ..building.mesh import Mesh
from ..building.skinning import Bound, step
from ..building.skinning import skin as skin_by_partings
from ..smal_skeleton import JOINT_NAMES, MIRROR, TREE
from .legs import foreleg, hindleg
from .proportions import rest_joints
from .trunk import trunk

#: Joint: (normal of its parting plane towards the far side, half the parting's width, the plane's offset along the
#: normal from the joint), metres.
_PARTINGS = {
    "pelvis0": ((1, 0, 0), 0.021, 0.0),
    "spine": ((1, 0, 0), 0.021, 0.0),
    "spine0": ((1, 0, 0), 0.021, 0.0),
    "spine1": ((1, 0, 0), 0.021, 0.0),
    "spine2": ((1, 0, 0), 0.019, 0.0),
    "spine3": ((1, 0, 0), 0.022, 0.0),
    "LLeg1": ((-0.30, 0.30, -0.90), 0.036, 0.004),
    "LLeg2": ((-0.34, 0, -0.94), 0.018, -0.002),
    "LLeg3": ((0.32, 0, -0.95), 0.013, 0.0),
    "LFoot": ((0.75, 0, -0.66), 0.011, 0.0),
    "Neck": ((0.75, 0, 0.66), 0.024, 0.004),
    "Head": ((0.85, 0, 0.53), 0.018, 0.004),
    "LLegBack1": ((-0.10, 0.30, -0.95), 0.046, 0.012),
    "LLegBack2": ((-0.20, 0, -0.98), 0.020, 0.0),
    "LLegBack3": ((-0.30, 0, -0.95), 0.013, -0.003),
    "LFootBack": ((0.80, 0, -0.60), 0.011, 0.0),
    "Tail1": ((-0.95, 0, -0.25), 0.016, 0.0),
    "Mouth": ((-0.05, 0, -1.00), 0.004, 0.001),
    "LEar": ((0, 0.25, 0.97), 0.009, 0.003),
}
#: Metres that a parting is smoothed over where the face is too small for the usual reach.
_OWN_REACH = {"Mouth": 0.003, "LEar": 0.006}


def _partings() -> dict[str, tuple]:
    """Each parting with its plane's point; the tail's planes halve the angle between the bones that meet."""
    joints = rest_joints()
    found = {}
    for name, (normal, width, offset) in _PARTINGS.items():
        unit = np.array(normal, float) / np.linalg.norm(normal)
        found[name] = (joints[TREE.index(name)] + offset * unit, unit, width)
    first, last = TREE.index("Tail1"), TREE.index("Tail7")
    for index in range(first + 1, last + 1):
        before = joints[index] - joints[index - 1]
        after = joints[index + 1] - joints[index] if index < last else before
        normal = before / np.linalg.norm(before) + after / np.linalg.norm(after)
        found[JOINT_NAMES[index]] = (joints[index], normal, 0.015)
    return {name: found[name] for name in JOINT_NAMES if name in found}


def skin(mesh: Mesh) -> np.ndarray:
    """(V, 35) weights: rows sum to 1, at most 4 joints a vertex, left and right mirror each other."""
    return skin_by_partings(
        mesh, mesh.vertices, _partings(), _bound(mesh), TREE, MIRROR, reach=0.014, own_reach=_OWN_REACH
    )


def _bound(mesh: Mesh) -> Bound:
    """How far a joint's parting counts: a leg's not beyond the leg, and the trunk's not on the legs."""
    vertices = mesh.vertices
    folded = vertices * [1, 0, 1] + np.abs(vertices) * [0, 1, 0]
    barrel = trunk()(folded)
    x, y, z = vertices.T
    low = 1 - step(z, 0.098, 0.122)  # under the belly only legs, and the tail behind them
    fore = (
        np.maximum(step(barrel - foreleg()(folded), -0.012, 0.016), low)
        * step(x, 0.02, 0.05)
        * (1 - step(x, 0.19, 0.21))
    )
    hind = np.maximum(step(barrel - hindleg()(folded), -0.014, 0.018), low) * (1 - step(x, -0.045, -0.025))
    above = np.maximum(step(z, 0.175, 0.200), 1 - step(x, -0.200, -0.185))  # the hocks are near the tail too
    brush = (1 - step(np.abs(y), 0.012, 0.032)) * (1 - step(x, -0.150, -0.135)) * above
    fore, hind = fore * (1 - brush), hind * (1 - brush)
    ham = step(-x, 0.105, 0.130) * step(z, 0.110, 0.128)  # behind the thigh, at the stifle's height
    left = step(y, 0.002, 0.012)

    def bound(name: str, side: np.ndarray) -> np.ndarray:
        if name.startswith("Tail"):
            return side * brush
        if name.startswith("LLegBack") or name == "LFootBack":
            own = hind * left if name == "LLegBack1" else (y > 0) * (x < -0.03) * (1 - brush)
            return side * own * (1 - ham if name == "LLegBack2" else 1)
        if name.startswith("LLeg") or name == "LFoot":
            return side * (fore * left if name == "LLeg1" else (y > 0) * (x > 0.05) * (x < 0.19))
        if name in ("Neck", "Head"):
            return side * (1 - fore) * step(z, 0.17, 0.20)
        if name == "Mouth":
            return side * step(x, 0.222, 0.240)
        if name == "LEar":
            return side * step(y, 0.004, 0.012) * (x > 0.18) * (1 - step(x, 0.225, 0.245))
        return np.maximum(side, fore) * (1 - hind)  # the forelegs hang on the whole spine, the hind legs on none of it

    return bound
