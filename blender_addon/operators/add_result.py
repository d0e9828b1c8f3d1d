# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring a finished lift that waits into the scene that is open now."""

import bpy

from .. import session
from ..jobs import JobError
from .needs import NeedsResult
from .refusal import refused


class LIFT3D_OT_add_result(NeedsResult, bpy.types.Operator):
    """Add the character of the finished lift to this scene"""

    bl_idname = "lift3d.add_result"
    bl_label = "Add to This Scene"

    def execute(self, context):
        try:
            session.add_result(context)
        except JobError as error:
            return refused(self, error)
        return {"FINISHED"}


CLASSES = (LIFT3D_OT_add_result,)
