# SPDX-License-Identifier: GPL-3.0-or-later
"""Put a motion into a scene: the body, its action and the camera, in a collection of their own."""

from dataclasses import dataclass, replace

import bpy
import numpy as np

from ..core import CoreError
from ..core.body_file import Body
from ..core.motion_file import Motion
from ..core.shape_values import shape_values
from .action import key_frames, play, scene_fps
from .body import make_body
from .box import add_box
from .camera import CAMERA_ACTIONS, camera_action, camera_view, join_keys, lens_action, make_camera, place_camera
from .character_facts import KEY, facts_of, mark, new_character, next_order
from .find_character import camera_of_world, world_of
from .kept_keypoints import keep_keypoints
from .pose_action import pose_action

# Of a datablock's name, in bytes, with room for the ".001" that Blender adds.
_LONGEST_NAME = 63 - len(".001")


class SceneError(CoreError):
    """A scene that nothing can be added to."""


@dataclass(frozen=True)
class Character:
    """What an import has made. frames: the scene frames (T,) of the motion's own. warnings: sentences for the user."""

    collection: bpy.types.Collection
    armature: bpy.types.Object
    skin: bpy.types.Object | None
    action: bpy.types.Action
    camera: bpy.types.Object | None
    frames: np.ndarray
    warnings: list[str]


def add_character(scene: bpy.types.Scene, motion: Motion, body: Body) -> Character:
    """The motion's character in the scene, keyed by time. The scene's own settings stay as they are.

    Raises MotionFileError when the body has not the motion's joints, SceneError when the scene cannot be changed.
    """
    check_scene(scene)
    betas, warnings = shape_values(motion, body)
    collection = bpy.data.collections.new(named(motion, ""))
    try:
        character = _fill(collection, scene, motion, body, betas, warnings)
    except BaseException:
        _remove(collection)
        raise
    scene.collection.children.link(collection)
    return character


def _fill(collection, scene: bpy.types.Scene, motion: Motion, body: Body, betas: np.ndarray, warnings) -> Character:
    size = motion.box.size if motion.box else None
    armature, skin = make_body(body, betas, named(motion, ""), collection, size)
    character = new_character()
    mark(skin, character, part="skin")
    mark(armature.data, character, object=armature.name, order=next_order(bpy.data.armatures), skin=skin.name,
         world=motion.world)  # fmt: skip
    armature[KEY] = {**facts_of(motion, character, betas, scene_fps(scene), warnings), "part": "armature"}
    if motion.box:
        add_box(armature, size, collection)
    camera = None
    if motion.camera:
        camera = camera_of_world(scene, motion.world)
        if camera is None:
            everybody = replace(motion, name=motion.name.removesuffix(f" {motion.person}")) if motion.world else motion
            camera = make_camera(motion.camera, named(everybody, " Camera"), collection)
            mark(camera, character, part="camera", world=motion.world)
        armature.data[KEY]["camera"] = camera.name
    take = make_take(scene, armature, motion, body, betas, warnings)
    share_camera(take, camera)
    play_take(armature, take, camera)
    frames = key_frames(len(motion), motion.frame_start, motion.fps, scene)
    return Character(collection, armature, skin, take, camera, frames, warnings)


def _remove(collection: bpy.types.Collection) -> None:
    """Take back what was made of a character."""
    for item in list(collection.objects):
        data = item.data
        bpy.data.objects.remove(item)
        if not data.users:
            bpy.data.batch_remove([data])
    bpy.data.collections.remove(collection)


def make_take(
    scene: bpy.types.Scene, armature: bpy.types.Object, motion: Motion, body: Body, betas: np.ndarray, warnings
) -> bpy.types.Action:
    """An action of the motion for a character's armature, that nothing plays yet: with its facts, its keypoints and
    what its camera does. It is kept when the file is saved, used or not."""
    tail = "" if motion.seed is None else f" seed {motion.seed}"
    frames = key_frames(len(motion), motion.frame_start, motion.fps, scene)
    action = pose_action(motion, body, betas, armature, frames, named(motion, tail))
    character = armature[KEY]["character"]
    facts = facts_of(motion, character, betas, scene_fps(scene), warnings)
    action[KEY] = {**facts, "order": next_order(bpy.data.actions)}
    action.use_fake_user = True
    if motion.keypoints:
        keep_keypoints(action, motion.keypoints)
    if motion.camera:
        action[KEY]["view"] = camera_view(motion.camera)
        if moving := camera_action(motion.camera, frames, named(motion, f"{tail} Camera")):
            mark(moving, character, world=motion.world)
            action[KEY]["camera_action"] = moving  # a reference, which follows renames and keeps it alive
        if zooming := lens_action(motion.camera, frames, named(motion, f"{tail} Lens")):
            mark(zooming, character, world=motion.world)
            action[KEY]["lens_action"] = zooming
    return action


def share_camera(take: bpy.types.Action, camera: bpy.types.Object | None) -> None:
    """Of people who were lifted together each take has what the camera does in its own frames: let one have it all."""
    if camera is None or not world_of(take):
        return
    for owner, name in zip((camera, camera.data), CAMERA_ACTIONS, strict=True):
        mine, held = take[KEY].get(name), owner.animation_data.action if owner.animation_data else None
        if mine is not None and held is not None and world_of(held) == world_of(take):
            join_keys(held, mine)
            take[KEY][name] = held
            bpy.data.actions.remove(mine)


def play_take(armature: bpy.types.Object, take: bpy.types.Action, camera: bpy.types.Object | None) -> None:
    """Let a character play a take, and its camera stand or move as that take has it."""
    play(take, armature)
    if camera is not None and "view" in take[KEY]:
        place_camera(camera, take[KEY]["view"], *(take[KEY].get(name) for name in CAMERA_ACTIONS))


def named(motion: Motion, tail: str) -> str:
    """The motion's name and what follows it, short enough that Blender does not cut the end off."""
    room = _LONGEST_NAME - len(tail.encode())
    return motion.name.encode(errors="replace")[:room].decode(errors="ignore").rstrip() + tail


def check_scene(scene: bpy.types.Scene) -> None:
    """Raise SceneError if nothing can be added to the scene."""
    if scene.library is not None:
        raise SceneError(
            f"the scene {scene.name} is linked from {scene.library.name} and cannot be changed; go to a scene that is "
            "this file's own"
        )
