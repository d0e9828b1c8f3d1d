# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the tracks of a Movie Clip that are to be filled in."""

import bpy

from ..scene.tracks import add_tracks, open_film
from ..settings.track_settings import tracked_of
from .needs import NeedsFilm


class LIFT3D_OT_add_tracks(NeedsFilm, bpy.types.Operator):
    """Add a track for every keypoint that has none yet, to be placed and tracked"""

    bl_idname = "lift3d.add_tracks"
    bl_label = "Add Keypoint Tracks"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context):
        clip = open_film(context)
        made = add_tracks(clip, tracked_of(clip), context.scene.frame_current - clip.frame_start + 1)
        if not made:
            self.report({"INFO"}, "There is a track for every keypoint already")
            return {"CANCELLED"}
        self.report({"INFO"}, f"{len(made)} tracks were added: place them, track them, then use them as the clip")
        return {"FINISHED"}


CLASSES = (LIFT3D_OT_add_tracks,)
