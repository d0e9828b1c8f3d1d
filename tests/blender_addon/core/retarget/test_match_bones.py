# SPDX-License-Identifier: GPL-3.0-or-later
"""Bones of rigs that are named in many ways, or in none, are found to be the parts of the body that they are."""

import dataclasses

import numpy as np
import pytest

from blender_addon.core.retarget import RetargetError
from blender_addon.core.retarget.bone_names import segment, side, words
from blender_addon.core.retarget.match_bones import match_bones
from blender_addon.core.retarget.skeletons import SMAL, SMPL
from blender_addon.core.retarget.source import read_source
from blender_addon.core.retarget.turns import about
from tests.blender.synthetic import write_motion
from tests.blender_addon.core.retarget.cat_walk import UP, write_walk
from tests.blender_addon.core.retarget.rigs import TOY_ROLES, own_rig, toy

MIXAMO = {
    "pelvis": "Hips", "spine1": "Spine", "spine2": "Spine1", "spine3": "Spine2", "neck": "Neck", "head": "Head",
    "collar": "Shoulder", "shoulder": "Arm", "elbow": "ForeArm", "wrist": "Hand", "hip": "UpLeg", "knee": "Leg",
    "ankle": "Foot", "foot": "ToeBase",
}  # fmt: skip
UNREAL = {
    "pelvis": "pelvis", "spine1": "spine_01", "spine2": "spine_02", "spine3": "spine_03", "neck": "neck_01",
    "head": "head", "collar": "clavicle", "shoulder": "upperarm", "elbow": "lowerarm", "wrist": "hand", "hip": "thigh",
    "knee": "calf", "ankle": "foot", "foot": "ball",
}  # fmt: skip


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sources")
    return {"cat": read_source(write_walk(folder / "walk.npz", frames=3)),
            "person": read_source(write_motion(folder / "swing.npz", frames=3))}  # fmt: skip


def renamed(source, name_of, turn=((1.0, 0, 0), (0, 1, 0), (0, 0, 1))):
    """The source's skeleton with other names, and the roles by these."""
    rig, roles = own_rig(source, turn)
    names = [name_of(name, number) for number, name in enumerate(rig.names)]
    new = dict(zip(rig.names, names, strict=True))
    return dataclasses.replace(rig, names=names), {
        role: tuple(new[bone] for bone in bones) for role, bones in roles.items()
    }


def styled(parts: dict, style):
    """A way to name SMPL's joints by another program's words."""

    def name_of(name: str, number: int) -> str:
        left, _, part = name.rpartition("_")
        return style(left, parts[part]) if part in parts else f"other {number}"

    return name_of


@pytest.mark.parametrize(
    "name_of",
    [
        styled(MIXAMO, lambda side, part: f"mixamorig:{side.title()}{part}"),
        styled(UNREAL, lambda side, part: f"{part}_{side[:1]}" if side else part),
        styled(UNREAL, lambda side, part: f"Bip01 {side[:1].upper()} {part.title()}"),
        styled(
            {part: part for part in MIXAMO}, lambda side, part: f"{part.title()}.{side[:1].upper()}" if side else part
        ),
    ],
    ids=["mixamo", "unreal", "biped", "joints"],
)
def test_people_of_many_names(sources, name_of):
    rig, roles = renamed(sources["person"], name_of)
    found = match_bones(rig)
    assert found.family == "human"
    for role in roles:
        if not role.startswith("fore") or not role.endswith("toes"):
            assert found.roles.get(role) == roles[role], role


@pytest.mark.parametrize("degrees", [0, 90, -90, 180])
def test_a_cat_of_numbered_bones_is_found_by_tree_and_place(sources, degrees):
    def name_of(name: str, number: int) -> str:
        return "the head" if name == "Head" else f"bone {number}"

    rig, roles = renamed(sources["cat"], name_of, about(UP, np.radians(degrees)))
    found = match_bones(rig)
    assert found.family == "quadruped"
    for role in ("root", "neck", "head", "tail", *(role for role in roles if role.startswith(("fore", "hind")))):
        assert found.roles.get(role) == roles[role], role
    assert found.roles["spine"] == roles["spine"]


def test_our_own_skeletons_are_known_by_their_names(sources):
    for source, roles in ((sources["cat"], SMAL), (sources["person"], SMPL)):
        found = match_bones(own_rig(source)[0])
        assert {role: list(bones) for role, bones in found.roles.items()} == roles


def test_a_toy_of_six_bones():
    found = match_bones(toy())
    assert {role: list(bones) for role, bones in found.roles.items()} == TOY_ROLES


def test_what_has_no_legs_is_told_in_one_sentence():
    rig = toy()
    with pytest.raises(RetargetError, match="0 legs were found among the bones"):
        match_bones(dataclasses.replace(rig, heads=rig.heads * [0, 1, 1], tails=rig.tails * [0, 1, 1]))


@pytest.mark.parametrize(
    "name, expected",
    [("thigh.L", "L"), ("Left_Leg", "L"), ("mixamorig:RightArm", "R"), ("DEF-upper_arm.R.001", "R"), ("l_foot", "L"),
     ("spine", ""), ("tail.001", ""), ("RLeg1", "R"), ("skull", "")],
)  # fmt: skip
def test_sides(name, expected):
    assert side(name) == expected


def test_words_and_segments():
    assert words("mixamorig:LeftUpLeg") == ["thigh"] and words("DEF-front_thigh.L.001") == ["humerus"]
    assert segment("LeftForeArm", True) == "lower" and segment("shoulder.L", True) == "clavicle"
    assert segment("left_shoulder", True, by_joints=True) == "upper"
