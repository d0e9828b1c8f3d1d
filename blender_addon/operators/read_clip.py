# SPDX-License-Identifier: GPL-3.0-or-later
"""Have the chosen clip recognised, again if its file has changed."""

import bpy

from ..settings import chosen_clip


class LIFT3D_OT_read_clip(bpy.types.Operator):
    """Read the clip's file and tell what is in it; again after the file has changed"""

    bl_idname = "lift3d.read_clip"
    bl_label = "Read the Clip"

    @classmethod
    def poll(cls, context):
        if not context.scene.lift3d.clip:
            cls.poll_message_set("Choose a clip first")
            return False
        return True

    def execute(self, context):
        chosen_clip.read_clip(context.scene.lift3d)
        return {"FINISHED"}


CLASSES = (LIFT3D_OT_read_clip,)
