# SPDX-License-Identifier: GPL-3.0-or-later
"""Train a model of one's own: what from and how large, then how it goes, and what became of earlier runs."""

from pathlib import Path

import bpy

from .. import preferences
from ..core import progress_words, training_words
from ..core.curve import names
from ..drawing.curve_picture import colour_icon, draw_picture
from ..drawing.text import fact, paragraph
from ..jobs.training_runs import ELSEWHERE, FAILED, FINISHED, RUNNING, STOPPED
from ..session import training
from ..settings import training_settings

_MOST_WARNINGS = 3


class LIFT3D_PT_training(bpy.types.Panel):
    """Train a model of your own on 2D clips, stop and resume it, and use it"""

    bl_idname = "LIFT3D_PT_training"
    bl_label = "Train a Model"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Lift to 3D"
    bl_parent_id = "LIFT3D_PT_main"
    bl_order = 80
    bl_options = {"DEFAULT_CLOSED"}

    @classmethod
    def poll(cls, context):
        return preferences.backend_ready()

    def draw(self, context):
        settings, layout = context.window_manager.lift3d_training, self.layout
        if training.live is None:
            _draw_new(layout, settings)
        run = training.find(settings.run_name)
        if run is not None:
            _draw_run(layout.box(), settings, run)


def _draw_new(layout, settings) -> None:
    column = layout.column()
    column.use_property_split = True
    column.use_property_decorate = False
    column.prop(settings, "subject")
    if settings.subject == "CAT":
        column.prop(settings, "procedural")
    made_up = training_settings.made_up(settings)
    if made_up:
        column.prop(settings, "film")
    else:
        column.prop(settings, "clips")
    if settings.clips and not made_up:
        found = training_settings.found(settings)
        paragraph(column, found.sentence + ".", icon="CHECKMARK" if found.kind else "ERROR")
        if found.advice and settings.subject == "HUMAN":
            paragraph(column, found.advice, icon="INFO")
        if found.kind == "mocap":
            column.prop(settings, "film")
    column.prop(settings, "preset")
    paragraph(column, next(text for name, _, text in training_settings.PRESETS if name == settings.preset) + ".")
    clips = training_settings.clips(settings)
    column.prop(settings, "name", placeholder=Path(clips).name if clips or not made_up else settings.subject.lower())
    column.prop(settings, "seed")
    row = layout.row()
    row.scale_y = 1.4
    row.operator("lift3d.start_training", icon="PLAY")


def _draw_run(box, settings, run) -> None:
    row = box.row(align=True)
    row.prop(settings, "run", text="")
    row.operator("wm.path_open", text="", icon="FILE_FOLDER").filepath = str(run.folder)
    if run.state not in (RUNNING, ELSEWHERE):
        row.operator("lift3d.delete_training", text="", icon="TRASH").name = run.name
    size = next((label for name, label, _ in training_settings.PRESETS if name == run.preset), run.preset)
    facts = box.column(align=True)
    facts.scale_y = 0.8
    fact(facts, "Clips", Path(run.source).name or "Made-up motion")
    fact(facts, "Size", size)
    if training.live is not None and training.live.run is run:
        _draw_live(box, training.live)
    else:
        _draw_past(box, run)
    _draw_losses(box, run)
    for text in run.warnings[:_MOST_WARNINGS]:
        paragraph(box, text[:1].upper() + text[1:], icon="INFO")
    if len(run.warnings) > _MOST_WARNINGS:
        paragraph(box, f"And {len(run.warnings) - _MOST_WARNINGS} more notes.", icon="INFO")


def _draw_live(box, live) -> None:
    column = box.column()
    if live.stopping:
        paragraph(column, "Stopping: it saves where it stands", icon="SORTTIME")
    elif live.job.waiting:
        paragraph(column, "Waiting for the last training to end", icon="SORTTIME")
    else:
        paragraph(column, live.job.stage or "Starting the backend", icon="SORTTIME")
    done, total = live.job.done, live.job.total
    column.progress(factor=progress_words.share(done, total), text=progress_words.count(done, total))
    row = column.row()
    row.label(text="" if live.stopping else training_words.time_left(live.left, live.stage_left))
    row.operator("lift3d.stop_training", icon="PAUSE")
    if live.job.stalled:
        paragraph(column, "There has been no news of it for a while. Stop it if it does not go on.", icon="INFO")


def _draw_past(box, run) -> None:
    column = box.column()
    if run.state == ELSEWHERE:
        paragraph(column, "Another Blender is training it.", icon="SORTTIME")
        return
    if run.state == FINISHED:
        paragraph(column, f"Finished after {training_words.took(run.seconds)}. Its model is in the list of models.",
                  icon="CHECKMARK")  # fmt: skip
        column.operator("lift3d.use_model", icon="ARMATURE_DATA").folder = run.model
        return
    stands = training_words.where(run.stage, run.step, run.steps)
    if run.state == FAILED:
        words = column.column()
        words.alert = True
        paragraph(words, run.problem or "It failed.", icon="ERROR")
        if run.begun:
            paragraph(column, "Resume goes on from where it was last saved.")
    elif run.state == STOPPED:
        paragraph(column, f"Stopped in {stands}." if stands else "Stopped before it began.", icon="PAUSE")
    column.operator("lift3d.resume_training", icon="PLAY").name = run.name


def _draw_losses(box, run) -> None:
    title, rows, steps = training_words.shown_curve(training.history(run), run.stage, run.steps)
    if not rows:
        return
    draw_picture(box, (run.name, title, training.revision, len(rows)), rows, steps)
    column = box.column(align=True)
    column.scale_y = 0.8
    for number, name in enumerate(names(rows)):
        row = column.row()
        row.label(text=f"{title}: {training_words.loss_name(name).lower()}" if number == 0 else
                  training_words.loss_name(name), icon_value=colour_icon(number))  # fmt: skip
        value = row.row()
        value.alignment = "RIGHT"
        value.label(text=f"{rows[-1].get(name, float('nan')):.4g}")


CLASSES = (LIFT3D_PT_training,)
