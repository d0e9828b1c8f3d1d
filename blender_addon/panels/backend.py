# SPDX-License-Identifier: GPL-3.0-or-later
"""The backend: whether it is there, how far its set-up is, what it says of itself, and the buttons for all that."""

import bpy

from .. import preferences
from ..core import progress_words
from ..drawing.text import paragraph
from ..jobs import backend_folder
from ..jobs.backend_folder import BROKEN, OUTDATED, READY
from ..jobs.environment import VARIABLE
from ..jobs.installation import Installation
from ..operators import check_backend
from ..session import setting_up

_LOG_LINES = 4
_BUILDS = {"cpu": "the processor", "cuda": "NVIDIA graphics cards"}


class LIFT3D_PT_backend(bpy.types.Panel):
    """Set the backend up, check it, or choose another one"""

    bl_idname = "LIFT3D_PT_backend"
    bl_label = "Backend"
    bl_parent_id = "LIFT3D_PT_main"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Lift to 3D"
    bl_order = 90
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context):
        layout, found = self.layout, preferences.get()
        if setting_up.running():
            paragraph(layout, "It is being set up, as is shown above.")
            return
        draw_backend(layout)
        if found is None:
            return
        column = layout.column()
        column.use_property_split = True
        column.use_property_decorate = False
        column.prop(found, "device")
        column.prop(found, "python", text="Use Existing")


def draw_backend(layout: bpy.types.UILayout) -> None:
    """State, progress or answer, and the buttons that fit; also for the preferences."""
    if setting_up.running():
        _draw_progress(layout, setting_up.installation)
        return
    stands = preferences.standing()
    state, chosen = stands.state, stands.chosen
    column = layout.column()
    fine = stands.error is None and state != OUTDATED
    paragraph(column, sentence(stands), icon="CHECKMARK" if fine else "INFO")
    row = layout.row(align=True)
    if not chosen and state != READY:
        row.operator("lift3d.set_up_backend", text=_set_up_label(state))
    if stands.error is None:
        row.operator("lift3d.check_backend", text="Check")
    if not chosen and state == READY:
        row.operator("lift3d.repair_backend", text="Repair")
    _draw_answer(layout)


def sentence(stands: preferences.Standing) -> str:
    """What there is, in plain words."""
    if stands.error is not None:
        words = str(stands.error)
        return f"{words[0].upper()}{words[1:]}."
    if stands.chosen:
        return f"The Python at {stands.chosen} is used, as the preferences say."
    if stands.state not in (READY, OUTDATED):
        return f"The Python at {stands.python} is used, as the variable {VARIABLE} says."
    held = None if stands.state == READY else backend_folder.contents(preferences.environment())
    if held is None:
        return f"Set up, with PyTorch for {_BUILDS[preferences.wanted().build]}."
    if held.requirements != preferences.wanted().requirements:
        return "The backend wants updating: this version of the extension needs other packages."
    return "The backend wants updating: the preferences ask for another PyTorch."


def _set_up_label(state: str) -> str:
    return {OUTDATED: "Update", BROKEN: "Repair"}.get(state, "Set Up Backend")


def _draw_progress(layout: bpy.types.UILayout, installation: Installation) -> None:
    column = layout.column()
    ending = "Being cancelled" if installation.cancelling else installation.title
    paragraph(column, f"Setting the backend up, step {installation.step} of {installation.steps}:")
    if installation.total and not installation.cancelling:
        factor = progress_words.share(installation.done, installation.total)
        column.progress(factor=factor, text=ending)
    else:
        paragraph(column, f"{ending} …")
    box = column.box().column()
    box.scale_y = 0.7
    box.active = False
    for line in list(installation.lines)[-_LOG_LINES:]:
        box.label(text=line.strip())
    layout.operator("lift3d.cancel_set_up", icon="CANCEL")


def _draw_answer(layout: bpy.types.UILayout) -> None:
    if check_backend.asking():
        paragraph(layout, "The backend is being asked …")
    said = check_backend.answer()
    if not said:
        return
    box = layout.box().column()
    for each in said:
        paragraph(box, each)
    box.operator("lift3d.forget_check", icon="X")


CLASSES = (LIFT3D_PT_backend,)
