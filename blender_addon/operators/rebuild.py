# SPDX-License-Identifier: GPL-3.0-or-later
"""Make a character again from its saved motion: no backend, nothing doubled."""

import bpy

from ..core import CoreError
from ..scene.find_character import active_character
from .needs import NeedsCharacter


class LIFT3D_OT_rebuild(NeedsCharacter, bpy.types.Operator):
    """Make a character's parts again from its motion files."""

    bl_idname = "lift3d.rebuild"
    bl_label = "Rebuild Character"
    bl_description = (
        "Make bones, skin, camera and takes again as the saved motions have them, for the scene's frame rate. What "
        "was changed by hand in them is lost; where the character stands, its materials and what refers to it stay"
    )
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context):
        from ..scene.rebuild import rebuild

        armature = active_character(context)
        try:
            warnings = rebuild(context.scene, armature)
        except CoreError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        for warning in warnings:
            self.report({"WARNING"}, warning)
        self.report({"INFO"}, f"{armature.name} is as its motion file has it")
        return {"FINISHED"}


CLASSES = (LIFT3D_OT_rebuild,)
