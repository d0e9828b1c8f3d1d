# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring a motion file into the scene: ours or AMASS's, with no backend."""

import contextlib
import os

import bpy
from bpy.props import BoolProperty, CollectionProperty, StringProperty

from .. import preferences
from ..core import CoreError
from ..core.body_file import read_body
from ..core.motion_file import read_motion

# What is undone there is a stroke, or the change into the mode: the rest of the file keeps what came after that, and
# the character would stay (seen in 4.2 to 5.0). A step of the whole file first helps; it costs one Ctrl-Z more.
_FORGETFUL_MODES = ("SCULPT", "PAINT_VERTEX", "PAINT_WEIGHT")


class LIFT3D_OT_import_motion(bpy.types.Operator):
    """Bring a saved motion into the scene as an animated character; needs no backend"""

    bl_idname = "lift3d.import_motion"
    bl_label = "Import Motion"
    bl_options = {"REGISTER", "UNDO"}

    filepath: StringProperty(name="Motion File", description="Motion to import, .npz", subtype="FILE_PATH")
    directory: StringProperty(subtype="DIR_PATH", options={"HIDDEN", "SKIP_SAVE"})
    files: CollectionProperty(type=bpy.types.OperatorFileListElement, options={"HIDDEN", "SKIP_SAVE"})
    filter_glob: StringProperty(default="*.npz", options={"HIDDEN"})
    footage: StringProperty(
        name="Footage",
        description="Video, or a picture of a sequence, to show behind the character in the camera view",
        subtype="FILE_PATH",
        options={"SKIP_SAVE"},
    )
    film: StringProperty(
        name="Movie Clip",
        description="Name of the Movie Clip that the motion is from, to be shown in place of the footage",
        options={"HIDDEN", "SKIP_SAVE"},
    )
    as_take: BoolProperty(
        name="As Take",
        description="Give a character of the same clip a further action instead of making a second character",
        default=True,
        options={"SKIP_SAVE"},
    )

    def draw(self, context):
        self.layout.prop(self, "as_take")
        if context.space_data is None or context.space_data.type != "FILE_BROWSER":  # which cannot open a second one
            self.layout.prop(self, "footage")

    def invoke(self, context, event):
        if not self.filepath:
            with contextlib.suppress(OSError):
                self.filepath = os.path.join(preferences.motions_folder(), "")
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context):
        from ..scene.arrival import bring_in_all

        folder = bpy.path.abspath(self.directory)
        paths = [os.path.join(folder, file.name) for file in self.files] if len(self.files) > 1 else [self.filepath]
        try:
            motions = [read_motion(bpy.path.abspath(path)) for path in paths]
            people = [(motion, read_body(motion.body_file, motion.family)) for motion in motions]
            if context.mode in _FORGETFUL_MODES and bpy.ops.ed.undo_push.poll():
                bpy.ops.ed.undo_push(message="Before Import Motion")
            film = bpy.data.movieclips.get(self.film)
            arrivals = bring_in_all(context.scene, people, self.footage, self.as_take, film)
        except CoreError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        if getattr(context.space_data, "local_view", None):
            names = " and ".join(arrival.armature.name for arrival in arrivals)
            self.report({"WARNING"}, f"{names} not in this local view: leave it to see what came")
        for warning in dict.fromkeys(text for arrival in arrivals for text in arrival.warnings):
            self.report({"WARNING"}, warning)
        self.report({"INFO"}, "; ".join(arrival.said for arrival in arrivals))
        return {"FINISHED"}


CLASSES = (LIFT3D_OT_import_motion,)
