# SPDX-License-Identifier: GPL-3.0-or-later
"""Put a motion into a scene: the body, its action and the camera, in a collection of their own."""

from dataclasses import dataclass

import bpy
import numpy as np

from ..core.body_file import Body
from ..core.motion_file import Motion, MotionFileError
from ..core.rotations import pose_bone_quaternions, quaternion_from_axis_angle, root_locations
from .action import Keys, bone_path, key_frames
from .body import make_body, rest_matrices
from .camera import make_camera

# How far, in metres, the stored joints may stand from those of the body at hand before it is another body.
_SAME_BODY = 0.005


@dataclass(frozen=True)
class Character:
    """What an import has made. frames: the scene frames (T,) of the motion's own. warnings: sentences for the user."""

    collection: bpy.types.Collection
    armature: bpy.types.Object
    skin: bpy.types.Object
    action: bpy.types.Action
    camera: bpy.types.Object | None
    frames: np.ndarray
    warnings: list[str]


def add_character(scene: bpy.types.Scene, motion: Motion, body: Body) -> Character:
    """The motion's character in the scene, keyed by time. The scene's own settings stay as they are.

    Raises MotionFileError when the body has not the motion's joints.
    """
    if len(body.joint_names) != motion.poses.shape[1]:
        raise MotionFileError(
            f"{motion.name} moves {motion.poses.shape[1]} joints and the body has {len(body.joint_names)}; "
            "give the body it was made with"
        )
    betas, warnings = _betas(motion, body)
    collection = bpy.data.collections.new(motion.name)
    scene.collection.children.link(collection)
    armature, skin = make_body(body, betas, motion.name, collection)
    # Blender crashes when an armature that was never evaluated gets an action.
    bpy.context.view_layer.update()
    frames = key_frames(len(motion), motion.frame_start, motion.fps, scene)
    rest = rest_matrices(armature, body.joint_names)
    keys = _pose_keys(motion, body, betas, rest, frames)
    keys.assign(armature)
    camera = make_camera(motion.camera, frames, f"{motion.name} Camera", collection) if motion.camera else None
    return Character(collection, armature, skin, keys.action, camera, frames, warnings)


def _betas(motion: Motion, body: Body) -> tuple[np.ndarray, list[str]]:
    """The shape values (B,) for this body, and what to tell the user about them."""
    if not motion.ours:
        if not motion.betas.any():
            return np.zeros(0), []
        return np.zeros(0), ["the file's body shape belongs to another body model, so the body has its average shape"]
    known = body.shape_directions.shape[-1]
    if len(motion.betas) > known:
        raise MotionFileError(
            f"{motion.name} has {len(motion.betas)} shape values and the body {known}; give the body it was made with"
        )
    if motion.joints is None:
        return motion.betas, []
    joints = body.shaped(motion.betas)[1]
    away = np.abs(motion.joints[:, 0] - motion.trans - joints[0]).max()
    bones = np.linalg.norm(motion.joints[0, 1:] - motion.joints[0, body.parents[1:]], axis=-1)
    away = max(away, np.abs(bones - np.linalg.norm(joints[1:] - joints[body.parents[1:]], axis=-1)).max())
    if away > _SAME_BODY:
        return motion.betas, [f"the motion was made with another body: joints stand {away * 1000:.0f} mm off"]
    return motion.betas, []


def _pose_keys(motion: Motion, body: Body, betas: np.ndarray, rest: np.ndarray, frames: np.ndarray) -> Keys:
    rotations = quaternion_from_axis_angle(motion.poses)
    turned = pose_bone_quaternions(rotations, body.parents, rest[:, :3, :3])
    root = body.joint_names[0]
    roots = body.shaped(betas)[1][0] + motion.trans
    keys = Keys(motion.name)
    keys.add(bone_path(root, "location"), frames, root_locations(roots, rest[0, :3, 3], rest[0, :3, :3]), root)
    for joint, name in enumerate(body.joint_names):
        keys.add(bone_path(name, "rotation_quaternion"), frames, turned[:, joint], name)
    return keys
