# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of the active character: how long and how good its motion is, its takes, and what can be made of it."""

import bpy

from .. import preferences
from ..core import fit_words
from ..core.body_family import SMPL, family_of_type
from ..core.same_rate import same_rate
from ..drawing.text import fact, paragraph
from ..scene.action import scene_fps
from ..scene.character_facts import CharacterFacts, read_facts
from ..scene.find_character import active_character
from ..scene.hold_box import BOX, HANDS, who_follows
from ..scene.over_footage import is_over_footage
from ..scene.takes import takes

_MOST_WARNINGS = 4


class LIFT3D_PT_result(bpy.types.Panel):
    """The character that is selected, or the newest in the scene: its facts and its takes"""

    bl_idname = "LIFT3D_PT_result"
    bl_label = "Character"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Lift to 3D"
    bl_parent_id = "LIFT3D_PT_main"
    bl_order = 30

    @classmethod
    def poll(cls, context):
        return active_character(context) is not None

    def draw(self, context):
        armature = active_character(context)
        facts = read_facts(armature)
        layout = self.layout
        layout.label(text=armature.name, icon="OUTLINER_OB_ARMATURE")
        if facts is None:
            paragraph(layout, "What was known of this character is gone.", icon="INFO")
            return
        _draw_facts(layout, facts, context.scene)
        _draw_takes(layout, armature)
        if facts.image_size is not None:
            row = layout.row(align=True)
            row.operator("lift3d.adopt_camera", icon="CAMERA_DATA")
            row.operator("view3d.view_camera", text="", icon="VIEW_CAMERA")
            layout.prop(context.scene.lift3d, "show_keypoints")
        if facts.box_size is not None:
            _draw_hold(layout, who_follows(armature))
            over = is_over_footage(context.scene, armature)
            layout.operator("lift3d.render_over_footage", icon="RENDER_STILL", depress=over)
        row = layout.row(align=True)
        row.operator("lift3d.rebuild", text="Rebuild", icon="FILE_REFRESH")
        row.operator("lift3d.export_character", text="Export", icon="EXPORT")


def _draw_facts(layout, facts: CharacterFacts, scene):
    column = layout.box().column(align=True)
    fact(column, "Length", fit_words.length(facts.seconds, facts.frames))
    fact(column, "Rate", fit_words.rate(facts.fps))
    if facts.height is not None:
        family = family_of_type(facts.model_type) or SMPL
        fact(column, family.size, fit_words.metres(facts.height))
    if facts.box_size is not None:
        fact(column, "Box", fit_words.box(facts.box_size, facts.box_size_source))
    if facts.reprojection is not None:
        fact(column, "Reprojection", fit_words.fit(facts.reprojection, facts.image_size))
    if facts.confidence is not None:
        fact(column, "Confidence", f"{100 * facts.confidence:.0f} %")
    rate = scene_fps(scene)
    if not same_rate(rate, facts.keyed_fps):
        words = f"The scene now runs at {fit_words.rate(rate)} and the keys are for {facts.keyed_fps:.5g}: rebuild it."
        paragraph(layout, words, icon="ERROR")
    elif not same_rate(rate, facts.fps):
        paragraph(layout, f"The scene runs at {fit_words.rate(rate)}: keys lie between its frames.", icon="INFO")
    if not same_rate(rate, facts.fps):
        layout.operator("lift3d.adopt_frame_rate", icon="TIME")
    for warning in facts.warnings[:_MOST_WARNINGS]:
        paragraph(layout, warning, icon="INFO")


def _draw_hold(layout, follower: str):
    """Who follows whom where hands are on the box."""
    row = layout.row(align=True, heading="On the Box")
    for name, text in ((HANDS, "Hands Follow"), (BOX, "Box Follows")):
        row.operator("lift3d.hold_box", text=text, depress=follower == name).follower = name
    if follower:
        row.operator("lift3d.let_go_of_box", text="", icon="X")


def _draw_takes(layout, armature):
    found = takes(armature)
    column = layout.column(align=True)
    if len(found) > 1:
        for take in found:
            icon = "RADIOBUT_ON" if take.active else "RADIOBUT_OFF"
            column.operator("lift3d.activate_take", text=take.name, icon=icon, depress=take.active).name = take.name
    if preferences.backend_ready():
        column.operator("lift3d.lift", text="Lift Another Take", icon="ADD").new_take = True


CLASSES = (LIFT3D_PT_result,)
