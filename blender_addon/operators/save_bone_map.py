# SPDX-License-Identifier: GPL-3.0-or-later
"""Save the bones as a map that can be loaded for every rig of the kind."""

import dataclasses

import bpy
from bpy.props import StringProperty

from ..core import CoreError
from ..folders import BONE_MAPS, user_folder


class LIFT3D_OT_save_bone_map(bpy.types.Operator):
    """Save the matched bones as a preset of your own, for other rigs with the same bones"""

    bl_idname = "lift3d.save_bone_map"
    bl_label = "Save Bone Map"

    name: StringProperty(name="Name", description="Name of the preset in the list of bone maps")

    def invoke(self, context, event):
        settings = context.scene.lift3d_retarget
        self.name = settings.rig.name if settings.rig else settings.map_name
        return context.window_manager.invoke_props_dialog(self)

    def execute(self, context):
        from ..core.retarget.bone_map import write_map
        from ..settings.retarget_settings import read_rows

        name = self.name.strip()
        if not name:
            self.report({"ERROR"}, "the bone map has no name; give it one")
            return {"CANCELLED"}
        try:
            bones = dataclasses.replace(read_rows(context.scene.lift3d_retarget), name=name)
            path = user_folder(BONE_MAPS) / f"{bpy.path.clean_name(name)}.json"
            write_map(path, bones)
        except (CoreError, OSError) as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        context.scene.lift3d_retarget.map_name = name
        self.report({"INFO"}, f"saved {path}")
        return {"FINISHED"}


CLASSES = (LIFT3D_OT_save_bone_map,)
