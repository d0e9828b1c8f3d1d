# SPDX-License-Identifier: GPL-3.0-or-later
"""Set the backend up, bring it up to date or repair it, after the user has read what that downloads; or cancel that."""

import platform
import shutil
import sys

import bpy

from .. import preferences
from ..drawing.text import paragraph
from ..jobs import JobError, base_python
from ..jobs.backend_folder import ABSENT
from ..jobs.requirements import CPU, DISK_GB, DOWNLOAD_GB
from ..session import setting_up
from .refusal import refused

_DIALOG_WIDTH, _DIALOG_CHARACTERS = 480, 74


def why_not() -> str:
    """Why the backend cannot be set up now, as one sentence; "" when it can."""
    if setting_up.running():
        return "The backend is being set up"
    if bpy.app.online_access:
        return ""
    if bpy.app.online_access_override:
        return "Blender was started in offline mode, which forbids downloads: start it without --offline-mode"
    return "Blender may not use the internet: turn on Preferences > System > Network > Allow Online Access"


class _SetUp:
    """What the two operators share."""

    afresh = False

    @classmethod
    def poll(cls, context):
        reason = why_not()
        if reason:
            cls.poll_message_set(reason)
        return not reason

    def invoke(self, context, event):
        return context.window_manager.invoke_props_dialog(
            self, width=_DIALOG_WIDTH, title=self.bl_label, confirm_text="Download and Install"
        )

    def draw(self, context):
        column = self.layout.column()
        for sentence in sentences(self.afresh):
            paragraph(column, sentence, _DIALOG_CHARACTERS)
            column.separator()
        found = preferences.get()
        if found and (found.base_python or not base_python.fits_blender()):
            column.prop(found, "base_python")
        if found and sys.platform != "darwin":
            column.prop(found, "torch_build")
            if found.torch_build == "CPU" and shutil.which("nvidia-smi"):
                paragraph(column, "This computer has an NVIDIA graphics card.", _DIALOG_CHARACTERS, icon="INFO")

    def execute(self, context):
        try:
            setting_up.begin(self.afresh)
        except JobError as error:
            return refused(self, error)
        return {"FINISHED"}


class LIFT3D_OT_set_up_backend(_SetUp, bpy.types.Operator):
    """Download what lifting and training need, PyTorch above all, into a folder of this extension"""

    bl_idname = "lift3d.set_up_backend"
    bl_label = "Set Up Backend"


class LIFT3D_OT_repair_backend(_SetUp, bpy.types.Operator):
    """Remove the backend's environment and make it again from nothing"""

    bl_idname = "lift3d.repair_backend"
    bl_label = "Repair Backend"
    afresh = True


class LIFT3D_OT_cancel_set_up(bpy.types.Operator):
    """Stop setting the backend up. It is not usable then until it is set up again"""

    bl_idname = "lift3d.cancel_set_up"
    bl_label = "Cancel"

    @classmethod
    def poll(cls, context):
        fit = setting_up.running() and not setting_up.installation.cancelling
        if not fit:
            cls.poll_message_set("It is being cancelled" if setting_up.running() else "No set-up is running")
        return fit

    def execute(self, context):
        setting_up.cancel()
        return {"FINISHED"}


def sentences(afresh: bool) -> list[str]:
    """What is about to be done, for the user to agree with."""
    try:
        plan = setting_up.plan(afresh)
    except OSError as error:
        return [f"The extension's folder cannot be used: {error}."]
    there = preferences.environment_state() != ABSENT
    source = f"PyTorch from {plan.index}" if plan.index else "PyTorch from its own index"
    found = [
        f"About {DOWNLOAD_GB[plan.build]:g} GB will be downloaded: {source}, the other packages from the Python "
        f"Package Index, or from where pip is set to look. They need about {DISK_GB[plan.build]:g} GB of disk.",
        f"They are installed for this extension alone, into {plan.folder}, with the Python at {plan.base_python}. "
        "It takes a few minutes, and Blender can be used meanwhile.",
    ]
    if plan.own_python and not base_python.fits_blender():
        version = platform.python_version()
        found.append(f"That one is Blender's own, {version}. Python 3.11 is needed: install it, and name it here.")
    if there:
        found.append("The environment that is there now is " + ("removed first." if afresh else "changed."))
    if plan.build == CPU and sys.platform != "darwin":
        found.append("The processor will do the work, which a graphics card does faster.")
    return found


CLASSES = (LIFT3D_OT_set_up_backend, LIFT3D_OT_repair_backend, LIFT3D_OT_cancel_set_up)
