# SPDX-License-Identifier: GPL-3.0-or-later
"""Start the lift of the chosen clip; it goes on beside Blender."""

import bpy
from bpy.props import BoolProperty

from .. import session
from ..jobs import JobError
from ..session.runs import WAITING
from ..settings import chosen_clip
from .refusal import refused


class LIFT3D_OT_lift(bpy.types.Operator):
    """Lift the chosen clip to an animated character. Blender stays free for other work meanwhile"""

    bl_idname = "lift3d.lift"
    bl_label = "Lift to 3D"

    new_take: BoolProperty(
        name="New Take",
        description="Take the next seed first, for another guess at the same motion",
        options={"HIDDEN"},
    )

    @classmethod
    def description(cls, context, given):
        return "Lift the clip again with the next seed, as a further take" if given.new_take else cls.__doc__

    @classmethod
    def poll(cls, context):
        reason = chosen_clip.why_not_lift(context)
        if reason:
            cls.poll_message_set(reason)
        return not reason

    def execute(self, context):
        left = session.lift if session.lift and session.lift.state == WAITING else None
        try:
            session.start_lift(context, self.new_take)
        except JobError as error:
            return refused(self, error)
        if left:
            self.report({"WARNING"}, f"{left.motion.name} is in no scene yet: Import Motion brings it in")
        if self.new_take and not bpy.app.background:
            # The seed has moved on, and undoing the character that it leads to must not take that back too.
            bpy.ops.ed.undo_push(message="Next Seed")
        return {"FINISHED"}


CLASSES = (LIFT3D_OT_lift,)
