# SPDX-License-Identifier: GPL-3.0-or-later
"""Let a character play another of its takes."""

import bpy
from bpy.props import StringProperty

from ..scene.find_character import active_character
from ..scene.takes import activate_take
from .needs import NeedsCharacter


class LIFT3D_OT_activate_take(NeedsCharacter, bpy.types.Operator):
    """Play this take; the others stay in the file"""

    bl_idname = "lift3d.activate_take"
    bl_label = "Play Take"
    bl_options = {"REGISTER", "UNDO"}

    name: StringProperty(name="Take", description="Name of the take's action", options={"HIDDEN"})

    def execute(self, context):
        armature = active_character(context)
        if not activate_take(armature, self.name):
            self.report({"ERROR"}, f"{armature.name} has no take named {self.name}")
            return {"CANCELLED"}
        return {"FINISHED"}


CLASSES = (LIFT3D_OT_activate_take,)
