# SPDX-License-Identifier: GPL-3.0-or-later
"""SMAL's 35 joints: names, parents and mirror order (Zuffi et al., CVPR 2017; the 35-joint file of the model).

A leg's joints are, from the trunk down, shoulder, elbow, carpus and paw in front (`LLeg1`, `LLeg2`, `LLeg3`, `LFoot`),
hip, stifle, hock and paw behind (`LLegBack1` ... `LFootBack`). SMAL's rest pose stands with the head to +X, up is +Z.
"""

from .joint_tree import JointTree

JOINT_NAMES = (
    "root", "pelvis0", "spine", "spine0", "spine1", "spine2", "spine3", "LLeg1", "LLeg2", "LLeg3", "LFoot", "RLeg1",
    "RLeg2", "RLeg3", "RFoot", "Neck", "Head", "LLegBack1", "LLegBack2", "LLegBack3", "LFootBack", "RLegBack1",
    "RLegBack2", "RLegBack3", "RFootBack", "Tail1", "Tail2", "Tail3", "Tail4", "Tail5", "Tail6", "Tail7", "Mouth",
    "LEar", "REar",
)  # fmt: skip
PARENTS = (
    -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 6, 11, 12, 13, 6, 15, 0, 17, 18, 19, 0, 21, 22, 23, 0, 25, 26, 27, 28, 29, 30,
    16, 16, 16,
)  # fmt: skip
JOINT_COUNT = len(JOINT_NAMES)


def _mirrored(name: str) -> str:
    other = {"L": "R", "R": "L"}.get(name[0], "") + name[1:]
    return other if other in JOINT_NAMES else name


#: MIRROR[j] is the joint on the other side of the body (itself on the midline).
MIRROR = tuple(JOINT_NAMES.index(_mirrored(name)) for name in JOINT_NAMES)

TREE = JointTree(JOINT_NAMES, PARENTS)
joint = TREE.index
forward_kinematics = TREE.forward_kinematics
