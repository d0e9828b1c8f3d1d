# SPDX-License-Identifier: GPL-3.0-or-later
"""Write one character into a file for another program."""

from pathlib import Path

import bpy
from bpy.props import BoolProperty, EnumProperty, StringProperty

from ..core import CoreError
from ..scene.find_character import active_character
from .needs import NeedsCharacter

_FORMATS = (
    ("fbx", "FBX", "For game engines and most animation programs: skeleton, skin and motion"),
    ("bvh", "BVH", "Skeleton and motion alone, as text; Y up"),
    ("glb", "glTF Binary", "For the web and game engines: skeleton, skin and motion"),
    ("usd", "USD", "For pipelines: skeleton, skin and motion"),
)


class LIFT3D_OT_export_character(NeedsCharacter, bpy.types.Operator):
    """Write the character with the take it plays, and nothing else of the scene, at the clip's frame rate"""

    bl_idname = "lift3d.export_character"
    bl_label = "Export Character"

    filepath: StringProperty(name="File", description="The file to write", subtype="FILE_PATH")
    filter_glob: StringProperty(default="*.fbx;*.bvh;*.glb;*.usd", options={"HIDDEN"})
    check_existing: BoolProperty(default=True, options={"HIDDEN"})
    kind: EnumProperty(name="Format", description="The kind of file to write", items=_FORMATS)

    def invoke(self, context, event):
        blend = Path(bpy.data.filepath)
        folder = blend.parent if bpy.data.is_saved else Path.home()
        name = bpy.path.clean_name(active_character(context).name)
        self.filepath = str(folder / f"{name}.{self.kind}")
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def check(self, context):
        """Called by the file browser: the name's ending follows the format."""
        before, self.filepath = self.filepath, str(self._path())
        return self.filepath != before

    def draw(self, context):
        self.layout.prop(self, "kind")

    def execute(self, context):
        from ..scene.export import export

        path = self._path()
        try:
            export(path, self.kind, active_character(context))
        except CoreError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        self.report({"INFO"}, f"wrote {path}")
        return {"FINISHED"}

    def _path(self) -> Path:
        """The file with the ending of the format: in the place of another format's, or added."""
        path = Path(bpy.path.abspath(self.filepath))
        name = path.stem if path.suffix.lower().lstrip(".") in {kind for kind, _, _ in _FORMATS} else path.name
        return path.with_name(f"{name or 'character'}.{self.kind}")


CLASSES = (LIFT3D_OT_export_character,)
