# SPDX-License-Identifier: GPL-3.0-or-later
"""Match a rig's bones with the parts of a body."""

import bpy

from ..core import CoreError
from .needs import NeedsRig


class LIFT3D_OT_match_bones(NeedsRig, bpy.types.Operator):
    """Find out which bones of the rig are which part of a body, by names, tree and places; all can be edited below"""

    bl_idname = "lift3d.match_bones"
    bl_label = "Match Bones"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context):
        from ..core.retarget.presets import fitting_map
        from ..scene.rig_bones import read_rig
        from ..settings.retarget_settings import show_map

        settings = context.scene.lift3d_retarget
        try:
            bones = fitting_map(read_rig(settings.rig))
        except CoreError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        show_map(settings, bones)
        count = sum(len(each) for each in bones.roles.values())
        self.report({"INFO"}, f"{count} bones of {settings.rig.name} are matched, as those of a {bones.family}")
        return {"FINISHED"}


CLASSES = (LIFT3D_OT_match_bones,)
