# SPDX-License-Identifier: GPL-3.0-or-later
"""Let the scene run at a clip's rate, which nothing does but the user's own click."""

import bpy

from ..core.same_rate import same_rate
from .action import retime, scene_fps, set_scene_fps
from .camera import CAMERA_ACTIONS
from .character_facts import KEY, read_facts
from .find_character import characters
from .footage import show_footage
from .takes import take_actions


def adopt_frame_rate(scene: bpy.types.Scene, armature: bpy.types.Object) -> None:
    """The scene gets the clip's rate and frames. The keys of all characters in it move along, so that each keeps its
    speed; what else is animated there does not."""
    facts = read_facts(armature)
    set_scene_fps(scene, facts.fps)
    scene.frame_start, scene.frame_end = facts.first_frame, facts.first_frame + facts.frames - 1
    for each in characters(scene):
        place_keys(scene, each)


def place_keys(scene: bpy.types.Scene, armature: bpy.types.Object) -> None:
    """Move the keys of a character's takes, and its footage, to where their times are at the scene's rate."""
    fps, moved = scene_fps(scene), False
    for take in take_actions(armature):
        kept = take[KEY]
        if same_rate(fps, kept["keyed_fps"]):
            continue
        factor = fps / kept["keyed_fps"]
        for action in (take, *(kept.get(name) for name in CAMERA_ACTIONS)):
            if action is not None:
                retime(action, factor)
        kept["keyed_fps"], moved = fps, True
    if moved:
        armature[KEY]["keyed_fps"] = fps
        if footage := read_facts(armature).footage:
            show_footage(scene, armature, footage)
