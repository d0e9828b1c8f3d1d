# SPDX-License-Identifier: GPL-3.0-or-later
"""Make a character's parts again from its saved motions: in the objects that are there, so that nothing is doubled and
what else in the file points to them still does."""

from pathlib import Path

import bpy
import numpy as np

from ..core.body_file import Body, read_body
from ..core.motion_file import Motion, MotionFileError, read_motion
from ..core.shape_values import shape_values
from .action import scene_fps
from .body import make_body
from .box import add_box, props, resize
from .camera import CAMERA_ACTIONS, make_camera
from .character import check_scene, make_take, named, play_take
from .character_facts import KEY, facts_of, mark, read_facts
from .film_background import show_film, shown_film
from .find_character import parts
from .footage import show_footage
from .frame_rate import place_keys
from .hold_box import hold_again
from .takes import take_actions


def rebuild(scene: bpy.types.Scene, armature: bpy.types.Object) -> list[str]:
    """Bones, skin, camera and takes as the motion files have them, keyed for the scene as it is; sentences for the
    user. Takes whose file is gone stay as they are. Raises CoreError, before anything is changed.
    """
    check_scene(scene)
    if any(each.library or each.override_library for each in (armature, armature.data, *armature.users_collection)):
        raise MotionFileError(f"{armature.name} is linked from another file: rebuild it in that one")
    for item in (armature, *(parts(armature).get(part) for part in ("skin", "box"))):
        if item is not None and item.mode != "OBJECT":
            raise MotionFileError(f"{item.name} is in another mode than Object Mode: leave that, then rebuild it")
    takes = sorted(take_actions(armature), key=lambda take: take[KEY].get("order", 0))
    found = [(take, motion) for take in takes if (motion := _motion(take))]
    missing = [take.name for take in takes if _motion_path(take) is None]
    playing = armature.animation_data.action if armature.animation_data else None
    if not found:
        path = read_facts(armature).motion or "of this character"
        raise MotionFileError(f"the motion file {path} is not there any more: lift the clip again")
    first = found[0][1]
    body = read_body(first.body_file, first.family)
    betas, warnings = shape_values(first, body)
    for _, motion in found:
        shape_values(motion, body)
    _rebuild_body(armature, body, betas, first.box.size if first.box else None)
    camera = _rebuild_camera(armature, first)
    kept = {**armature[KEY], **facts_of(first, armature[KEY]["character"], betas, scene_fps(scene), warnings)}
    armature[KEY] = {**kept, "footage": armature[KEY].get("footage", "")}
    place_keys(scene, armature)  # of those takes that stay
    for old, motion in found:
        new = make_take(scene, armature, motion, body, shape_values(motion, body)[0], warnings)
        new[KEY]["order"] = old[KEY].get("order", 0)
        playing = new if playing == old else playing
        _replace(old, new)
    warnings = [*warnings, *hold_again(scene, armature)]
    if playing in take_actions(armature):
        play_take(armature, playing, camera)
    if film := shown_film(armature):
        warnings = [*warnings, *show_film(scene, armature, film)]
    elif footage := armature[KEY].get("footage", ""):
        warnings = [*warnings, *show_footage(scene, armature, footage)]
    return [*warnings, *(f"{name} stays as it is: its motion file is not there any more" for name in missing)]


def _motion_path(take: bpy.types.Action) -> Path | None:
    """The file of a take's motion, where it was or beside the .blend; None if it is gone."""
    path = bpy.path.abspath(take[KEY].get("motion", ""))
    beside = bpy.path.abspath(f"//{bpy.path.basename(path)}") if path and bpy.data.is_saved else ""
    return next((Path(each) for each in (path, beside) if each and Path(each).is_file()), None)


def _motion(take: bpy.types.Action) -> Motion | None:
    """The motion of a take as its file has it; None if the file is gone. Raises MotionFileError if it is unsound."""
    path = _motion_path(take)
    return read_motion(path) if path else None


def _rebuild_body(armature: bpy.types.Object, body: Body, betas: np.ndarray, box: np.ndarray | None) -> None:
    """New bones and new meshes in the objects that there are; skin and box as new objects if they were deleted."""
    collection = armature.users_collection[0]
    fresh, fresh_skin = make_body(body, betas, armature.data.name, collection, box)
    facts, skin = armature.data[KEY].to_dict(), parts(armature).get("skin")  # the data itself is gone below
    _swap_data(armature, fresh)
    mark(armature.data, **facts)
    for bone in armature.pose.bones:
        bone.rotation_mode = "QUATERNION"
    if skin is None:
        skin = fresh_skin
        mark(skin, facts["character"], part="skin")
        armature.data[KEY]["skin"] = skin.name
    else:
        materials = list(skin.data.materials)
        _swap_data(skin, fresh_skin)
        skin.data.materials.clear()
        for material in materials:
            skin.data.materials.append(material)
    skin.parent = armature
    modifier = next((each for each in skin.modifiers if each.type == "ARMATURE"), None)
    (modifier or skin.modifiers.new("Armature", "ARMATURE")).object = armature
    if box is not None:
        _rebuild_box(armature, box, collection)


def _rebuild_box(armature: bpy.types.Object, size: np.ndarray, collection) -> None:
    """The box at its size; none beside what a user has put in its place."""
    item = parts(armature).get("box")
    if item is not None:
        resize(item, armature, size)
    elif not props(armature):
        add_box(armature, size, collection)
    else:
        armature.data[KEY]["box_size"] = [float(edge) for edge in size]


def _rebuild_camera(armature: bpy.types.Object, motion: Motion) -> bpy.types.Object | None:
    """The character's camera; a new one if it was deleted. Its take says where it stands."""
    camera = parts(armature).get("camera")
    if camera is None and motion.camera:
        camera = make_camera(motion.camera, named(motion, " Camera"), armature.users_collection[0])
        mark(camera, armature[KEY]["character"], part="camera")
        armature.data[KEY]["camera"] = camera.name
    return camera


def _replace(old: bpy.types.Action, new: bpy.types.Action) -> None:
    """Let the new action be what the old one was, also to the NLA and whatever else used it."""
    name, moving = old.name, [old[KEY].get(each) for each in CAMERA_ACTIONS]
    old.user_remap(new)
    bpy.data.actions.remove(old)
    new.name = name
    new.use_fake_user = True
    for before, each in zip(moving, CAMERA_ACTIONS, strict=True):
        again = new[KEY].get(each)
        if before is not None and again is not None:
            moving_name = before.name
            before.user_remap(again)
            bpy.data.actions.remove(before)
            again.name = moving_name


def _swap_data(item: bpy.types.Object, fresh: bpy.types.Object) -> None:
    """Give an object the data of a fresh one, under the old name, and remove what is left over."""
    old, name = item.data, item.data.name
    item.data = fresh.data
    bpy.data.objects.remove(fresh)
    if not old.users:
        bpy.data.batch_remove([old])
    item.data.name = name
