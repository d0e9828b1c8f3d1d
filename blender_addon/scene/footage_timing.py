# SPDX-License-Identifier: GPL-3.0-or-later
"""Which picture of a character's footage a scene frame shows, whoever shows it: a camera's background, a node."""

import bpy

from ..core.same_rate import same_rate
from .action import scene_fps
from .character_facts import CharacterFacts


def time_footage(
    shown: bpy.types.bpy_struct, facts: CharacterFacts, scene: bpy.types.Scene, image: bpy.types.Image, picture: int
) -> None:
    """Let the picture of that number show at the character's first key, and the others at the times of theirs.

    shown: has frame_start, frame_duration and frame_offset: an image user, or an image node of the compositor. Blender
    shows the picture frame - frame_start + 1 + offset.
    """
    shown.use_auto_refresh, shown.use_cyclic = True, False
    shown.driver_remove("frame_offset")
    if image.source == "FILE":
        return
    if same_rate(facts.fps, scene_fps(scene)):
        shown.frame_start, shown.frame_duration, shown.frame_offset = facts.first_frame, facts.frames, picture - 1
        return
    first, last = int(facts.first_key), int(facts.last_key) + 1
    shown.frame_start, shown.frame_duration = first, last - first + 1
    # Blender works such an expression out by itself: it needs no leave to run scripts. And unlike keys it leaves the
    # camera's action, which may be a zoom, alone.
    driver = shown.driver_add("frame_offset").driver
    driver.type = "SCRIPTED"
    rate, end = facts.fps / facts.keyed_fps, facts.frames - 1
    driver.expression = (
        f"{picture} + floor(clamp((frame - {facts.first_key!r}) * {rate!r}, 0, {end}) + 0.5)"
        f" - clamp(frame - {first - 1}, 1, {last - first + 1})"
    )


def time_alike(shown: bpy.types.bpy_struct, like: bpy.types.bpy_struct) -> None:
    """Let `shown` show the pictures that `like` shows, both as in `time_footage`."""
    shown.use_auto_refresh, shown.use_cyclic = True, False
    shown.driver_remove("frame_offset")
    for name in ("frame_start", "frame_duration", "frame_offset"):
        setattr(shown, name, getattr(like, name))
    animation = like.id_data.animation_data
    held = animation.drivers.find(like.path_from_id("frame_offset")) if animation else None
    if held is not None:
        driver = shown.driver_add("frame_offset").driver
        driver.type, driver.expression = "SCRIPTED", held.driver.expression
