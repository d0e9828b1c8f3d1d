# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys for pose bones, in whatever way each of them is set to rotate."""

from collections.abc import Sequence

import bpy
import numpy as np
from mathutils import Matrix

from ..core.retarget.bone_map import Property
from ..core.retarget.turns import nearest_rotation
from ..core.rotations import continuous, quaternion_from_matrix
from .action import Keys, bone_path


def bone_action(
    name: str,
    armature: bpy.types.Object,
    frames: np.ndarray,
    bones: Sequence[str],
    basis: np.ndarray,
    location: np.ndarray,
    properties: Sequence[Property],
) -> bpy.types.Action:
    """An action with rotations of bones, and locations of those that (N,) are to have one, of channels (T, N, 4, 4) at
    scene frames (T,). Properties have a key at the first."""
    keys = Keys(name)
    for number, bone in enumerate(bones):
        turned = nearest_rotation(basis[:, number, :3, :3])
        keys.add(*_rotation(armature.pose.bones[bone], frames, turned), bone)
        if location[number]:
            keys.add(bone_path(bone, "location"), frames, basis[:, number, :3, 3], bone)
    for each in properties:
        path = f'{bone_path(each.bone, "")[:-1]}["{bpy.utils.escape_identifier(each.name)}"]'
        keys.add(path, frames[:1], np.array([[each.value]]), each.bone)
    return keys.action


def _rotation(bone: bpy.types.PoseBone, frames: np.ndarray, matrices: np.ndarray) -> tuple[str, np.ndarray, np.ndarray]:
    """The data path, the frames and the values of a bone's rotation (T, 3, 3), without jumps."""
    quaternions = continuous(quaternion_from_matrix(matrices))
    if bone.rotation_mode == "QUATERNION":
        return bone_path(bone.name, "rotation_quaternion"), frames, quaternions
    if bone.rotation_mode == "AXIS_ANGLE":
        return bone_path(bone.name, "rotation_axis_angle"), frames, _axis_angle(quaternions)
    found, last = [], None
    for matrix in matrices:
        last = Matrix(matrix).to_euler(bone.rotation_mode, *([last] if last else []))
        found.append(tuple(last))
    return bone_path(bone.name, "rotation_euler"), frames, np.array(found)


def _axis_angle(quaternions: np.ndarray) -> np.ndarray:
    """Angle and axis (T, 4) as Blender keeps them; the axis never turns round from one frame to the next."""
    length = np.linalg.norm(quaternions[:, 1:], axis=1)
    angle = 2 * np.arctan2(length, quaternions[:, 0])
    axis = np.where(length[:, None] > 1e-9, quaternions[:, 1:] / np.maximum(length, 1e-9)[:, None], [0.0, 1.0, 0.0])
    for frame in range(1, len(axis)):
        if axis[frame] @ axis[frame - 1] < 0:
            axis[frame], angle[frame] = -axis[frame], -angle[frame]
    return np.concatenate([angle[:, None], axis], axis=1)
