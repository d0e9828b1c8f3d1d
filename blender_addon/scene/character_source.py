# SPDX-License-Identifier: GPL-3.0-or-later
"""What a character in the scene does, as a source to retarget from: as Blender shows it, with the user's edits."""

import bpy
import numpy as np

from ..core.retarget import RetargetError
from ..core.retarget.skeletons import family_of
from ..core.retarget.source import Source
from ..core.retarget.turns import nearest_rotation
from .action import scene_fps
from .character_facts import read_facts
from .rig_bones import rest_rotations, watch_bones
from .workbench import workbench


def read_character(scene: bpy.types.Scene, armature: bpy.types.Object) -> Source:
    """The motion of an armature with SMAL's or SMPL's bones, at the scene's frames over its action. Raises
    RetargetError if it has other bones, or plays nothing."""
    bones = armature.data.bones
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
            shown, _, world = watch_bones(bench, armature, frames, names)
            bench.frame_set(scene.frame_current)
    finally:
        armature.hide_viewport = hidden
    size = float(np.cbrt(np.abs(np.linalg.det(world[0, :3, :3]))))
    placed = world[:, None] @ shown
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
    )


def _range(armature: bpy.types.Object, action: bpy.types.Action) -> tuple[float, float]:
    """The first and the last frame of what a character plays."""
    facts = read_facts(armature)
    if facts is not None and facts.frames:
        return facts.first_key, facts.last_key
    return tuple(action.frame_range)
