# SPDX-License-Identifier: GPL-3.0-or-later
"""Go on with a training run that was stopped or cut off."""

import bpy
from bpy.props import StringProperty

from ..jobs import JobError
from ..session import training
from .needs import why_no_training
from .refusal import refused


class LIFT3D_OT_resume_training(bpy.types.Operator):
    """Go on with this training where it was stopped, as if it had not been"""

    bl_idname = "lift3d.resume_training"
    bl_label = "Resume"

    name: StringProperty(name="Run", description="Name of the run", options={"SKIP_SAVE"})

    @classmethod
    def poll(cls, context):
        reason = why_no_training()
        if reason:
            cls.poll_message_set(reason)
        return not reason

    def execute(self, context):
        try:
            run = training.resume(self.name)
        except JobError as error:
            return refused(self, error)
        context.window_manager.lift3d_training.run_name = run.name
        return {"FINISHED"}


CLASSES = (LIFT3D_OT_resume_training,)
