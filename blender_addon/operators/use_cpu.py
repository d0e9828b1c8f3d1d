# SPDX-License-Identifier: GPL-3.0-or-later
"""Let the backend work on the processor, where a graphics card will not do."""

import bpy

from .. import preferences, session


class LIFT3D_OT_use_cpu(bpy.types.Operator):
    """Lift and train on the processor from now on, slower but with more memory. The preferences change it back"""

    bl_idname = "lift3d.use_cpu"
    bl_label = "Use the Processor"

    @classmethod
    def poll(cls, context):
        if preferences.get() is None:
            cls.poll_message_set("Lift to 3D is not enabled as an add-on, so it has no preferences")
            return False
        return True

    def execute(self, context):
        preferences.get().device = "CPU"
        session.dismiss()
        self.report({"INFO"}, "Lifts and trainings run on the processor now")
        return {"FINISHED"}


CLASSES = (LIFT3D_OT_use_cpu,)
