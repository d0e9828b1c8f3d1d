# SPDX-License-Identifier: GPL-3.0-or-later
"""Files dropped on a 3D viewport: a motion is imported, a video or a clip of 2D keypoints is chosen."""

from pathlib import Path

import bpy
from bpy.props import CollectionProperty, StringProperty

from ..core.file_kind import CLIP_ENDINGS, clip_of, is_motion


class LIFT3D_OT_drop_clip(bpy.types.Operator):
    """Take files in: a saved motion becomes a character, a video or a file of 2D keypoints becomes the clip to lift"""

    bl_idname = "lift3d.drop_clip"
    bl_label = "Take In Motion or Keypoints"
    bl_options = {"REGISTER", "UNDO", "INTERNAL"}

    filepath: StringProperty(
        name="File", description="Motion, clip or video", subtype="FILE_PATH", options={"SKIP_SAVE"}
    )
    directory: StringProperty(
        name="Folder", description="Folder of the files", subtype="DIR_PATH", options={"SKIP_SAVE", "HIDDEN"}
    )
    files: CollectionProperty(
        name="Files",
        description="Names of the files in the folder",
        type=bpy.types.OperatorFileListElement,
        options={"SKIP_SAVE", "HIDDEN"},
    )

    def execute(self, context):
        paths = [Path(self.directory, file.name) for file in self.files] or [Path(bpy.path.abspath(self.filepath))]
        motions = [path for path in paths if is_motion(path)]
        clips = list(dict.fromkeys(clip_of(path) for path in paths if path not in motions))
        imported = [path for path in motions if self._imported(path)]
        if clips:
            context.scene.lift3d.clip = str(clips[0])
        if len(clips) > 1:
            self.report({"WARNING"}, f"{clips[0].name} was chosen: one clip is lifted at a time, and {len(clips)} came")
        return {"FINISHED"} if imported or clips else {"CANCELLED"}

    def _imported(self, path: Path) -> bool:
        try:
            return bpy.ops.lift3d.import_motion("EXEC_DEFAULT", filepath=str(path)) == {"FINISHED"}
        except RuntimeError as error:  # its report: one line that begins with "Error: "
            self.report({"ERROR"}, str(error).strip().removeprefix("Error: "))
            return False


class LIFT3D_FH_drop(bpy.types.FileHandler):
    """Motions, videos and clips of 2D keypoints, dropped on a 3D viewport"""

    bl_idname = "LIFT3D_FH_drop"
    bl_label = "Motion, video or 2D keypoints"
    bl_import_operator = "lift3d.drop_clip"
    bl_file_extensions = ";".join(CLIP_ENDINGS)

    @classmethod
    def poll_drop(cls, context):
        return context.area is not None and context.area.type == "VIEW_3D"


CLASSES = (LIFT3D_OT_drop_clip, LIFT3D_FH_drop)
