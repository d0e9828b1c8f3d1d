# SPDX-License-Identifier: GPL-3.0-or-later
"""The motion onto a rig of the user's own: which motion, which rig, and which of its bones are which part of a body."""

import contextlib

import bpy

from ..core.retarget.presets import preset_files
from ..core.retarget.roles import HUMAN, NEEDED
from ..drawing.text import fact, paragraph
from ..folders import BONE_MAPS, user_path
from ..scene.character_facts import read_facts
from ..scene.find_character import active_character
from ..scene.grip import constrained
from ..scene.hold_box import who_follows
from ..settings.retarget_settings import row_words


class LIFT3D_MT_bone_maps(bpy.types.Menu):
    """Bone maps that came along, and those that were saved"""

    bl_idname = "LIFT3D_MT_bone_maps"
    bl_label = "Bone Maps"

    def draw(self, context):
        folders = []
        with contextlib.suppress(OSError):
            folders.append(user_path(BONE_MAPS))
        for name, path in preset_files(folders).items():
            label = name.replace("_", " ").title()
            self.layout.operator("lift3d.load_bone_map", text=label).filepath = str(path)
        self.layout.separator()
        self.layout.operator_context = "INVOKE_DEFAULT"
        self.layout.operator("lift3d.load_bone_map", text="From File", icon="FILE_FOLDER")


class _InSidebar:
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Lift to 3D"
    bl_options = {"DEFAULT_CLOSED"}


class LIFT3D_PT_retarget(_InSidebar, bpy.types.Panel):
    """Let a rig of your own play a lifted motion"""

    bl_idname = "LIFT3D_PT_retarget"
    bl_label = "Retarget"
    bl_order = 40

    def draw(self, context):
        settings = context.scene.lift3d_retarget
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        column = layout.column()
        column.prop(settings, "source", expand=True)
        column.prop(settings, "motion" if settings.source == "FILE" else "character")
        column.prop(settings, "rig")
        if settings.rig is None:
            return
        if settings.rig.pose is not None and constrained(settings.rig) and not who_follows(settings.rig):
            layout.operator("lift3d.free_rigs_hands", icon="X")
        row = layout.row(align=True)
        row.operator("lift3d.match_bones", icon="BONE_DATA")
        row.menu("LIFT3D_MT_bone_maps", text="", icon="PRESET")
        if settings.rows:
            row.operator("lift3d.save_bone_map", text="", icon="FILE_TICK")
            _draw_found(layout, settings)
            layout.prop(settings, "planted")
            if _has_box(context, settings):
                layout.prop(settings, "held")
            row = layout.row()
            row.scale_y = 1.4
            row.operator("lift3d.retarget", icon="ARMATURE_DATA")


class LIFT3D_PT_retarget_bones(_InSidebar, bpy.types.Panel):
    """Which bone of the rig is which part of the body"""

    bl_idname = "LIFT3D_PT_retarget_bones"
    bl_label = "Bones"
    bl_parent_id = "LIFT3D_PT_retarget"
    bl_order = 41

    @classmethod
    def poll(cls, context):
        settings = context.scene.lift3d_retarget
        return settings.rig is not None and bool(settings.rows)

    def draw(self, context):
        settings = context.scene.lift3d_retarget
        layout = self.layout
        layout.prop(settings, "family")
        bones, last = settings.rig.data.bones, None
        column = layout.column(align=True)
        for row in settings.rows:
            part = column.split(factor=0.42, align=True)
            part.label(text="" if row.role == last else row_words(row, settings.family), icon=_mark(row, bones))
            part.prop_search(row, "bone", settings.rig.data, "bones", text="")
            last = row.role


def _has_box(context, settings) -> bool:
    """Whether the motion may have a box; of a file that is only known when it is read."""
    if settings.source == "FILE":
        return settings.family == HUMAN
    facts = read_facts(settings.character or active_character(context))
    return facts is not None and facts.box_size is not None


def _mark(row, bones) -> str:
    """Whether a row's bone is there, as an icon."""
    if row.bone:
        return "CHECKMARK" if row.bone in bones else "ERROR"
    return "ERROR" if row.role in NEEDED else "BLANK1"


def _draw_found(layout, settings):
    """How many bones are matched, and what is wrong with them."""
    bones = settings.rig.data.bones
    named = [row.bone for row in settings.rows if row.bone]
    missing = [bone for bone in named if bone not in bones]
    column = layout.column(align=True)
    fact(column, "Map", settings.map_name)
    fact(column, "Bones", f"{len(named) - len(missing)} matched, as of a {settings.family}")
    if missing:
        paragraph(column, f"The rig has no bone {', '.join(missing[:3])}: match the bones again.", icon="ERROR")


CLASSES = (LIFT3D_MT_bone_maps, LIFT3D_PT_retarget, LIFT3D_PT_retarget_bones)
