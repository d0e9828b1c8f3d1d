# SPDX-License-Identifier: GPL-3.0-or-later
"""How the keypoints of a video are found, and how they lie over its frames, before anything is lifted."""

import bpy

from .. import preferences
from ..core import progress_words
from ..core.detector_options import MEDIAPIPE
from ..drawing.frame_picture import draw_frame
from ..drawing.text import paragraph
from ..session import detecting, fetching, previewing
from ..session.runs import CANCELLING
from ..settings import chosen_clip

_MOST_DOUBTS = 4


class LIFT3D_PT_detection(bpy.types.Panel):
    """What finds the keypoints of a video, and a look at them over its frames"""

    bl_idname = "LIFT3D_PT_detection"
    bl_label = "Detection"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Lift to 3D"
    bl_parent_id = "LIFT3D_PT_main"
    bl_order = 5
    bl_options = {"DEFAULT_CLOSED"}

    @classmethod
    def poll(cls, context):
        settings = context.scene.lift3d
        known = chosen_clip.clip_facts(settings) is not None and chosen_clip.film(settings)
        return preferences.backend_ready() and bool(known or detecting.running())

    def draw(self, context):
        settings, how = context.scene.lift3d, context.scene.lift3d_detection
        facts, layout = chosen_clip.clip_facts(settings), self.layout
        if detecting.running():
            _draw_running(layout, detecting.detection)
            _draw_picture(layout, previewing.of_clip(detecting.detection.video))
        elif facts is not None and facts.is_video:
            _draw_detector(layout, how)
            if how.detector != MEDIAPIPE and not how.box_model:
                _draw_picture(layout, previewing.of_clip(chosen_clip.clip_path(settings)))
            layout.operator("lift3d.detect", icon="VIEWZOOM")
        elif facts is not None:
            _draw_clip(layout, settings, how)


def _draw_detector(layout, how):
    column = layout.column()
    column.use_property_split = True
    column.use_property_decorate = False
    column.prop(how, "detector", text="Find by")
    if how.detector != MEDIAPIPE:
        column.prop(how, "pose_model")
        column.prop(how, "box_model")
        if not how.box_model:
            column.prop(how, "box")
    column.prop(how, "people")
    if how.detector != MEDIAPIPE:
        _draw_models(layout)


def _draw_models(layout):
    """The models that can be fetched, each with what the user should know before the click."""
    if fetching.running():
        job = fetching.fetch
        box = layout.box()
        box.label(text="Cancelling" if fetching.cancelling() else f"Fetching {fetching.name}", icon="SORTTIME")
        megabytes = f"{job.done / 1000:.0f} of {job.total / 1000:.0f} MB" if job.total else ""
        box.progress(factor=progress_words.share(job.done, job.total), text=megabytes)
        box.operator("lift3d.cancel_fetch", icon="X")
        return
    if fetching.offer is None:
        layout.operator("lift3d.look_for_models", icon="IMPORT")
        return
    for model in fetching.offer.models:
        box = layout.box().column()
        row = box.row()
        row.label(text=model["name"], icon="CHECKMARK" if model["path"] else "BLANK1")
        word = "use_fetched" if model["path"] else "fetch_model"
        row.operator(f"lift3d.{word}", text="Use" if model["path"] else "Fetch...").name = model["name"]
        paragraph(box, f"{model['megabytes']:g} MB, {model['licence']}. {model['about']}.")
    if not fetching.offer.models:
        paragraph(layout, "The catalogue has no model to fetch by name.", icon="INFO")
    for row in fetching.offer.elsewhere:
        paragraph(layout, f"To be had elsewhere: {row['about']}.")
    paragraph(layout, f"Models are kept in {fetching.offer.folder}.")


def _draw_running(layout, run):
    job = run.job
    column = layout.column()
    stage = "Cancelling" if run.state == CANCELLING else job.stage or "Starting the backend"
    column.label(text=stage, icon="SORTTIME")
    column.progress(factor=progress_words.share(job.done, job.total), text=progress_words.count(job.done, job.total))
    row = column.row()
    row.label(text="" if run.state == CANCELLING else progress_words.time_left(job.seconds_left))
    row.operator("lift3d.cancel_detection", icon="X")


def _draw_clip(layout, settings, how):
    shown = previewing.of_clip(chosen_clip.clip_path(settings))
    _draw_picture(layout, shown)
    if shown is None or shown.pixels is None:
        layout.operator("lift3d.preview_frame", icon="HIDE_OFF")
    else:
        layout.prop(how, "frame")
        for doubt in shown.doubts[:_MOST_DOUBTS]:
            paragraph(layout, doubt, icon="ERROR")
        if not shown.doubts:
            paragraph(layout, "Nothing speaks against lifting it.", icon="CHECKMARK")
    layout.operator("lift3d.detect_again", icon="LOOP_BACK")


def _draw_picture(layout, shown):
    if shown is None:
        return
    if shown.problem:
        paragraph(layout, shown.problem, icon="ERROR")
    if shown.pixels is not None:
        draw_frame(layout, shown.number, shown.pixels)
        layout.label(text=f"Frame {shown.frame}" + (f" of {shown.first} to {shown.last}" if shown.last else ""))


CLASSES = (LIFT3D_PT_detection,)
