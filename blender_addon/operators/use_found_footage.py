# SPDX-License-Identifier: GPL-3.0-or-later
"""Take the film that lies beside the clip as its footage."""

import bpy

from ..settings import chosen_clip


class LIFT3D_OT_use_found_footage(bpy.types.Operator):
    """Show the film that was found beside the clip behind the character"""

    bl_idname = "lift3d.use_found_footage"
    bl_label = "Use the Film Found"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context):
        facts = chosen_clip.clip_facts(context.scene.lift3d)
        if not (facts and facts.video):
            cls.poll_message_set("No film of the clip's name lies beside it")
            return False
        return True

    def execute(self, context):
        settings = context.scene.lift3d
        settings.footage = chosen_clip.clip_facts(settings).video
        return {"FINISHED"}


CLASSES = (LIFT3D_OT_use_found_footage,)
