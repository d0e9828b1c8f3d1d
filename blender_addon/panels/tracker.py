# SPDX-License-Identifier: GPL-3.0-or-later
"""The tab in the Movie Clip Editor: Blender's tracker as a detector of keypoints."""

import bpy

from ..drawing.text import paragraph
from ..scene.tracks import named_tracks
from ..settings.track_settings import tracked_of


class LIFT3D_PT_tracker(bpy.types.Panel):
    """Lift what was tracked by hand: tracks named after keypoints become the clip"""

    bl_label = "Lift to 3D"
    bl_idname = "LIFT3D_PT_tracker"
    bl_space_type = "CLIP_EDITOR"
    bl_region_type = "UI"
    bl_category = "Lift to 3D"

    @classmethod
    def poll(cls, context):
        return getattr(context.space_data, "type", "") == "CLIP_EDITOR"

    def draw(self, context):
        column = self.layout.column()
        clip = context.space_data.clip
        if clip is None:
            paragraph(column, "Open a film to track keypoints in", icon="INFO")
            return
        column.prop(clip.lift3d_tracks, "subject", text="")
        tracked = tracked_of(clip)
        count = len(named_tracks(clip, tracked))
        paragraph(column, f"{count} of {len(tracked.places)} keypoints have a track", icon="TRACKER")
        column.operator("lift3d.add_tracks", icon="ADD")
        column.operator("lift3d.use_tracks", icon="CHECKMARK")
        column.operator("lift3d.use_film_camera", icon="CAMERA_DATA")


CLASSES = (LIFT3D_PT_tracker,)
