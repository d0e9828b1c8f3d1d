# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring a finished lift that waits into the scene that is open now."""

import bpy

from .. import session
from ..jobs import JobError, problem
from .needs import NeedsResult


class LIFT3D_OT_add_result(NeedsResult, bpy.types.Operator):
    """Add the character of the finished lift to this scene"""

    bl_idname = "lift3d.add_result"
    bl_label = "Add to This Scene"

    def execute(self, context):
        try:
            session.add_result(context)
        except JobError as error:
            session.show_problem(problem.of_error(error))
            self.report({"WARNING"}, session.problem.sentence)
            return {"CANCELLED"}
        return {"FINISHED"}


CLASSES = (LIFT3D_OT_add_result,)
