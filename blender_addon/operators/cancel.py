# SPDX-License-Identifier: GPL-3.0-or-later
"""Cancel the lift that runs."""

import bpy

from .. import session
from ..session.runs import CANCELLING, RUNNING


class LIFT3D_OT_cancel(bpy.types.Operator):
    """Stop the lift that runs. Nothing of it is added to the scene"""

    bl_idname = "lift3d.cancel"
    bl_label = "Cancel"

    @classmethod
    def poll(cls, context):
        state = session.lift.state if session.lift else ""
        if state == CANCELLING:
            cls.poll_message_set("It is being cancelled; a backend that does not obey is ended within 15 seconds")
        elif state != RUNNING:
            cls.poll_message_set("No lift is running")
        return state == RUNNING

    def execute(self, context):
        session.cancel_lift()
        return {"FINISHED"}


CLASSES = (LIFT3D_OT_cancel,)
