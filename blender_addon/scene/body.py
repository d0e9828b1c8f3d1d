# SPDX-License-Identifier: GPL-3.0-or-later
"""Make an armature with a body's bones and the skinned body on it.

Skinning is Blender's linear blend by the body file's weights; SMPL's pose correctives are not applied, so elbows and
knees lose a little volume against smplx's own mesh. The bones stand where smplx's joints stand either way.
"""

import bpy
import numpy as np
from mathutils import Vector

from ..core.body_file import Body
from ..core.rest_bones import rest_bones
from .box import add_box_bone
from .material import plain_material
from .workbench import workbench

_SKIN = "Lift3D Skin"


def make_body(
    body: Body, betas: np.ndarray, name: str, collection, box: np.ndarray | None = None
) -> tuple[bpy.types.Object, bpy.types.Object]:
    """The armature and the mesh, its child, of a body with these shape values, in a collection. box: the size (3,) of
    one that is to have a bone, too.

    Both stand at the world's origin, Z up, facing -Y, in metres. The user's selection and mode stay as they are.
    """
    vertices, joints = body.shaped(betas)
    armature = _armature(body, rest_bones(body, vertices, joints), name, collection, box)
    mesh = _mesh(body, body.to_blender(vertices), f"{name} Body")
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


def _armature(body: Body, rest, name: str, collection, box: np.ndarray | None) -> bpy.types.Object:
    data = bpy.data.armatures.new(name)
    armature = bpy.data.objects.new(name, data)
    with workbench(armature) as bench:
        bpy.ops.object.mode_set(mode="EDIT")
        bones = data.edit_bones
        for joint, bone_name in enumerate(body.joint_names):
            bone = bones.new(bone_name)
            bone.head, bone.tail = Vector(rest.heads[joint]), Vector(rest.tails[joint])
            bone.align_roll(Vector(rest.z_axes[joint]))
            if body.parents[joint] >= 0:
                bone.parent = bones[body.joint_names[body.parents[joint]]]
        if box is not None:
            add_box_bone(bones, box)
        bpy.ops.object.mode_set(mode="OBJECT")
        # Blender crashes when an armature that was never evaluated gets an action.
        bench.view_layers[0].update()
    for bone in armature.pose.bones:
        bone.rotation_mode = "QUATERNION"
    data.display_type = "STICK"
    armature.show_in_front = True
    collection.objects.link(armature)
    return armature


def _mesh(body: Body, vertices: np.ndarray, name: str) -> bpy.types.Mesh:
    mesh = bpy.data.meshes.new(name)
    faces = body.faces.astype(np.int32)
    mesh.vertices.add(len(vertices))
    mesh.vertices.foreach_set("co", vertices.astype(np.float32).ravel())
    mesh.loops.add(faces.size)
    mesh.attributes[".corner_vert"].data.foreach_set("value", faces.ravel())  # 20 times as fast as by mesh.loops
    mesh.polygons.add(len(faces))
    mesh.polygons.foreach_set("loop_start", np.arange(0, faces.size, 3, dtype=np.int32))
    mesh.update(calc_edges=True)  # the faces are smooth, as all are in a mesh that does not say otherwise
    mesh.materials.append(plain_material(_SKIN, (0.62, 0.40, 0.27), 0.6))
    return mesh


def _weigh(skin: bpy.types.Object, body: Body) -> None:
    """One vertex group a bone; vertices of equal weight go in together, which is what the API has for bulk."""
    for name, groups in zip(body.joint_names, body.weight_groups, strict=True):
        add = skin.vertex_groups.new(name=name).add
        for vertices, weight in groups:
            add(vertices, weight, "REPLACE")
