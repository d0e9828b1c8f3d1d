# SPDX-License-Identifier: GPL-3.0-or-later
"""Leave a finished lift that waits out of the scene."""

import bpy

from .. import session
from .needs import NeedsResult


class LIFT3D_OT_leave_result(NeedsResult, bpy.types.Operator):
    """Do not add this character. Its motion file stays in the folder of motions and can be imported at any time"""

    bl_idname = "lift3d.leave_result"
    bl_label = "Leave It Out"

    def execute(self, context):
        motion = session.leave_result()
        self.report({"INFO"}, f"Left out; the motion is in {motion}")
        return {"FINISHED"}


CLASSES = (LIFT3D_OT_leave_result,)
