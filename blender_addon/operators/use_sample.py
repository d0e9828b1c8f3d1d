# SPDX-License-Identifier: GPL-3.0-or-later
"""Choose the clip that comes with the extension, to try everything at once."""

import bpy

from .. import places

SAMPLE = "assets/clips/walk_and_wave.json"
FOCAL = 1400.0  # pixels, of the camera that filmed it (assets/clips/README.md)


class LIFT3D_OT_use_sample(bpy.types.Operator):
    """Choose the clip that comes with Lift to 3D, four seconds of somebody who walks and waves, and its focal length"""

    bl_idname = "lift3d.use_sample"
    bl_label = "Try the Sample Clip"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context):
        sample = places.find(SAMPLE)
        if not sample.is_file():
            self.report({"ERROR"}, f"The sample clip {sample} is missing: install the extension again")
            return {"CANCELLED"}
        settings = context.scene.lift3d
        settings.clip = str(sample)
        settings.know_focal, settings.focal, settings.is_sample = True, FOCAL, True
        return {"FINISHED"}


CLASSES = (LIFT3D_OT_use_sample,)
