# SPDX-License-Identifier: GPL-3.0-or-later
"""Remove a training run's files."""

import bpy
from bpy.props import StringProperty

from ..jobs import JobError
from ..session import training
from .refusal import refused


class LIFT3D_OT_delete_training(bpy.types.Operator):
    """Remove this run's files from the disk. It cannot be resumed then; a model that it has finished stays"""

    bl_idname = "lift3d.delete_training"
    bl_label = "Delete Training Run"

    name: StringProperty(name="Run", description="Name of the run", options={"SKIP_SAVE"})

    def invoke(self, context, event):
        return context.window_manager.invoke_confirm(self, event)

    def execute(self, context):
        try:
            training.delete(self.name)
        except JobError as error:
            return refused(self, error)
        return {"FINISHED"}


CLASSES = (LIFT3D_OT_delete_training,)
