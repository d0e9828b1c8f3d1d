# SPDX-License-Identifier: GPL-3.0-or-later
"""Choose a trained model for the lifts of this scene."""

from pathlib import Path

import bpy
from bpy.props import StringProperty

from ..core.body_family import SUBJECTS
from ..session import models_at_hand


class LIFT3D_OT_use_model(bpy.types.Operator):
    """Lift with this model from now on, in this scene"""

    bl_idname = "lift3d.use_model"
    bl_label = "Use This Model"
    bl_options = {"REGISTER", "UNDO"}

    folder: StringProperty(name="Model", description="Folder of the model", options={"SKIP_SAVE", "HIDDEN"})

    def execute(self, context):
        models_at_hand.refresh()
        model = next((each for each in models_at_hand.models() if each.folder == Path(self.folder)), None)
        if model is None:
            self.report({"ERROR"}, f"There is no model in {self.folder} any more")
            return {"CANCELLED"}
        settings = context.scene.lift3d
        settings.model_name = model.name
        if model.subject in SUBJECTS and settings.subject.lower() != model.subject:
            settings.chosen_subject = model.subject
        self.report({"INFO"}, f"Lifts of this scene use {model.name}")
        return {"FINISHED"}


CLASSES = (LIFT3D_OT_use_model,)
