# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens when a motion comes into a user's scene: a character or a further take, its footage, what to say."""

from collections.abc import Sequence
from dataclasses import dataclass

import bpy

from ..core.body_file import Body
from ..core.motion_file import Motion
from ..core.same_rate import same_rate
from .action import scene_fps
from .camera import relative_width
from .character import Character, add_character, check_scene, play_take
from .film_background import show_film
from .find_character import parts
from .footage import show_footage
from .hold_box import hold_again
from .takes import add_take, character_for, same_take


@dataclass(frozen=True)
class Arrival:
    """What came. character: None where nothing new came. warnings: sentences for the user, the motion's own among them.
    said: one sentence on what was done."""

    armature: bpy.types.Object
    character: Character | None
    warnings: list[str]
    said: str


def bring_in(
    scene: bpy.types.Scene, motion: Motion, body: Body, footage: str = "", as_take: bool = True,
    film: bpy.types.MovieClip | None = None,
) -> Arrival:  # fmt: skip
    """Bring a motion into the scene: as a take of the character it belongs to, if there is one and `as_take`. film:
    what it was made from, shown in place of the footage.

    Of the scene's own settings only the camera is set, if there is none. Raises CoreError, before anything is changed.
    """
    check_scene(scene)
    armature = character_for(scene, motion) if as_take else None
    known = same_take(armature, motion) if armature else None
    made, warnings = None, []
    if known:
        play_take(armature, known, parts(armature).get("camera"))
        said = f"{known.name} was in the scene already; {armature.name} plays it now"
    elif armature:
        made = add_take(scene, armature, motion, body)
        made.warnings.extend(hold_again(scene, armature))
        said = f"{armature.name} has the take {made.action.name}"
    else:
        made = add_character(scene, motion, body)
        armature, said = made.armature, f"{made.armature.name} is in the scene"
    camera = parts(armature).get("camera")
    if camera and scene.camera is None:
        scene.camera = camera
    if made:
        warnings = [*motion.warnings, *made.warnings]
    if film is not None:
        warnings += show_film(scene, armature, film)
    elif footage:
        warnings += show_footage(scene, armature, footage)
    if made:
        warnings += mismatches(scene, motion, camera)
    return Arrival(armature, made, list(dict.fromkeys(warnings)), said)


def bring_in_all(
    scene: bpy.types.Scene, people: Sequence[tuple[Motion, Body]], footage: str = "", as_take: bool = True,
    film: bpy.types.MovieClip | None = None,
) -> list[Arrival]:  # fmt: skip
    """Bring the motions of several people into the scene, as `bring_in` does each; who was lifted together shares a
    camera, behind which the footage is shown once."""
    arrivals: list[Arrival] = []
    for number, (motion, body) in enumerate(people):
        more = number + 1 < len(people) and motion.world and people[number + 1][0].world == motion.world
        shown = ("", as_take, None) if more else (footage, as_take, film)
        arrivals.append(bring_in(scene, motion, body, *shown))
    return arrivals


def mismatches(scene: bpy.types.Scene, motion: Motion, camera: bpy.types.Object | None) -> list[str]:
    """Where the scene's rate or picture is not the clip's, in sentences."""
    found, fps = [], scene_fps(scene)
    if not same_rate(fps, motion.fps):
        found.append(
            f"the scene runs at {fps:.5g} frames a second and the clip at {motion.fps:.5g}: the motion has its true "
            "speed, with keys between the scene's frames"
        )
    if motion.camera and scene.camera == camera:
        width, height = motion.camera.image_size
        if abs(relative_width(scene, (width, height)) - 1) > 0.005:
            found.append(
                f"the scene's picture is {scene.render.resolution_x} x {scene.render.resolution_y} and the clip's "
                f"{width} x {height}: the camera shows more or less than the clip above and below"
            )
    return found
