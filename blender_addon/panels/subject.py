# SPDX-License-Identifier: GPL-3.0-or-later
"""What of the clip is lifted, and what is known of the subject and of the camera that filmed it."""

import bpy

from .. import preferences
from ..drawing.text import paragraph
from ..scene.film_background import lens_words
from ..session import film_camera
from ..settings import chosen_clip


class LIFT3D_PT_subject(bpy.types.Panel):
    """Which part of the clip is lifted, and what is known of the body and the camera"""

    bl_idname = "LIFT3D_PT_subject"
    bl_label = "Subject and Camera"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Lift to 3D"
    bl_parent_id = "LIFT3D_PT_main"
    bl_order = 10
    bl_options = {"DEFAULT_CLOSED"}

    @classmethod
    def poll(cls, context):
        return preferences.backend_ready() and bool(context.scene.lift3d.clip)

    def draw(self, context):
        settings = context.scene.lift3d
        facts = chosen_clip.clip_facts(settings)
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        layout.prop(settings, "subject")
        if settings.subject == "CAT":
            _known(layout, settings, "know_withers", "withers")
        else:
            _known(layout, settings, "know_height", "height")
        if settings.subject == "HUMAN_BOX":
            _known(layout, settings, "know_box_size", "box_size")
        _known(layout, settings, "know_focal", "focal").operator("lift3d.take_focal", text="", icon="CAMERA_DATA")
        if facts and facts.focal and not settings.know_focal and settings.movie_clip is None:
            layout.label(text=f"{facts.focal:.0f} px, as the clip says", icon="CAMERA_DATA")
        _draw_film(layout, settings)
        # What nearly every file says is asked for only where this one does not say it, or cannot be read without it.
        if settings.know_fps or (facts and not facts.fps_known):
            _known(layout, settings, "know_fps", "fps")
        found = chosen_clip.inspection(settings)
        if settings.know_image_size or (facts and not facts.image_size_known) or (found and found.problem):
            _known(layout, settings, "know_image_size", "image_size")
        layout.prop(settings, "use_range")
        if settings.use_range:
            column = layout.column(align=True)
            column.prop(settings, "first_frame", text="First")
            column.prop(settings, "last_frame", text="Last")
        layout.prop(settings, "footage")
        if facts and facts.video and not settings.footage:
            layout.operator("lift3d.use_found_footage", icon="FILE_MOVIE")


def _draw_film(layout, settings) -> None:
    """Blender's own clip of the film, and what of its camera the lift takes."""
    film = settings.movie_clip
    layout.prop(settings, "movie_clip")
    if film is not None:
        paragraph(layout, lens_words(film), icon="INFO")
    layout.prop(settings, "camera_motion")
    if settings.camera_motion != film_camera.FOUND:
        layout.prop(settings, "in_scene")
    if settings.camera_motion == film_camera.SOLVE and not (film and film.tracking.reconstruction.is_valid):
        paragraph(layout, "The Movie Clip has no solved camera yet.", icon="ERROR")


def _known(layout, settings, known: str, value: str) -> bpy.types.UILayout:
    """A tick and the value that it makes count, in one row; the row."""
    row = layout.row(heading=settings.bl_rna.properties[value].name)
    row.prop(settings, known, text="")
    field = row.column(align=True)
    field.active = getattr(settings, known)
    field.prop(settings, value, text="")
    return row


CLASSES = (LIFT3D_PT_subject,)
