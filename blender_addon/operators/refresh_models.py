# SPDX-License-Identifier: GPL-3.0-or-later
"""Look for trained models again."""

import bpy

from ..session import models_at_hand


class LIFT3D_OT_refresh_models(bpy.types.Operator):
    """Look again which trained models there are, after one was copied into the models folder or taken out"""

    bl_idname = "lift3d.refresh_models"
    bl_label = "Refresh Models"

    def execute(self, context):
        models_at_hand.refresh()
        count = len(models_at_hand.models())
        self.report({"INFO"}, f"{count} model{'s' * (count != 1)} found")
        return {"FINISHED"}


CLASSES = (LIFT3D_OT_refresh_models,)
