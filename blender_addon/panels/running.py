# SPDX-License-Identifier: GPL-3.0-or-later
"""A lift under way: its stage, how far it is, the time left and Cancel; and one that waits to be added to a scene."""

import bpy

from ..core import progress_words
from ..drawing.text import paragraph
from ..session import LiftRun
from ..session.runs import CANCELLING


def draw_running(layout: bpy.types.UILayout, run: LiftRun) -> None:
    """The stage over its bar, the time left beside Cancel."""
    job = run.job
    column = layout.column()
    column.label(text=_stage(run), icon="SORTTIME")
    column.progress(factor=progress_words.share(job.done, job.total), text=progress_words.count(job.done, job.total))
    row = column.row()
    row.label(text="" if run.state == CANCELLING else progress_words.time_left(job.seconds_left))
    row.operator("lift3d.cancel", icon="X")
    if job.stalled:
        paragraph(column, "There has been no news of it for a while. Cancel if it does not go on.", icon="INFO")


def draw_waiting(layout: bpy.types.UILayout, run: LiftRun) -> None:
    """A finished lift that is in no scene yet, and the button that brings it into this one."""
    box = layout.box()
    paragraph(box, f"The lift of {run.clip.name} is done. {run.why_waiting}.", icon="CHECKMARK")
    row = box.row()
    row.scale_y = 1.4
    row.operator("lift3d.add_result", icon="ARMATURE_DATA")
    row.operator("lift3d.leave_result", text="", icon="X")


def _stage(run: LiftRun) -> str:
    if run.state == CANCELLING:
        return "Cancelling"
    if run.job.waiting:
        return "Waiting for its turn"
    return run.job.stage or "Starting the backend"
