# SPDX-License-Identifier: GPL-3.0-or-later
"""A motion as an action for the armature at hand, whatever its bones' rest is."""

import bpy
import numpy as np

from ..core.body_file import Body
from ..core.motion_file import Motion, MotionFileError
from ..core.rotations import pose_bone_quaternions, quaternion_from_axis_angle, root_locations
from .action import Keys, bone_path
from .body import rest_matrices
from .box import BONE, key_box


def pose_action(
    motion: Motion, body: Body, betas: np.ndarray, armature: bpy.types.Object, frames: np.ndarray, name: str
) -> bpy.types.Action:
    """Keys at the scene frames (T,) for the root's location, every bone's rotation, and the box that the motion has.

    betas: the shape that the motion was made with: it says where the root is. Raises MotionFileError if the armature
    has not the body's bones.
    """
    wanted = [*body.joint_names, *([BONE] if motion.box else [])]
    if missing := [bone for bone in wanted if bone not in armature.data.bones]:
        raise MotionFileError(
            f"{armature.name} has no bone {', '.join(missing[:3])}; import the motion as a character of its own"
        )
    rest = rest_matrices(armature, body.joint_names)
    rotations = quaternion_from_axis_angle(motion.poses)
    turned = pose_bone_quaternions(rotations, body.parents, rest[:, :3, :3], body.family.rest_to_blender)
    root = body.joint_names[0]
    roots = body.shaped(betas)[1][0] + motion.trans
    keys = Keys(name)
    keys.add(bone_path(root, "location"), frames, root_locations(roots, rest[0, :3, 3], rest[0, :3, :3]), root)
    for joint, bone in enumerate(body.joint_names):
        keys.add(bone_path(bone, "rotation_quaternion"), frames, turned[:, joint], bone)
    if motion.box:
        key_box(keys, motion.box, armature, frames)
    return keys.action
