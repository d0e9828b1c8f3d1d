# SPDX-License-Identifier: GPL-3.0-or-later
"""Begin to train a model on the chosen folder's clips; it goes on beside Blender."""

import bpy

from ..jobs import JobError
from ..session import training
from ..settings import training_settings
from .needs import why_no_training
from .refusal import refused


class LIFT3D_OT_start_training(bpy.types.Operator):
    """Train a model of your own on the clips in this folder. It goes on beside Blender, can be stopped at any time and
    goes on later from there, even after Blender was closed"""

    bl_idname = "lift3d.start_training"
    bl_label = "Start Training"

    @classmethod
    def poll(cls, context):
        reason = why_not(context)
        if reason:
            cls.poll_message_set(reason)
        return not reason

    def execute(self, context):
        settings = context.window_manager.lift3d_training
        wanted = settings.name
        try:
            clips, subject = training_settings.clips(settings), settings.subject.lower()
            run = training.start(clips, settings.preset, wanted, settings.seed, settings.film, subject)
        except JobError as error:
            return refused(self, error)
        settings.run_name = run.name
        if wanted and run.name != wanted:
            self.report({"INFO"}, f"The model is called {run.name}")
        return {"FINISHED"}


def why_not(context: bpy.types.Context) -> str:
    """Why a training cannot start now, as one sentence; "" when it can."""
    settings = context.window_manager.lift3d_training
    return why_no_training() or (
        "" if training_settings.made_up(settings) else training_settings.found(settings).problem
    )


CLASSES = (LIFT3D_OT_start_training,)
