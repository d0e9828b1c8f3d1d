# SPDX-License-Identifier: GPL-3.0-or-later
"""Make Blender's camera see what the clip's camera saw."""

from typing import Any

import bpy
import numpy as np

from ..core.camera import Camera
from ..core.rotations import continuous, quaternion_from_matrix
from .action import Keys, curves, play
from .character_facts import character_of

#: What a take keeps the actions of its camera, and of that one's lens, under.
CAMERA_ACTIONS = ("camera_action", "lens_action")


def make_camera(camera: Camera, name: str, collection) -> bpy.types.Object:
    """A camera with the clip camera's lens, where that stands in its first frame."""
    data = bpy.data.cameras.new(name)
    data.sensor_fit = "HORIZONTAL"
    data.clip_start, data.clip_end = 0.05, 1000.0
    data.display_size = 0.3
    item = bpy.data.objects.new(name, data)
    item.rotation_mode = "QUATERNION"
    collection.objects.link(item)
    place_camera(item, camera_view(camera), None, None)
    return item


def camera_view(camera: Camera) -> dict[str, Any]:
    """The clip camera in its first frame as plain values for Blender's: those of its lens, location and rotation."""
    rotation = quaternion_from_matrix(camera.blender_rotations()[:1])[0]
    return {
        "lens": camera.blender_lens(),
        "location": camera.blender_locations()[0].tolist(),
        "rotation": rotation.tolist(),
    }


def camera_action(camera: Camera, frames: np.ndarray, name: str) -> bpy.types.Action | None:
    """An action that moves Blender's camera as the clip's moved, with keys at the frames (T,); None if it stood."""
    if not camera.moves:
        return None
    keys = Keys(name)
    keys.add("location", frames, camera.blender_locations(), "Object Transforms")
    rotations = continuous(quaternion_from_matrix(camera.blender_rotations()))
    keys.add("rotation_quaternion", frames, rotations, "Object Transforms")
    return keys.action


def lens_action(camera: Camera, frames: np.ndarray, name: str) -> bpy.types.Action | None:
    """An action for the data of Blender's camera that zooms as the clip's zoomed; None if it did not."""
    lenses = camera.blender_lenses()
    if lenses is None:
        return None
    keys = Keys(name, "CAMERA")
    keys.add("lens", frames, lenses[:, None], "Camera")
    return keys.action


def join_keys(action: bpy.types.Action, other: bpy.types.Action | None) -> None:
    """Add the keys of another action of ours of the same camera, at the frames that lie before or behind this one's."""
    if other is None or other == action:
        return
    first, last = action.frame_range
    known = {(curve.data_path, curve.array_index): curve for curve in curves(action)}
    for curve in curves(other):
        mine = known.get((curve.data_path, curve.array_index))
        for key in curve.keyframe_points if mine else ():
            if not first <= key.co.x <= last:
                mine.keyframe_points.insert(key.co.x, key.co.y).interpolation = key.interpolation


def place_camera(
    item: bpy.types.Object, view: dict[str, Any], action: bpy.types.Action | None, lens: bpy.types.Action | None
) -> None:
    """Let a camera see as `camera_view` says, move and zoom by the actions if there are any. The user's own stay."""
    for attribute, value in dict(view["lens"]).items():
        setattr(item.data, attribute, value)
    item.location, item.rotation_quaternion = list(view["location"]), list(view["rotation"])
    _play_ours(item, action)
    _play_ours(item.data, lens)


def _play_ours(owner: bpy.types.ID, action: bpy.types.Action | None) -> None:
    """Let it play this action, or none, in place of one of ours."""
    playing = owner.animation_data.action if owner.animation_data else None
    if playing is not None and not character_of(playing):
        return
    if action is not None:
        play(action, owner)
    elif playing is not None:
        owner.animation_data.action = None


def film(scene: bpy.types.Scene, camera: bpy.types.Object, size: tuple[int, int]) -> None:
    """Make it the scene's camera, and the picture as large as the clip's: width and height in pixels."""
    scene.camera = camera
    scene.render.resolution_x, scene.render.resolution_y = size
    scene.render.resolution_percentage = 100
    scene.render.pixel_aspect_x = scene.render.pixel_aspect_y = 1.0


def relative_width(scene: bpy.types.Scene, size: tuple[int, int]) -> float:
    """How much wider in shape the scene's picture is than one of this width and height: 1 for the same shape."""
    render = scene.render
    shape = render.resolution_x * render.pixel_aspect_x / (render.resolution_y * render.pixel_aspect_y)
    return shape * size[1] / size[0]
