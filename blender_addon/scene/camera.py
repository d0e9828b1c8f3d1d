# SPDX-License-Identifier: GPL-3.0-or-later
"""Make Blender's camera see what the clip's camera saw."""

import bpy
import numpy as np

from ..core.camera import Camera
from ..core.rotations import continuous, quaternion_from_matrix
from .action import Keys


def make_camera(camera: Camera, frames: np.ndarray, name: str, collection) -> bpy.types.Object:
    """A camera with the clip's lens, place and direction; keyed at the frames (T,) if the clip's camera moves."""
    data = bpy.data.cameras.new(name)
    data.sensor_fit = "HORIZONTAL"
    for attribute, value in camera.blender_lens().items():
        setattr(data, attribute, value)
    data.clip_start, data.clip_end = 0.05, 1000.0
    data.display_size = 0.3
    item = bpy.data.objects.new(name, data)
    collection.objects.link(item)
    item.rotation_mode = "QUATERNION"
    rotations = continuous(quaternion_from_matrix(camera.blender_rotations()))
    locations = camera.blender_locations()
    item.rotation_quaternion, item.location = rotations[0], locations[0]
    if camera.moves:
        keys = Keys(name)
        keys.add("location", frames, locations, "Object Transforms")
        keys.add("rotation_quaternion", frames, rotations, "Object Transforms")
        keys.assign(item)
    return item


def film(scene: bpy.types.Scene, camera: bpy.types.Object, size: tuple[int, int]) -> None:
    """Make it the scene's camera, and the picture as large as the clip's: width and height in pixels."""
    scene.camera = camera
    scene.render.resolution_x, scene.render.resolution_y = size
    scene.render.resolution_percentage = 100
    scene.render.pixel_aspect_x = scene.render.pixel_aspect_y = 1.0
