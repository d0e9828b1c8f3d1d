# SPDX-License-Identifier: GPL-3.0-or-later
"""Take the message of a problem off the panel."""

import bpy

from .. import session


class LIFT3D_OT_dismiss_problem(bpy.types.Operator):
    """Take this message off the panel"""

    bl_idname = "lift3d.dismiss_problem"
    bl_label = "Dismiss"

    @classmethod
    def poll(cls, context):
        return session.problem is not None

    def execute(self, context):
        session.dismiss()
        return {"FINISHED"}


CLASSES = (LIFT3D_OT_dismiss_problem,)
