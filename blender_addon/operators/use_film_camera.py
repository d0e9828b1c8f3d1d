# SPDX-License-Identifier: GPL-3.0-or-later
"""Take the lens of a Movie Clip, and its solved camera if it has one, for the lift."""

import bpy

from ..scene.tracks import open_film
from ..session import film_camera
from .needs import NeedsFilm


class LIFT3D_OT_use_film_camera(NeedsFilm, bpy.types.Operator):
    """Lift with this film's lens, and with its solved camera if it has one"""

    bl_idname = "lift3d.use_film_camera"
    bl_label = "Use This Film's Camera"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context):
        film, settings = open_film(context), context.scene.lift3d
        if not settings.clip:
            settings.clip = bpy.path.abspath(film.filepath)
        settings.movie_clip = film  # after the clip, with which it changes
        solved = film.tracking.reconstruction.is_valid
        if solved:
            settings.camera_motion = film_camera.SOLVE
        elif settings.camera_motion == film_camera.SOLVE:
            settings.camera_motion = film_camera.FOUND
        words = "lens and solved camera" if solved else "lens; its camera is not solved"
        self.report({"INFO"}, f"The lift takes the film's {words}")
        return {"FINISHED"}


CLASSES = (LIFT3D_OT_use_film_camera,)
