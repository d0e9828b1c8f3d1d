# SPDX-License-Identifier: GPL-3.0-or-later
"""Which joints of SMAL and SMPL are which part of the body: what our motions move."""

from .roles import HUMAN, LIMBS, QUADRUPED

SMAL = {
    "root": ["root"],
    "spine": ["pelvis0", "spine", "spine0", "spine1", "spine2", "spine3"],
    "neck": ["Neck"],
    "head": ["Head"],
    "jaw": ["Mouth"],
    "ear.L": ["LEar"],
    "ear.R": ["REar"],
    "tail": [f"Tail{number}" for number in range(1, 8)],
}
SMPL = {
    "root": ["pelvis"],
    "spine": ["spine1", "spine2", "spine3"],
    "neck": ["neck"],
    "head": ["head"],
}
for _limb in LIMBS:
    _part, _side = _limb.split(".")
    _back = "Back" if _part == "hind" else ""
    for _segment, _joint in zip(
        ("upper", "lower", "foot", "toes"),
        [*(f"{_side}Leg{_back}{number}" for number in (1, 2, 3)), f"{_side}Foot{_back}"],
        strict=True,
    ):
        SMAL[f"{_limb}.{_segment}"] = [_joint]
    _word = {"L": "left", "R": "right"}[_side]
    _joints = {"fore": ("shoulder", "elbow", "wrist", "hand"), "hind": ("hip", "knee", "ankle", "foot")}[_part]
    for _segment, _joint in zip(("upper", "lower", "foot", "toes"), _joints, strict=True):
        SMPL[f"{_limb}.{_segment}"] = [f"{_word}_{_joint}"]
    if _part == "fore":
        SMPL[f"{_limb}.clavicle"] = [f"{_word}_collar"]

SKELETONS = {QUADRUPED: SMAL, HUMAN: SMPL}


def family_of(names) -> str | None:
    """The family whose every joint is among the names; None if neither's is."""
    held = set(names)
    for family, roles in SKELETONS.items():
        if all(joint in held for joints in roles.values() for joint in joints):
            return family
    return None
