# SPDX-License-Identifier: GPL-3.0-or-later
"""What bones' names tell, in the many ways in which rigs are named: sides, and parts of the body."""

import re

# A name is cut where its writing changes: "mixamorig:LeftUpLeg" is mixamorig, left, up, leg.
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_PREFIXES = {"mixamorig", "org", "def", "mch", "bip", "ccbase", "valvebiped", "bone", "jnt", "joint", "sk", "rig"}
_LEFT, _RIGHT = {"l", "left", "lft", "lf"}, {"r", "right", "rgt", "rt"}
_JOINED = {
    "upleg": "thigh", "upperleg": "thigh", "lowerleg": "shin", "lowleg": "shin", "upperarm": "humerus", "uparm":
    "humerus", "lowerarm": "forearm", "lowarm": "forearm", "forefoot": "metacarpus", "hindfoot": "metatarsus",
    "frontthigh": "humerus", "frontshin": "forearm", "frontfoot": "metacarpus", "lowerhind": "shin",
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
    for size in (2,):
        for begin in range(len(found) - size, -1, -1):
            joined = _JOINED.get("".join(found[begin : begin + size]))
            if joined:
                found[begin : begin + size] = [joined]
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


def segment(name: str, fore: bool) -> str:
    """Which segment of a limb a name speaks of; '' if of none."""
    found = words(name)
    for part in reversed(SEGMENT_WORDS):
        if SEGMENT_WORDS[part] & set(found):
            return part
    if "arm" in found or "leg" in found:  # as in LeftArm, LeftForeArm; LeftUpLeg, LeftLeg
        return "upper" if "arm" in found and fore else "lower" if found[-1:] == ["leg"] and len(found) == 1 else ""
    return ""


def is_helper(name: str) -> bool:
    """Whether a bone is there for the rig's own sake: twist bones, ends, targets."""
    return bool(_NO_PART & set(words(name)))
