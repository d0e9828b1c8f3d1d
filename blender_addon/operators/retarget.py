# SPDX-License-Identifier: GPL-3.0-or-later
"""Let a rig of the user's play a motion."""

import bpy

from ..core import CoreError
from ..scene.find_character import active_character
from .needs import NeedsRig


class LIFT3D_OT_retarget(NeedsRig, bpy.types.Operator):
    """Give the rig a new action with the motion; nothing else of it is changed, and its old action stays in the file"""

    bl_idname = "lift3d.retarget"
    bl_label = "Retarget"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context):
        from ..scene.retarget import check_rig, retarget
        from ..settings.retarget_settings import read_rows

        settings = context.scene.lift3d_retarget
        try:
            check_rig(settings.rig)
            bones = read_rows(settings)
            done = retarget(context.scene, _source(context), settings.rig, bones, settings.planted, settings.held)
        except CoreError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        context.scene.frame_set(context.scene.frame_current)  # so that the rig is seen in its place at once
        for warning in done.warnings:
            self.report({"WARNING"}, warning)
        self.report({"INFO"}, f"{settings.rig.name} plays {done.action.name}")
        return {"FINISHED"}


class LIFT3D_OT_free_rigs_hands(NeedsRig, bpy.types.Operator):
    """Take away what keeps the rig's hands on its box, which stays; they move as retargeted again"""

    bl_idname = "lift3d.free_rigs_hands"
    bl_label = "Let Go of the Box"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context):
        from ..scene.rig_box import let_go_of_rigs_box

        return {"FINISHED"} if let_go_of_rigs_box(context.scene.lift3d_retarget.rig) else {"CANCELLED"}


def _source(context):
    """The motion that is set. Raises CoreError."""
    from ..core.retarget import RetargetError
    from ..core.retarget.source import read_source
    from ..scene.character_source import read_character

    settings = context.scene.lift3d_retarget
    if settings.source == "FILE":
        if not settings.motion:
            raise RetargetError("no motion file is chosen; choose one, or take a character's motion")
        return read_source(bpy.path.abspath(settings.motion))
    character = settings.character or active_character(context)
    if character is None:
        raise RetargetError("there is no lifted character in the scene; lift a clip, or choose a motion file")
    return read_character(context.scene, character)


CLASSES = (LIFT3D_OT_retarget, LIFT3D_OT_free_rigs_hands)
