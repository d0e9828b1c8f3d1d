# SPDX-License-Identifier: GPL-3.0-or-later
"""Take the focal length of the scene's camera for the clip's."""

import bpy

from ..core.focal import focal_in_pixels
from ..settings import chosen_clip


class LIFT3D_OT_take_focal(bpy.types.Operator):
    """Take the focal length from the scene's camera, where that is matched to the film"""

    bl_idname = "lift3d.take_focal"
    bl_label = "From Scene Camera"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context):
        camera = context.scene.camera
        if camera is None or camera.type != "CAMERA" or camera.data.type != "PERSP":
            cls.poll_message_set("The scene has no perspective camera")
            return False
        if chosen_clip.clip_facts(context.scene.lift3d) is None:
            cls.poll_message_set("The clip has not been read yet")
            return False
        return True

    def execute(self, context):
        settings, data = context.scene.lift3d, context.scene.camera.data
        size = chosen_clip.clip_facts(settings).image_size
        settings.focal = focal_in_pixels(data.lens, data.sensor_width, data.sensor_height, data.sensor_fit, size)
        settings.know_focal = True
        self.report({"INFO"}, f"{settings.focal:.0f} pixels, of {context.scene.camera.name}")
        return {"FINISHED"}


CLASSES = (LIFT3D_OT_take_focal,)
