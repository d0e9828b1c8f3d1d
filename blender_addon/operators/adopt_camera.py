# SPDX-License-Identifier: GPL-3.0-or-later
"""Let the scene be seen as the clip was filmed, when the user asks for it."""

import bpy

from ..scene.camera import film
from ..scene.character_facts import read_facts
from ..scene.find_character import active_character, parts


class LIFT3D_OT_adopt_camera(bpy.types.Operator):
    """Make the clip's camera the scene's, with a picture of the clip's size"""

    bl_idname = "lift3d.adopt_camera"
    bl_label = "Use the Clip's Camera"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context):
        armature = active_character(context)
        facts, camera = read_facts(armature), parts(armature).get("camera") if armature else None
        if facts is None or camera is None or facts.image_size is None:
            cls.poll_message_set("There is no lifted character with a camera in the scene")
            return False
        render = context.scene.render
        same_size = (render.resolution_x, render.resolution_y) == facts.image_size
        if context.scene.camera == camera and same_size:
            cls.poll_message_set("The scene has the clip's camera and picture already")
            return False
        return True

    def execute(self, context):
        armature = active_character(context)
        film(context.scene, parts(armature)["camera"], read_facts(armature).image_size)
        return {"FINISHED"}


CLASSES = (LIFT3D_OT_adopt_camera,)
