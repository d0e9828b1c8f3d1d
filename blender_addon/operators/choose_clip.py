# SPDX-License-Identifier: GPL-3.0-or-later
"""Choose the clip to lift in the file browser: a file, a video, or the folder of an OpenPose clip."""

from pathlib import Path

import bpy
from bpy.props import StringProperty

from ..core.file_kind import CLIP_ENDINGS, clip_of, is_motion
from ..drawing.text import paragraph
from ..settings import chosen_clip


class LIFT3D_OT_choose_clip(bpy.types.Operator):
    """Choose a video, or a clip of 2D keypoints: a file, or a folder of OpenPose files with one for each frame"""

    bl_idname = "lift3d.choose_clip"
    bl_label = "Choose Clip"
    bl_options = {"REGISTER", "UNDO"}

    filepath: StringProperty(
        name="Clip",
        description="Video, clip of 2D keypoints (JSON, .npz, DeepLabCut, SLEAP), or an OpenPose folder",
        subtype="FILE_PATH",
    )
    filter_glob: StringProperty(default=";".join(f"*{each}" for each in CLIP_ENDINGS), options={"HIDDEN"})

    def invoke(self, context, event):
        self.filepath = chosen_clip.clip_path(context.scene.lift3d)
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def draw(self, context):
        paragraph(self.layout, "For an OpenPose clip go into its folder, or choose any of its files.", icon="INFO")

    def execute(self, context):
        if not self.filepath:
            self.report({"ERROR"}, "No clip was chosen: expected a video, a keypoint file or an OpenPose folder")
            return {"CANCELLED"}
        path = Path(bpy.path.abspath(self.filepath))
        if not path.exists():
            self.report({"ERROR"}, f"{path} does not exist: choose a video, a keypoint file or an OpenPose folder")
            return {"CANCELLED"}
        if is_motion(path):
            self.report({"ERROR"}, f"{path.name} is a motion and no clip: bring it in by Import Motion")
            return {"CANCELLED"}
        clip = clip_of(path)
        context.scene.lift3d.clip = str(clip)
        if clip != path:
            self.report({"INFO"}, f"{path.name} is one frame of a clip: its whole folder was chosen")
        return {"FINISHED"}


CLASSES = (LIFT3D_OT_choose_clip,)
