# SPDX-License-Identifier: GPL-3.0-or-later
"""Take the bones from a map that came along or was saved."""

import bpy
from bpy.props import StringProperty

from ..core import CoreError


class LIFT3D_OT_load_bone_map(bpy.types.Operator):
    """Take the bones from this map"""

    bl_idname = "lift3d.load_bone_map"
    bl_label = "Load Bone Map"
    bl_options = {"REGISTER", "UNDO"}

    filepath: StringProperty(name="Bone Map", description="Bone map to load, .json", subtype="FILE_PATH")
    filter_glob: StringProperty(default="*.json", options={"HIDDEN"})

    def invoke(self, context, event):
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context):
        from ..core.retarget.bone_map import read_map
        from ..settings.retarget_settings import show_map

        settings = context.scene.lift3d_retarget
        try:
            bones = read_map(bpy.path.abspath(self.filepath))
        except CoreError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        show_map(settings, bones)
        missing = bones.missing(settings.rig.data.bones.keys()) if settings.rig else []
        if missing:
            self.report({"WARNING"}, f"{settings.rig.name} has {len(missing)} of the map's bones not: {missing[0]} ...")
        return {"FINISHED"}


CLASSES = (LIFT3D_OT_load_bone_map,)
