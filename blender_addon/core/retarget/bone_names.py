# SPDX-License-Identifier: GPL-3.0-or-later
"""What bones' names tell, in the many ways in which rigs are named: sides, and parts of the body."""

import re
from collections.abc import Iterable

# A name is cut where its writing changes: "mixamorig:LeftUpLeg" is mixamorig, left, up, leg.
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_PREFIXES = {"mixamorig", "org", "def", "mch", "bip", "ccbase", "valvebiped", "bone", "jnt", "joint", "sk", "rig"}
_LEFT, _RIGHT = {"l", "left", "lft", "lf"}, {"r", "right", "rgt", "rt"}
_JOINED = {
    "upleg": "thigh", "upperleg": "thigh", "lowerleg": "shin", "lowleg": "shin", "forearm": "forearm",
    "upperarm": "humerus", "uparm": "humerus", "lowerarm": "forearm", "lowarm": "forearm", "forefoot": "metacarpus",
    "hindfoot": "metatarsus", "frontthigh": "humerus", "frontshin": "forearm", "frontfoot": "metacarpus",
}  # fmt: skip
# What each word speaks for, of a limb that begins with these.
SEGMENT_WORDS = {
    "clavicle": {"clavicle", "collar", "collarbone", "scapula", "shoulder", "pelvis", "hip"},
    "upper": {"thigh", "femur", "humerus", "upper"},
    "lower": {"shin", "calf", "tibia", "forearm", "radius", "ulna", "lower", "knee", "elbow", "shank", "stifle"},
    "foot": {"foot", "hand", "metatarsus", "metacarpus", "hock", "ankle", "wrist", "carpus", "tarsus", "cannon",
             "metatarsal", "metacarpal", "pastern"},
    "toes": {"toe", "toes", "paw", "hoof", "digit", "digits", "fetlock", "ball", "finger", "fingers", "phalanx"},
}  # fmt: skip
_JOINTS = {"knee", "elbow", "ankle", "wrist", "stifle"}
_JOINT_WORDS = {
    "clavicle": {"clavicle", "collar", "scapula", "pelvis"},
    "upper": {"hip", "shoulder"},
    "lower": {"knee", "elbow", "stifle"},
    "foot": {"ankle", "wrist", "hock", "carpus", "tarsus"},
    "toes": {"foot", "hand", "paw", "toe", "toes", "hoof", "fetlock", "fingers"},
}
FORE_WORDS = {
    "front",
    "fore",
    "arm",
    "hand",
    "forearm",
    "humerus",
    "shoulder",
    "scapula",
    "metacarpus",
    "wrist",
    "elbow",
}
HIND_WORDS = {"back", "hind", "rear", "thigh", "femur", "shin", "calf", "tibia", "metatarsus", "hock", "knee", "hip"}
# Bones that carry a rig and are no part of a body.
MASTER_WORDS = {"root", "master", "ground", "origin", "world", "global", "main", "god", "trajectory", "reference"}
_NO_PART = {"end", "twist", "roll", "ik", "pole", "target", "ctrl", "helper", "nub", "tweak", "heel"}


def words(name: str) -> list[str]:
    """A name's words in small letters, without sides, numbers and prefixes that say nothing."""
    found = [word.lower() for word in _WORD.findall(name)]
    found = [word for word in found if not word.isdigit() and word not in _LEFT | _RIGHT | _PREFIXES]
    for begin in range(len(found) - 2, -1, -1):
        if joined := _JOINED.get("".join(found[begin : begin + 2])):
            found[begin : begin + 2] = [joined]
    return [_JOINED.get(word, word) for word in found]


def side(name: str) -> str:
    """'L', 'R' or '' for a bone whose name says nothing of a side."""
    found = [word.lower() for word in _WORD.findall(name)]
    for word in (*reversed(found[-2:]), *found):
        if word in _LEFT:
            return "L"
        if word in _RIGHT:
            return "R"
    return ""


def named_by_joints(names: Iterable[str]) -> bool:
    """Whether a limb's bones are called by the joints that they begin at: a shin is a knee, a hand a wrist."""
    return any(_JOINTS & set(words(name)) for name in names)


def segment(name: str, fore: bool, by_joints: bool = False) -> str:
    """Which segment of a limb a name speaks of; '' if of none."""
    found = words(name)
    for part, known in reversed((_JOINT_WORDS if by_joints else SEGMENT_WORDS).items()):
        if known & set(found):
            return part
    if "arm" in found and fore:  # as in LeftArm, and in LeftUpLeg with LeftLeg
        return "upper"
    return "lower" if found == ["leg"] else ""


def is_helper(name: str) -> bool:
    """Whether a bone is there for the rig's own sake: twist bones, ends, targets."""
    return bool(_NO_PART & set(words(name)))
