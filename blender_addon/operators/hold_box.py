# SPDX-License-Identifier: GPL-3.0-or-later
"""Keep a character's hands and its box together, or let go of it again."""

import bpy
from bpy.props import EnumProperty

from ..core import CoreError
from ..scene.find_character import active_character
from .needs import NeedsCharacter

_FOLLOWERS = (
    ("HANDS", "Hands", "The arms reach for the box for as long as the motion has the hands on it"),
    ("BOX", "Box", "The box goes with the hand that holds it longer; the other hand stays on the box"),
)


class LIFT3D_OT_hold_box(NeedsCharacter, bpy.types.Operator):
    """Let hands or box follow the other where the motion has them together, also after you move one of them"""

    bl_idname = "lift3d.hold_box"
    bl_label = "Hands on the Box"
    bl_options = {"REGISTER", "UNDO"}

    follower: EnumProperty(name="Follows", description="Which of the two follows the other", items=_FOLLOWERS)

    @classmethod
    def description(cls, context, given):
        return next(text for name, _, text in _FOLLOWERS if name == given.follower)

    def execute(self, context):
        from ..scene.hold_box import hold_box

        armature = active_character(context)
        try:
            frames = hold_box(context.scene, armature, self.follower)
        except CoreError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        context.scene.frame_set(context.scene.frame_current, subframe=context.scene.frame_subframe)
        self.report({"INFO"}, f"{armature.name} has a hand on the box in {frames} frames of this take")
        return {"FINISHED"}


class LIFT3D_OT_let_go_of_box(NeedsCharacter, bpy.types.Operator):
    """Take away what keeps hands and box together; both move as the motion has them again"""

    bl_idname = "lift3d.let_go_of_box"
    bl_label = "Let Go of the Box"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context):
        from ..scene.hold_box import let_go

        try:
            had = let_go(active_character(context))
        except CoreError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"} if had else {"CANCELLED"}


CLASSES = (LIFT3D_OT_hold_box, LIFT3D_OT_let_go_of_box)
