# SPDX-License-Identifier: GPL-3.0-or-later
"""Motion capture of a quadruped as the 17 points of AP-10K in space."""

import numpy as np

from ..keypoints.anatomy import QUADRUPED

_SIDES = {"left": "Left", "right": "Right"}
#: Point -> the source's joint, as captured dogs have them: arms begin at the shoulder, hands at the carpus, upper
#: legs at the hip, feet at the hock; sites are the far ends of bones.
SOURCE = {
    "nose": "HeadSite", "neck": "Neck", "tail_root": "Tail",
    **{f"{side}_{point}": f"{name}{joint}" for side, name in _SIDES.items() for point, joint in (
        ("shoulder", "Arm"), ("elbow", "ForeArm"), ("front_paw", "HandSite"),
        ("hip", "UpLeg"), ("knee", "Leg"), ("back_paw", "FootSite"))},
}  # fmt: skip
#: Where an eye is, in parts of the way from the base of the skull to the nose: along it, to its side, above it.
_EYE = (0.45, 0.20, 0.22)


def is_quadruped(names: list[str]) -> bool:
    """Whether these are the joints of a captured quadruped."""
    return {*SOURCE.values(), "Head"} <= set(names)


def quadruped_keypoints(joints: dict[str, np.ndarray]) -> np.ndarray:
    """Joints (T, 3) by name, metres, Z up, to keypoints (T, 17, 3). The eyes follow the head and the chest's left."""
    base, nose = joints["Head"], joints["HeadSite"]
    along = nose - base
    length = np.linalg.norm(along, axis=-1, keepdims=True)
    forward = along / np.maximum(length, 1e-9)
    left = joints["LeftArm"] - joints["RightArm"]
    left = left - (left * forward).sum(-1, keepdims=True) * forward
    left = left / np.maximum(np.linalg.norm(left, axis=-1, keepdims=True), 1e-9)
    up = np.cross(forward, left)
    ahead, aside, above = _EYE
    out = np.empty((len(base), len(QUADRUPED), 3))
    for name, joint in SOURCE.items():
        out[:, QUADRUPED.index(name)] = joints[joint]
    for side, sign in (("left", 1), ("right", -1)):
        out[:, QUADRUPED.index(f"{side}_eye")] = base + length * (ahead * forward + sign * aside * left + above * up)
    return out
