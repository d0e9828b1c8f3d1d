# SPDX-License-Identifier: GPL-3.0-or-later
"""The clip's part of the panel: the field, and what the clip was recognised as before anything is lifted."""

import bpy

from ..core.clip_facts import ClipFacts
from ..drawing.problem import draw_problem
from ..drawing.text import paragraph
from ..settings import chosen_clip
from ..settings.lift_settings import Lift3DSettings

_MOST_WARNINGS = 3


def draw_clip(layout: bpy.types.UILayout, settings: Lift3DSettings) -> None:
    """The field and, of a chosen clip, what is known of it."""
    row = layout.row(align=True)
    row.prop(settings, "clip", text="", placeholder="Video or 2D keypoints")
    row.operator("lift3d.choose_clip", text="", icon="FILEBROWSER")
    if not settings.clip:
        layout.operator("lift3d.use_sample", icon="OUTLINER_OB_ARMATURE")
        return
    found = chosen_clip.inspection(settings)
    if found is None:
        layout.operator("lift3d.read_clip", text="Read the Clip", icon="VIEWZOOM")
    elif found.problem:
        draw_problem(layout, found.problem, dismissable=False)
        layout.operator("lift3d.read_clip", text="Read Again", icon="FILE_REFRESH")
    elif facts := chosen_clip.clip_facts(settings):
        _draw_facts(layout.box(), settings, facts)
    else:
        layout.box().label(text="Reading the clip", icon="SORTTIME")


def _draw_facts(box: bpy.types.UILayout, settings: Lift3DSettings, facts: ClipFacts) -> None:
    person = facts.person(settings.person)
    what, amount, whole = facts.lines(settings.person)
    column = box.column(align=True)
    row = column.row()
    row.label(text=what, icon="CHECKMARK")
    row.operator("lift3d.read_clip", text="", icon="FILE_REFRESH", emboss=False)
    paragraph(column, amount, icon="COMMUNITY" if len(facts.people) > 1 else "USER")
    paragraph(column, whole, icon="GROUP_VERTEX")
    if len(facts.people) > 1 or facts.is_video:
        box.prop(settings, "all_people", icon="COMMUNITY")
    if settings.all_people:
        if facts.is_video:
            box.prop(settings, "people")
    elif len(facts.people) > 1:
        box.prop(settings, "person_choice", text="", icon="USER")
    elif facts.is_video:
        box.prop(settings, "person")
    if not facts.subject:
        box.prop(settings, "subject", text="")
    reason = facts.reason or (person.reason if person else "") or chosen_clip.wrong_subject(settings)
    if reason:
        words = box.column()
        words.alert = True
        paragraph(words, reason[0].upper() + reason[1:], icon="ERROR")
    for warning in facts.warnings[:_MOST_WARNINGS]:
        paragraph(box, warning, icon="INFO")
