# SPDX-License-Identifier: GPL-3.0-or-later
"""SMPL's 24 joints: names, parents and mirror order."""

from .joint_tree import JointTree

JOINT_NAMES = (
    "pelvis", "left_hip", "right_hip", "spine1", "left_knee", "right_knee", "spine2", "left_ankle", "right_ankle",
    "spine3", "left_foot", "right_foot", "neck", "left_collar", "right_collar", "head", "left_shoulder",
    "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_hand", "right_hand",
)  # fmt: skip
PARENTS = (-1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19, 20, 21)
JOINT_COUNT = len(JOINT_NAMES)

#: MIRROR[j] is the joint on the other side of the body (itself on the midline).
MIRROR = tuple(
    JOINT_NAMES.index({"left": "right", "right": "left"}.get(name.split("_")[0], "") + name[name.find("_"):])
    if "_" in name else joint
    for joint, name in enumerate(JOINT_NAMES)
)  # fmt: skip

TREE = JointTree(JOINT_NAMES, PARENTS)
joint = TREE.index
forward_kinematics = TREE.forward_kinematics
