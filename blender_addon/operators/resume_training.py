# SPDX-License-Identifier: GPL-3.0-or-later
"""Go on with a training run that was stopped or cut off."""

import bpy
from bpy.props import StringProperty

from .. import preferences, session
from ..jobs import JobError, problem
from ..session import training


class LIFT3D_OT_resume_training(bpy.types.Operator):
    """Go on with this training where it was stopped, as if it had not been"""

    bl_idname = "lift3d.resume_training"
    bl_label = "Resume"

    name: StringProperty(name="Run", description="Name of the run", options={"SKIP_SAVE"})

    @classmethod
    def poll(cls, context):
        if training.live is not None:
            cls.poll_message_set("A training is running: stop it or wait for it")
            return False
        if not preferences.backend_ready():
            cls.poll_message_set("The backend that trains is not set up: see Set Up Backend in this panel")
            return False
        return True

    def execute(self, context):
        try:
            run = training.resume(self.name)
        except JobError as error:
            session.show_problem(problem.of_error(error))
            self.report({"WARNING"}, session.problem.sentence)
            return {"CANCELLED"}
        context.window_manager.lift3d_training.run_name = run.name
        return {"FINISHED"}


CLASSES = (LIFT3D_OT_resume_training,)
