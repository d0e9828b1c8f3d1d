# SPDX-License-Identifier: GPL-3.0-or-later
"""A problem as a box: what has gone wrong, a button that mends it where there is one, and a report to copy."""

import bpy

from ..jobs.problem import CHOOSE_BASE, CHOOSE_PYTHON, REPAIR, SET_UP, USE_CPU, Problem
from .text import paragraph

_LONGEST = 400  # characters of a sentence that are shown; the report holds all

# The button for each remedy: operator, text, icon.
_REMEDIES = {
    SET_UP: ("lift3d.set_up_backend", "Set Up Backend", "IMPORT"),
    REPAIR: ("lift3d.repair_backend", "Repair Backend", "TOOL_SETTINGS"),
    CHOOSE_PYTHON: ("lift3d.open_preferences", "Open Preferences", "PREFERENCES"),
    CHOOSE_BASE: ("lift3d.open_preferences", "Open Preferences", "PREFERENCES"),
    USE_CPU: ("lift3d.use_cpu", "Use the Processor", "MEMORY"),
}


def draw_problem(layout: bpy.types.UILayout, problem: Problem | None, dismissable: bool = True) -> None:
    """The box, or nothing when there is no problem. dismissable: it is the session's, which can be seen off."""
    if problem is None:
        return
    box = layout.box()
    column = box.column()
    words = column.column()
    words.alert = True
    paragraph(words, _short(problem.sentence), icon="ERROR")
    if problem.remedy in _REMEDIES:
        operator, text, icon = _REMEDIES[problem.remedy]
        column.operator(operator, text=text, icon=icon)
    if dismissable:
        row = column.row(align=True)
        row.operator("lift3d.copy_report", icon="COPYDOWN")
        row.operator("lift3d.dismiss_problem", text="", icon="X")


def _short(sentence: str) -> str:
    return sentence if len(sentence) <= _LONGEST else sentence[:_LONGEST].rsplit(" ", 1)[0] + " …"
