# SPDX-License-Identifier: GPL-3.0-or-later
"""Make an armature with SMPL's bones and the skinned body on it.

Skinning is Blender's linear blend by the body file's weights; SMPL's pose correctives are not applied, so elbows and
knees lose a little volume against smplx's own mesh. The bones stand where smplx's joints stand either way.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import bpy
import numpy as np
from mathutils import Vector

from ..core.body_file import Body
from ..core.rest_bones import rest_bones
from ..core.rotations import REST_TO_BLENDER

_SKIN = "Lift3D Skin"


def make_body(body: Body, betas: np.ndarray, name: str, collection) -> tuple[bpy.types.Object, bpy.types.Object]:
    """The armature and the mesh, its child, of a body with these shape values, in a collection of the active scene.

    Both stand at the world's origin, Z up, facing -Y, in metres. The user's selection and mode stay as they are.
    """
    vertices, joints = body.shaped(betas)
    armature = _armature(body, rest_bones(body, vertices, joints), name, collection)
    mesh = _mesh(body, vertices @ REST_TO_BLENDER.T, f"{name} Body")
    skin = bpy.data.objects.new(mesh.name, mesh)
    collection.objects.link(skin)
    _weigh(skin, body)
    skin.parent = armature
    modifier = skin.modifiers.new("Armature", "ARMATURE")
    modifier.object = armature
    return armature, skin


def rest_matrices(armature: bpy.types.Object, names: list[str]) -> np.ndarray:
    """The bones' rest matrices (J, 4, 4) in armature space, in the order of the names."""
    return np.array([armature.data.bones[name].matrix_local for name in names], np.float64)


def _armature(body: Body, rest, name: str, collection) -> bpy.types.Object:
    data = bpy.data.armatures.new(name)
    armature = bpy.data.objects.new(name, data)
    collection.objects.link(armature)
    with _editing(armature):
        bones = data.edit_bones
        for joint, bone_name in enumerate(body.joint_names):
            bone = bones.new(bone_name)
            bone.head, bone.tail = Vector(rest.heads[joint]), Vector(rest.tails[joint])
            bone.align_roll(Vector(rest.z_axes[joint]))
            if body.parents[joint] >= 0:
                bone.parent = bones[body.joint_names[body.parents[joint]]]
    for bone in armature.pose.bones:
        bone.rotation_mode = "QUATERNION"
    data.display_type = "STICK"
    armature.show_in_front = True
    return armature


@contextmanager
def _editing(armature: bpy.types.Object) -> Iterator[None]:
    """Edit mode on the armature; afterwards the user's active object, selection and mode as before."""
    layer = bpy.context.view_layer
    active, selected = layer.objects.active, [item for item in layer.objects if item.select_get()]
    mode = active.mode if active else "OBJECT"
    if mode != "OBJECT":
        bpy.ops.object.mode_set(mode="OBJECT")
    try:
        for item in selected:
            item.select_set(False)
        layer.objects.active = armature
        bpy.ops.object.mode_set(mode="EDIT")
        yield
    finally:
        if armature.mode != "OBJECT":
            bpy.ops.object.mode_set(mode="OBJECT")
        armature.select_set(False)
        for item in selected:
            item.select_set(True)
        layer.objects.active = active
        if mode != "OBJECT":
            bpy.ops.object.mode_set(mode=mode)


def _mesh(body: Body, vertices: np.ndarray, name: str) -> bpy.types.Mesh:
    mesh = bpy.data.meshes.new(name)
    faces = body.faces.astype(np.int32)
    mesh.vertices.add(len(vertices))
    mesh.vertices.foreach_set("co", vertices.astype(np.float32).ravel())
    mesh.loops.add(faces.size)
    mesh.loops.foreach_set("vertex_index", faces.ravel())
    mesh.polygons.add(len(faces))
    mesh.polygons.foreach_set("loop_start", np.arange(0, faces.size, 3, dtype=np.int32))
    mesh.polygons.foreach_set("use_smooth", np.ones(len(faces), bool))
    mesh.update(calc_edges=True)
    mesh.materials.append(_material())
    return mesh


def _weigh(skin: bpy.types.Object, body: Body) -> None:
    """One vertex group a bone; vertices of equal weight go in together, which is what the API has for bulk."""
    for joint, name in enumerate(body.joint_names):
        group = skin.vertex_groups.new(name=name)
        weights = body.weights[:, joint].astype(np.float32)
        held = np.flatnonzero(weights)
        held = held[np.argsort(weights[held], kind="stable")]
        for chunk in np.split(held, np.flatnonzero(np.diff(weights[held])) + 1):
            if len(chunk):
                group.add(chunk.tolist(), float(weights[chunk[0]]), "REPLACE")


def _material() -> bpy.types.Material:
    material = bpy.data.materials.get(_SKIN)
    if material is None:
        material = bpy.data.materials.new(_SKIN)
        material.use_nodes = True
        colour = (0.62, 0.40, 0.27, 1.0)
        surface = next(node for node in material.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
        surface.inputs["Base Color"].default_value = colour
        surface.inputs["Roughness"].default_value = 0.6
        material.diffuse_color = colour  # what the solid view shows
    return material
