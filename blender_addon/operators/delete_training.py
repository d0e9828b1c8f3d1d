# SPDX-License-Identifier: GPL-3.0-or-later
"""Remove a training run's files."""

import bpy
from bpy.props import StringProperty

from .. import session
from ..jobs import JobError, problem
from ..session import training


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
            session.show_problem(problem.of_error(error))
            self.report({"WARNING"}, session.problem.sentence)
            return {"CANCELLED"}
        return {"FINISHED"}


CLASSES = (LIFT3D_OT_delete_training,)
