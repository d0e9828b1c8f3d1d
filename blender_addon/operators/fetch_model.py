# SPDX-License-Identifier: GPL-3.0-or-later
"""Fetch a model that finds keypoints, after the user has read what that is, how large, and under which licence."""

import bpy
from bpy.props import StringProperty

from .. import preferences
from ..drawing.text import paragraph
from ..jobs import JobError
from ..session import detecting, fetching
from . import set_up_backend
from .refusal import refused

_DIALOG_WIDTH, _DIALOG_CHARACTERS = 480, 74
_PURPOSES = {"person": "finds a person's keypoints", "animal": "finds an animal's keypoints",
             "objects": "finds where people and animals are, for a pose model"}  # fmt: skip


class LIFT3D_OT_look_for_models(bpy.types.Operator):
    """Show which models can be fetched, with their sizes and licences. Nothing is fetched yet"""

    bl_idname = "lift3d.look_for_models"
    bl_label = "Models to Fetch"

    @classmethod
    def poll(cls, context):
        if not preferences.backend_ready():
            cls.poll_message_set("No backend is set up yet")
            return False
        return True

    def execute(self, context):
        try:
            fetching.look()
        except JobError as error:
            return refused(self, error)
        return {"FINISHED"}


class LIFT3D_OT_fetch_model(bpy.types.Operator):
    """Fetch this model from the internet, after you have seen its licence and its size"""

    bl_idname = "lift3d.fetch_model"
    bl_label = "Fetch Model"

    name: StringProperty(name="Name", description="Name of the model in the catalogue", options={"HIDDEN"})

    @classmethod
    def poll(cls, context):
        reason = set_up_backend.why_not()
        reason = reason or ("A model is being fetched: wait for it or cancel it" if fetching.running() else "")
        reason = reason or ("Keypoints are being found: wait for that or cancel it" if detecting.running() else "")
        if reason:
            cls.poll_message_set(reason)
        return not reason

    def invoke(self, context, event):
        return context.window_manager.invoke_props_dialog(
            self, width=_DIALOG_WIDTH, title=self.bl_label, confirm_text="Fetch"
        )

    def draw(self, context):
        column = self.layout.column()
        for sentence in sentences(self.name):
            paragraph(column, sentence, _DIALOG_CHARACTERS)
            column.separator()

    def execute(self, context):
        if fetching.model(self.name) is None:
            self.report({"ERROR"}, f"There is no model {self.name!r} to fetch: look for models first")
            return {"CANCELLED"}
        try:
            fetching.begin(context.scene, self.name)
        except JobError as error:
            return refused(self, error)
        return {"FINISHED"}


class LIFT3D_OT_cancel_fetch(bpy.types.Operator):
    """Stop to fetch the model. Nothing of it is kept"""

    bl_idname = "lift3d.cancel_fetch"
    bl_label = "Cancel"

    @classmethod
    def poll(cls, context):
        fit = fetching.running() and not fetching.cancelling()
        if not fit:
            cls.poll_message_set("It is being cancelled" if fetching.running() else "No model is being fetched")
        return fit

    def execute(self, context):
        fetching.cancel()
        return {"FINISHED"}


class LIFT3D_OT_use_fetched(bpy.types.Operator):
    """Find keypoints by this model"""

    bl_idname = "lift3d.use_fetched"
    bl_label = "Use"
    bl_options = {"REGISTER", "UNDO"}

    name: StringProperty(name="Name", description="Name of the model in the catalogue", options={"HIDDEN"})

    def execute(self, context):
        model = fetching.model(self.name)
        if model is None or not model.get("path"):
            self.report({"ERROR"}, f"The model {self.name!r} is not there: fetch it first")
            return {"CANCELLED"}
        fetching.use(context.scene, model["path"], model["purpose"])
        return {"FINISHED"}


def sentences(name: str) -> list[str]:
    """What is about to be fetched, for the user to agree with."""
    model = fetching.model(name)
    if model is None:
        return [f"There is no model {name!r} to fetch."]
    return [
        f"{model['about']}. It {_PURPOSES.get(model['purpose'], 'finds keypoints')}.",
        f"{model['megabytes']:g} MB will be downloaded from {model['address']}, into {fetching.offer.folder}.",
        f"Its licence: {model['licence']}. By fetching it you accept that.",
        "It is kept only if it is the very file that the catalogue names, by its SHA-256.",
    ]


CLASSES = (
    LIFT3D_OT_look_for_models, LIFT3D_OT_fetch_model, LIFT3D_OT_cancel_fetch, LIFT3D_OT_use_fetched,
)  # fmt: skip
