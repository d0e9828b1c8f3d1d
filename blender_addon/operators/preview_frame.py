# SPDX-License-Identifier: GPL-3.0-or-later
"""Show a frame of the clip's film with the clip's keypoints."""

import bpy

from .. import preferences
from ..settings import chosen_clip, detection_settings


class LIFT3D_OT_preview_frame(bpy.types.Operator):
    """Show the clip's keypoints over a frame of its film, and tell what speaks against lifting them"""

    bl_idname = "lift3d.preview_frame"
    bl_label = "Show the Keypoints"

    @classmethod
    def poll(cls, context):
        settings = context.scene.lift3d
        facts = chosen_clip.clip_facts(settings)
        if not preferences.backend_ready() or facts is None or facts.is_video or not chosen_clip.film(settings):
            cls.poll_message_set("Choose a clip of keypoints whose film is known: see Subject and Camera")
            return False
        return True

    def execute(self, context):
        facts = chosen_clip.clip_facts(context.scene.lift3d)
        how = context.scene.lift3d_detection
        if not facts.first_frame <= how.frame <= facts.last_frame:
            how.frame = facts.first_frame + facts.frames // 3  # which has it shown
        else:
            detection_settings.look(context.scene)
        return {"FINISHED"}


CLASSES = (LIFT3D_OT_preview_frame,)
