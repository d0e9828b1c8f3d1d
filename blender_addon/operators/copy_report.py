# SPDX-License-Identifier: GPL-3.0-or-later
"""Copy a report of the problem, for whoever is to help."""

import bpy

from .. import session


class LIFT3D_OT_copy_report(bpy.types.Operator):
    """Copy the message, the versions of everything and the end of the backend's log to the clipboard"""

    bl_idname = "lift3d.copy_report"
    bl_label = "Copy Report"

    @classmethod
    def poll(cls, context):
        if session.problem is None:
            cls.poll_message_set("There is no problem to report")
        return session.problem is not None

    def execute(self, context):
        context.window_manager.clipboard = session.report()
        self.report({"INFO"}, "The report is on the clipboard")
        return {"FINISHED"}


CLASSES = (LIFT3D_OT_copy_report,)
