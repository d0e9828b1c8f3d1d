# SPDX-License-Identifier: GPL-3.0-or-later
"""Let renders show the character over its film, or no longer."""

import bpy

from ..core import CoreError
from ..scene.find_character import active_character
from ..scene.footage import show_footage
from ..scene.over_footage import background, is_over_footage, remove_footage, render_over_footage


class LIFT3D_OT_render_over_footage(bpy.types.Operator):
    """Let the render show the character over its film, by the compositor. Again takes that back"""

    bl_idname = "lift3d.render_over_footage"
    bl_label = "Render over Footage"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context):
        armature = active_character(context)
        if armature is None:
            cls.poll_message_set("There is no lifted character in the scene")
            return False
        if background(armature) is None and not context.scene.lift3d.footage:
            cls.poll_message_set("The character has no film: choose it as Footage, under Subject and Camera")
            return False
        return True

    def execute(self, context):
        scene, armature = context.scene, active_character(context)
        if is_over_footage(scene, armature):
            remove_footage(scene)
            return {"FINISHED"}
        if background(armature) is None:
            for sentence in show_footage(scene, armature, bpy.path.abspath(scene.lift3d.footage)):
                self.report({"WARNING"}, sentence)
        try:
            render_over_footage(scene, armature)
        except CoreError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        self.report({"INFO"}, "Renders show the character over its film, by the view transform Standard")
        return {"FINISHED"}


CLASSES = (LIFT3D_OT_render_over_footage,)
