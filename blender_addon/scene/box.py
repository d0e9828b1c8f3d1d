# SPDX-License-Identifier: GPL-3.0-or-later
"""The box that a person handles: a bone of the armature that has its place, and an object that hangs on the bone.

The bone has no parent and moves no skin. Its head is the box's middle and at rest its axes are the box's own, so that
what stands in its place has its origin in the middle and its edges along X, Y and Z.
"""

import bpy
import numpy as np
from mathutils import Matrix, Vector

from ..core.box import FACES, Box, corners
from ..core.rotations import pose_bone_quaternions, quaternion_from_axis_angle, root_locations
from .action import Keys, bone_path
from .character_facts import KEY, character_of, mark
from .material import plain_material

BONE = "box"
PART = "box"
_MATERIAL = "Lift3D Box"
_BEFORE = 0.35  # metres between the body's middle and the box at rest


def add_box_bone(bones, size: np.ndarray) -> None:
    """Add the bone of a box of this size (3,) to an armature's edit bones: at rest it stands on the floor before the
    body."""
    bone = bones.new(BONE)
    bone.head = Vector((0.0, -_BEFORE - size[1] / 2, size[2] / 2))
    bone.tail = bone.head + Vector((0.0, min(size) / 2, 0.0))
    bone.align_roll(Vector((0.0, 0.0, 1.0)))
    bone.use_deform = False


def add_box(armature: bpy.types.Object, size: np.ndarray, collection) -> bpy.types.Object:
    """The box as an object of its own on the armature's bone, in a collection; the character's, which is to be marked
    already."""
    item = bpy.data.objects.new(f"{armature.name} Box", box_mesh(size, f"{armature.name} Box"))
    collection.objects.link(item)
    facts = armature.data[KEY]
    for each in (item, item.data):
        mark(each, facts["character"], part=PART)
    hang(item, armature)
    facts["box"], facts["box_size"] = item.name, [float(edge) for edge in size]
    return item


def hang(item: bpy.types.Object, armature: bpy.types.Object) -> None:
    """Let an object go with the box: its origin is the box's middle where its own transforms are none."""
    item.parent, item.parent_type, item.parent_bone = armature, "BONE", BONE
    # An object hangs on a bone's tail.
    item.matrix_parent_inverse = Matrix.Translation((0.0, -armature.data.bones[BONE].length, 0.0))


def props(armature: bpy.types.Object) -> list[bpy.types.Object]:
    """What hangs on the box's bone: the box, and whatever a user has put there."""
    return [item for item in armature.children if item.parent_type == "BONE" and item.parent_bone == BONE]


def resize(item: bpy.types.Object, armature: bpy.types.Object, size: np.ndarray) -> None:
    """Make the box's mesh anew at a size, unless a user has given the object another."""
    armature.data[KEY]["box_size"] = [float(edge) for edge in size]
    old = item.data
    if item.type != "MESH" or character_of(old) != character_of(armature):
        return
    name, materials = old.name, list(old.materials)
    item.data = box_mesh(size, name)
    item.data.materials.clear()
    for material in materials:
        item.data.materials.append(material)
    mark(item.data, character_of(armature), part=PART)
    if not old.users:
        bpy.data.meshes.remove(old)
    item.data.name = name


def key_box(keys: Keys, box: Box, armature: bpy.types.Object, frames: np.ndarray) -> None:
    """Keys at scene frames (T,) that put the bone where the box is in the world, as large as this motion has it."""
    rest = np.array(armature.data.bones[BONE].matrix_local, np.float64)
    turned = quaternion_from_axis_angle(box.rotations)[:, None]
    quaternions = pose_bone_quaternions(turned, np.array([-1]), rest[None, :3, :3], np.eye(3))
    keys.add(bone_path(BONE, "location"), frames, root_locations(box.places, rest[:3, 3], rest[:3, :3]), BONE)
    keys.add(bone_path(BONE, "rotation_quaternion"), frames, quaternions[:, 0], BONE)
    own = np.array(armature.data[KEY].get("box_size", box.size), np.float64)
    keys.add(bone_path(BONE, "scale"), frames[:1], (box.size / own)[None], BONE)


def box_mesh(size: np.ndarray, name: str) -> bpy.types.Mesh:
    """A mesh of a size (3,) about its middle."""
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(corners(size).tolist(), [], FACES.tolist())
    mesh.polygons.foreach_set("use_smooth", np.zeros(len(FACES), bool))
    mesh.update()
    mesh.materials.append(plain_material(_MATERIAL, (0.72, 0.55, 0.30), 0.8))
    return mesh
