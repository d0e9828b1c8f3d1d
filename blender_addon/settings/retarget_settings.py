# SPDX-License-Identifier: GPL-3.0-or-later
"""What the user sets for retargeting, kept in the scene with the bones that are matched: Scene.lift3d_retarget."""

import json

import bpy
from bpy.props import BoolProperty, CollectionProperty, EnumProperty, PointerProperty, StringProperty

from ..core.retarget import RetargetError
from ..core.retarget.bone_map import BoneMap, map_from, map_to
from ..core.retarget.roles import CHAINS, QUADRUPED, ROLES, role_words
from ..scene.character_facts import character_of

SOURCES = (
    ("CHARACTER", "Character", "The motion that a lifted character in the scene plays"),
    ("FILE", "Motion File", "A motion that was saved: ours, or AMASS's"),
)
FAMILIES = (
    ("quadruped", "Quadruped", "A body on four legs, with any number of bones"),
    ("human", "Human", "A body on two legs, with arms"),
)


def _is_rig(settings: "Lift3DRetarget", item: bpy.types.Object) -> bool:
    return item.type == "ARMATURE"


def _is_character(settings: "Lift3DRetarget", item: bpy.types.Object) -> bool:
    return item.type == "ARMATURE" and bool(character_of(item))


def _filled(row: "Lift3DRoleBone", context: bpy.types.Context) -> None:
    """A row of bones always has room for one more."""
    settings = row.id_data.lift3d_retarget
    if row.role in CHAINS:
        of_role = [at for at, each in enumerate(settings.rows) if each.role == row.role]
        if settings.rows[of_role[-1]].bone:
            settings.rows.add().role = row.role
            settings.rows.move(len(settings.rows) - 1, of_role[-1] + 1)


class Lift3DRoleBone(bpy.types.PropertyGroup):
    """A bone that is matched with a part of the body."""

    role: StringProperty(name="Part", description="Part of the body, as bone maps call it", options={"HIDDEN"})
    bone: StringProperty(
        name="Bone", description="Bone of the rig that is this part of the body; empty if it has none", update=_filled
    )


class Lift3DRetarget(bpy.types.PropertyGroup):
    """What the user sets for retargeting."""

    rig: PointerProperty(
        name="Rig", description="Armature of yours that is to play the motion", type=bpy.types.Object, poll=_is_rig
    )
    source: EnumProperty(name="Source", description="Where the motion is taken from", items=SOURCES)
    character: PointerProperty(
        name="Character",
        description="Lifted character whose motion is taken; empty takes the active one, or the newest",
        type=bpy.types.Object,
        poll=_is_character,
    )
    motion: StringProperty(name="Motion File", description="Saved motion to take, .npz", subtype="FILE_PATH")
    planted: BoolProperty(
        name="Plant Paws",
        description="Hold feet and paws that stand in one place on the floor, where the lift lets them slide",
        default=True,
    )
    held: BoolProperty(
        name="Hands on the Box",
        description="Of a person with a box: let the rig's arms reach for its box while the motion has hands on it",
        default=True,
    )
    family: EnumProperty(name="Body", description="What kind of body the rig is of", items=FAMILIES)
    map_name: StringProperty(name="Map", description="Name of the bone map that was loaded or matched last")
    rows: CollectionProperty(
        name="Bones", description="Bones of the rig and the parts of the body that they are", type=Lift3DRoleBone
    )
    extras: StringProperty(name="Controls", description="Controls and switches of the bone map, as its file has them")


def show_map(settings: Lift3DRetarget, bones: BoneMap) -> None:
    """Fill the rows with a map's bones, with an empty one for each part that it has not."""
    settings.family, settings.map_name = bones.family, bones.name
    held = map_to(bones)
    settings.extras = json.dumps({name: held[name] for name in ("controls", "properties") if name in held})
    settings.rows.clear()
    for role in ROLES:
        named = list(bones.roles.get(role, ()))
        if not named or role in CHAINS:
            named.append("")
        for bone in named:
            row = settings.rows.add()
            row.role = role
            row["bone"] = bone  # not by the property: that would add a further row


def read_rows(settings: Lift3DRetarget) -> BoneMap:
    """The map that the rows show, with the controls of those bones that are still in it. Raises RetargetError."""
    roles: dict[str, list[str]] = {}
    for row in settings.rows:
        if row.bone:
            roles.setdefault(row.role, []).append(row.bone)
    if not roles:
        raise RetargetError("no bones are matched yet: click Match Bones, or load a bone map")
    extras = json.loads(settings.extras or "{}")
    mapped = {bone for bones in roles.values() for bone in bones}
    controls = {bone: listed for bone, listed in extras.get("controls", {}).items() if bone in mapped}
    held = {"format": "lift3d-bone-map", "version": 1, "name": settings.map_name, "family": settings.family}
    held |= {"roles": roles, "controls": controls, "properties": extras.get("properties", [])}
    return map_from(held, "the panel", "Matched")


def row_words(row: Lift3DRoleBone, family: str = QUADRUPED) -> str:
    """What a row is called."""
    return role_words(row.role, family)


CLASSES = (Lift3DRoleBone, Lift3DRetarget)


def register() -> None:
    """Give every scene its settings."""
    bpy.types.Scene.lift3d_retarget = PointerProperty(
        name="Lift to 3D Retarget", description="What the Retarget panel is set to in this scene", type=Lift3DRetarget
    )


def unregister() -> None:
    """Take them away."""
    del bpy.types.Scene.lift3d_retarget
