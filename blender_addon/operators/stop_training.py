# SPDX-License-Identifier: GPL-3.0-or-later
"""Stop the training that runs, so that it can go on later."""

import bpy

from ..session import training


class LIFT3D_OT_stop_training(bpy.types.Operator):
    """Stop the training. Where it stands is saved, and Resume goes on from there"""

    bl_idname = "lift3d.stop_training"
    bl_label = "Stop"

    @classmethod
    def poll(cls, context):
        if training.live is None:
            cls.poll_message_set("No training is running")
        elif training.live.stopping:
            cls.poll_message_set("It is saving where it stands")
        return training.live is not None and not training.live.stopping

    def execute(self, context):
        training.stop()
        return {"FINISHED"}


CLASSES = (LIFT3D_OT_stop_training,)
