# SPDX-License-Identifier: GPL-3.0-or-later
"""Open the preferences of the extension, where the backend's Python is chosen."""

import bpy

from .. import folders


class LIFT3D_OT_open_preferences(bpy.types.Operator):
    """Open the preferences of Lift to 3D, where the backend's Python and its device are chosen"""

    bl_idname = "lift3d.open_preferences"
    bl_label = "Open Preferences"

    @classmethod
    def poll(cls, context):
        if folders.ROOT not in context.preferences.addons:
            cls.poll_message_set("Lift to 3D is not enabled as an add-on, so it has no preferences")
            return False
        return True

    def execute(self, context):
        return bpy.ops.preferences.addon_show(module=folders.ROOT)


CLASSES = (LIFT3D_OT_open_preferences,)
