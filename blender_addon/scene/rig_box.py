# SPDX-License-Identifier: GPL-3.0-or-later
"""The box of a rig that plays the motion of a person with one: an object as large as the rig is to the source, which
goes the source's way. Two empties on it are where the hands hold it, and the rig's arms reach for them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import bpy
import numpy as np

from ..core.box import inside
from ..core.hold import grip, held
from ..core.retarget.bone_map import BoneMap
from ..core.retarget.source import Source
from ..core.retarget.turns import nearest_rotation
from ..core.rotations import continuous, quaternion_from_matrix
from .action import Keys, play
from .box import box_mesh
from .grip import constrained, forget_keys, key_influence, key_place, reach, release
from .rig_bones import watch_bones

# The properties by which an object says what it is, and of which rig: by name, so that it keeps no rig in the file.
RIG = "lift3d_rig"
_PART = "lift3d_part"
_SIDES = ("L", "R")


@dataclass(frozen=True)
class Arm:
    """An arm of a rig. upper, lower, hand: bones. turned: (T, 3, 3), the hand in the world. beyond: (T, 3), from where
    the hand begins to where the lower arm ends, metres: nothing in most rigs."""

    side: str
    upper: str
    lower: str
    hand: str
    turned: np.ndarray
    beyond: np.ndarray


def watch_arms(scene: bpy.types.Scene, armature: bpy.types.Object, frames: np.ndarray, bones: BoneMap) -> list[Arm]:
    """The arms of a rig that have all it takes to hold something, as they move now, in a scene of one's own."""
    named = []
    for side in _SIDES:
        parts = [bones.roles.get(f"fore.{side}.{segment}") for segment in ("upper", "lower", "foot")]
        if all(parts):
            named.append((side, *(bones.controls_of(part[0])[0].bone for part in parts)))
    shown, _, world = watch_bones(scene, armature, frames, [bone for _, *arm in named for bone in arm[1:]])
    shown = world[:, None] @ shown
    arms = []
    for number, (side, upper, lower, hand) in enumerate(named):
        forearm, palm = shown[:, 2 * number], shown[:, 2 * number + 1]
        end = forearm[:, :3, 3] + armature.data.bones[lower].length * forearm[:, :3, 1]
        arms.append(Arm(side, upper, lower, hand, nearest_rotation(palm[:, :3, :3]), end - palm[:, :3, 3]))
    return arms


def give_box(
    source: Source, armature: bpy.types.Object, frames: np.ndarray, scale: float, name: str
) -> bpy.types.Object:
    """The rig's box, moving: the one that it has from an earlier time, else a new one beside the rig."""
    size = scale * source.box.size
    item = _part(armature, "box")
    if item is None:
        item = _new(armature, "box", f"{armature.name} Box", box_mesh(size, f"{armature.name} Box"))
        item.data[RIG] = armature.name
    elif item.data is not None and item.data.get(RIG) == armature.name:  # not what a user has put in its place
        old, materials = item.data, list(item.data.materials)
        item.data = box_mesh(size, old.name)
        item.data.materials.clear()
        for material in materials:
            item.data.materials.append(material)
        item.data[RIG] = armature.name
        if not old.users:
            bpy.data.meshes.remove(old)
    keys = Keys(f"{name} Box"[:58])
    keys.add("location", frames, scale * source.box.places, "Object Transforms")
    turned = continuous(quaternion_from_matrix(source.box.rotations))
    keys.add("rotation_quaternion", frames, turned, "Object Transforms")
    _play(item, keys.action)
    return item


def hold_rigs_box(
    source: Source,
    armature: bpy.types.Object,
    action: bpy.types.Action,
    box: bpy.types.Object,
    frames: np.ndarray,
    scale: float,
    arms: Sequence[Arm],
) -> list[str]:
    """Let arms reach for the box while the source's hands hold it, by keys in the rig's action; what to say of it."""
    path, warnings, keys = source.box, [], Keys.onto(action)
    for arm in arms:
        palm, wrist = (source.positions[:, source.joints(f"fore.{arm.side}.{part}")[0]] for part in ("toes", "foot"))
        holding = held(inside(palm, path.places, path.rotations), path.size, source.fps)
        if not holding.any():
            continue
        back = path.rotations.swapaxes(-1, -2)
        places = scale * inside(wrist, path.places, path.rotations) + np.einsum("tab,tb->ta", back, arm.beyond)
        found = grip(holding, places, back @ arm.turned, source.fps)
        holder = _part(armature, arm.side) or _new(armature, arm.side, f"{armature.name} Hand {arm.side}", None, box)
        if not reach(armature, arm.upper, arm.lower, arm.hand, holder):
            warnings.append(f"{arm.lower} does not hang on {arm.upper}: that hand is not kept on the box")
            continue
        key_influence(keys, [arm.lower, arm.hand], found, frames)
        own = Keys(f"{holder.name} Hold"[:58])
        key_place(own, lambda attribute: attribute, found, frames, "Object Transforms")
        _play(holder, own.action)
    return warnings


def let_go_of_rigs_box(armature: bpy.types.Object) -> bool:
    """Take away what keeps a rig's hands on its box, which stays; whether there was anything."""
    if not constrained(armature):
        return False
    holders = {each.target for each in constrained(armature) if each.target and _PART in each.target}
    release(armature)
    action = armature.animation_data.action if armature.animation_data else None
    if action is not None and action.library is None:
        forget_keys(action, [])
    for holder in holders:
        own = holder.animation_data.action if holder.animation_data else None
        bpy.data.objects.remove(holder)
        if own is not None and not own.users:
            bpy.data.actions.remove(own)
    return True


def _part(armature: bpy.types.Object, part: str) -> bpy.types.Object | None:
    """An object of the rig's, as it was marked when it was made."""
    found = (each for each in bpy.data.objects if each.get(_PART) == part and each.get(RIG) == armature.name)
    return next(found, None)


def _new(armature: bpy.types.Object, part: str, name: str, data, parent: bpy.types.Object | None = None):
    item = bpy.data.objects.new(name, data)
    item[RIG], item[_PART], item.parent = armature.name, part, parent
    item.rotation_mode, item.empty_display_size = "QUATERNION", 0.05
    for collection in armature.users_collection:
        collection.objects.link(item)
    return item


def _play(item: bpy.types.Object, action: bpy.types.Action) -> None:
    """Let an object play an action of ours; the one that it had stays in the file."""
    old = item.animation_data.action if item.animation_data else None
    play(action, item)
    if old is not None and not old.users:
        old.use_fake_user = True
