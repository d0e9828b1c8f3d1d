# SPDX-License-Identifier: GPL-3.0-or-later
"""The panel itself: the clip, what it was recognised as, the button, how far the lift is, and what went wrong."""

import bpy

from .. import preferences, session
from ..drawing.problem import draw_problem
from ..drawing.text import paragraph
from ..jobs.problem import SET_UP, of_error
from ..operators import set_up_backend
from ..session import setting_up
from .backend import draw_backend
from .clip import draw_clip
from .running import draw_running, draw_waiting


class LIFT3D_PT_main(bpy.types.Panel):
    """Lift a video or a clip of 2D keypoints to an animated character"""

    bl_idname = "LIFT3D_PT_main"
    bl_label = "Lift to 3D"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Lift to 3D"
    bl_order = 0

    def draw(self, context):
        layout = self.layout
        ready = preferences.backend_ready() and not setting_up.running()
        if setting_up.running():
            draw_backend(layout.box())
        elif ready:
            draw_clip(layout, context.scene.lift3d)
        else:
            _draw_no_backend(layout, context)
        run = session.lift
        state = run.state if run else ""
        if state in ("running", "cancelling"):
            draw_running(layout, run)
        elif state == "waiting":
            draw_waiting(layout, run)
        if ready and state not in ("running", "cancelling"):
            row = layout.row()
            row.scale_y = 1.6
            row.operator("lift3d.lift", icon="ARMATURE_DATA")
        draw_problem(layout, session.problem)
        if not ready:
            paragraph(layout, "Motions that were lifted before can be imported without it.")
        layout.operator("lift3d.import_motion", icon="IMPORT")


def _draw_no_backend(layout, context):
    """What keeps the backend from being there, with the button that mends it."""
    error = preferences.standing().error
    if error is not None and error.remedy != SET_UP:
        draw_problem(layout, of_error(error), dismissable=False)
        return
    column = layout.box().column()
    words = "Lifting needs a backend that is not set up yet: Python with PyTorch, in a folder of its own."
    paragraph(column, words, icon="INFO")
    row = column.row()
    row.scale_y = 1.4
    row.operator("lift3d.set_up_backend", text="Set Up Backend")
    if reason := set_up_backend.why_not():
        paragraph(column, f"{reason}.", icon="ERROR")
        if not (bpy.app.online_access or bpy.app.online_access_override):
            column.prop(context.preferences.system, "use_online_access")


CLASSES = (LIFT3D_PT_main,)
