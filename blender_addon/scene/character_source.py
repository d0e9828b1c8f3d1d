# SPDX-License-Identifier: GPL-3.0-or-later
"""What a character in the scene does, as a source to retarget from: as Blender shows it, with the user's edits."""

import bpy
import numpy as np

from ..core.box import BoxPath
from ..core.retarget import RetargetError
from ..core.retarget.skeletons import family_of
from ..core.retarget.source import Source
from ..core.retarget.turns import nearest_rotation
from .action import scene_fps
from .box import BONE
from .character_facts import KEY, read_facts
from .hold_box import CARRIER
from .rig_bones import rest_rotations, watch_bones
from .workbench import workbench


def read_character(scene: bpy.types.Scene, armature: bpy.types.Object) -> Source:
    """The motion of an armature with SMAL's or SMPL's bones, at the scene's frames over its action. Raises
    RetargetError if it has other bones, or plays nothing."""
    bones = [bone for bone in armature.data.bones if not _is_boxs(bone)]
    names = [bone.name for bone in bones]
    family = family_of(names)
    if family is None:
        raise RetargetError(f"{armature.name} has not the bones of a lifted character; choose one that was lifted")
    action = armature.animation_data.action if armature.animation_data else None
    if action is None:
        raise RetargetError(f"{armature.name} plays no action; choose one of its takes")
    first, last = _range(armature, action)
    frames = np.arange(int(np.ceil(first - 1e-3)), int(np.floor(last + 1e-3)) + 1)
    hidden = armature.hide_viewport
    try:
        armature.hide_viewport = False
        with workbench(armature) as bench:
            bench.render.fps, bench.render.fps_base = scene.render.fps, scene.render.fps_base
            bench.view_layers[0].update()
            boxed = [BONE] if BONE in armature.data.bones and "box_size" in armature.data.get(KEY, {}) else []
            shown, _, world = watch_bones(bench, armature, frames, names + boxed)
            bench.frame_set(scene.frame_current)
    finally:
        armature.hide_viewport = hidden
    size = float(np.cbrt(np.abs(np.linalg.det(world[0, :3, :3]))))
    placed = world[:, None] @ shown[:, : len(names)]
    rest = rest_rotations(armature, names)
    return Source(
        action.name,
        family,
        names,
        np.array([names.index(bone.parent.name) if bone.parent else -1 for bone in bones]),
        size * np.array([bone.head_local for bone in bones], np.float64),
        nearest_rotation(placed[..., :3, :3]) @ rest.swapaxes(-1, -2),
        placed[..., :3, 3],
        scene_fps(scene),
        int(frames[0]),
        _box(world @ shown[:, -1], armature) if boxed else None,
    )


def _is_boxs(bone: bpy.types.Bone) -> bool:
    """Whether a bone is the box's, or one that hangs on it or carries it."""
    return bone.name in (BONE, CARRIER) or any(each.name == BONE for each in bone.parent_recursive)


def _box(placed: np.ndarray, armature: bpy.types.Object) -> BoxPath:
    """The box of a character whose bone is at (T, 4, 4) in the world."""
    size = np.array(armature.data[KEY]["box_size"]) * np.linalg.norm(placed[0, :3, :3], axis=0)
    return BoxPath(placed[:, :3, 3], nearest_rotation(placed[:, :3, :3]), size)


def _range(armature: bpy.types.Object, action: bpy.types.Action) -> tuple[float, float]:
    """The first and the last frame of what a character plays."""
    facts = read_facts(armature)
    if facts is not None and facts.frames:
        return facts.first_key, facts.last_key
    return tuple(action.frame_range)
