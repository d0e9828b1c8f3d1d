# SPDX-License-Identifier: GPL-3.0-or-later
"""Constraints that keep a hand where something is, with keys for when: an arm that reaches for it and a hand that
turns with it. They are told from a user's own by their name.
"""

import bpy
import numpy as np

from ..core.hold import Grip
from ..core.rotations import continuous, quaternion_from_matrix
from .action import Keys, bone_path, remove_curves

NAME = "Lift3D Box"
_LONGEST_ARM = 12  # bones that an upper and a lower arm may be made of


def reach(
    armature: bpy.types.Object, upper: str, lower: str, hand: str, target: bpy.types.Object, bone: str = ""
) -> bool:
    """Let an arm reach for a target (its bone, if one is named) and its hand turn with it, at no influence as yet;
    False, and nothing is done, if the lower arm does not hang on the upper one."""
    count = _chain(armature, upper, lower)
    if not count:
        return False
    for name, kind in ((lower, "IK"), (hand, "COPY_ROTATION")):
        made = armature.pose.bones[name].constraints.new(kind)
        made.name, made.target, made.influence = NAME, target, 0.0
        if bone:
            made.subtarget = bone
        if kind == "IK":
            made.chain_count, made.use_stretch = count, False
    return True


def follow(armature: bpy.types.Object, bone: str, target: str) -> None:
    """Let a bone be where another one of the armature is, at no influence as yet."""
    made = armature.pose.bones[bone].constraints.new("COPY_TRANSFORMS")
    made.name, made.target, made.subtarget, made.influence = NAME, armature, target, 0.0


def release(armature: bpy.types.Object) -> list[str]:
    """Remove our constraints from an armature; the bones that had one."""
    had = []
    for bone in armature.pose.bones:
        for each in [each for each in bone.constraints if each.name == NAME]:
            bone.constraints.remove(each)
            had.append(bone.name)
    return had


def constrained(armature: bpy.types.Object) -> list[bpy.types.Constraint]:
    """Our constraints on an armature."""
    return [each for bone in armature.pose.bones for each in bone.constraints if each.name == NAME]


def influence_path(bone: str) -> str:
    """Data path of how much our constraint on a bone counts."""
    return bone_path(bone, f'constraints["{NAME}"].influence')


def key_influence(keys: Keys, bones: list[str], grip: Grip, frames: np.ndarray) -> None:
    """Keys of when our constraints on bones count. frames: scene frames (T,) of the clip's."""
    for bone in bones:
        keys.add(influence_path(bone), at_frames(grip.frames, frames), grip.influence[:, None], bone)


def key_place(keys: Keys, path, grip: Grip, frames: np.ndarray, group: str) -> None:
    """Keys of a hand's place and turn. path: from "location" and "rotation_quaternion" to a data path."""
    at = at_frames(grip.at, frames)
    keys.add(path("location"), at, grip.places, group)
    keys.add(path("rotation_quaternion"), at, continuous(quaternion_from_matrix(grip.rotations)), group)


def forget_keys(action: bpy.types.Action, bones: list[str]) -> None:
    """Remove an action's curves of our constraints, and all those of some bones."""
    own = tuple(bone_path(bone, "") for bone in bones)
    remove_curves(action, lambda path: f'constraints["{NAME}"]' in path or (bool(own) and path.startswith(own)))


def at_frames(indices: np.ndarray, frames: np.ndarray) -> np.ndarray:
    """Scene frames (N,) of a clip's frames (N,) from 0, by the scene frames (T,) of all of them."""
    return np.interp(indices, np.arange(len(frames)), frames)


def _chain(armature: bpy.types.Object, upper: str, lower: str) -> int:
    """How many bones there are from the lower arm up to the upper one, both counted; 0 if it does not hang on that."""
    bone = armature.data.bones[lower]
    for count in range(1, _LONGEST_ARM + 1):
        if bone.name == upper:
            return count
        bone = bone.parent
        if bone is None:
            break
    return 0
