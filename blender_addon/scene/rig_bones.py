# SPDX-License-Identifier: GPL-3.0-or-later
"""An armature of the user's as plain arrays, and where its bones are while it plays. Nothing of it is changed."""

from collections.abc import Iterable

import bpy
import numpy as np

from ..core.retarget import RetargetError
from ..core.retarget.rig import Rig


def read_rig(armature: bpy.types.Object) -> Rig:
    """The armature's bones at rest, in the world as the object stands in it."""
    bones = armature.data.bones
    names = [bone.name for bone in bones]
    place = {name: number for number, name in enumerate(names)}
    world = np.array(armature.matrix_world, np.float64)
    ends = np.array([[bone.head_local, bone.tail_local] for bone in bones], np.float64).reshape(-1, 2, 3)
    ends = ends @ world[:3, :3].T + world[:3, 3]
    return Rig(
        names,
        np.array([place[bone.parent.name] if bone.parent else -1 for bone in bones], int),
        ends[:, 0],
        ends[:, 1],
        np.array([not bone.use_connect for bone in bones], bool),
        np.array([bone.use_deform for bone in bones], bool),
    )


def rest_rotations(armature: bpy.types.Object, names: Iterable[str]) -> np.ndarray:
    """Rest rotations (N, 3, 3) of bones in the armature's own space."""
    bones = armature.data.bones
    return np.array([bones[name].matrix_local.to_3x3() for name in names], np.float64).reshape(-1, 3, 3)


def watch_bones(
    scene: bpy.types.Scene, armature: bpy.types.Object, frames: Iterable[float], names: Iterable[str]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What Blender makes of bones at scene frames: their matrices (T, N, 4, 4) in the armature's space after
    constraints, those of their own channels (T, N, 4, 4), and the object's in the world (T, 4, 4).
    """
    names, posed, basis, world = list(names), [], [], []
    layer = scene.view_layers[0]
    for frame in frames:
        whole = int(np.floor(frame))
        scene.frame_set(whole, subframe=min(float(frame - whole), 0.999999))
        evaluated = armature.evaluated_get(layer.depsgraph)
        bones = [evaluated.pose.bones[name] for name in names]
        # Copies: what Blender hands out is a view of the bone, which has moved on by the next frame.
        posed.append([bone.matrix.copy() for bone in bones])
        basis.append([bone.matrix_basis.copy() for bone in bones])
        world.append(evaluated.matrix_world.copy())
    shape = (len(world), len(names), 4, 4)
    return tuple(
        np.array(each, np.float64).reshape(size) for each, size in ((posed, shape), (basis, shape), (world, (-1, 4, 4)))
    )


def find_rig(scene: bpy.types.Scene, name: str | None = None) -> bpy.types.Object:
    """The scene's armature of a name, or the only one. Raises RetargetError if there is none, or one of several."""
    found = [item for item in scene.objects if item.type == "ARMATURE"]
    if name is not None:
        found = [item for item in found if item.name == name]
    if len(found) == 1:
        return found[0]
    names = ", ".join(item.name for item in scene.objects if item.type == "ARMATURE")
    if not names:
        raise RetargetError(f"the scene {scene.name} has no armature; expected a rig in it")
    wanted = f"named {name!r}" if name is not None else "alone"
    raise RetargetError(f"the scene {scene.name} has no armature {wanted}; its armatures are {names}: name one of them")
