# SPDX-License-Identifier: GPL-3.0-or-later
"""Which trained model lifts, under which licence, how carefully and with which seed."""

from functools import lru_cache
from pathlib import Path

import bpy

from .. import preferences
from ..core.licence_words import plain
from ..core.models import CARD
from ..core.subject_words import no_model
from ..drawing.text import paragraph
from ..session import models_at_hand
from ..settings import chosen_clip


class LIFT3D_PT_model(bpy.types.Panel):
    """The trained model that lifts, its licence, and how much work goes into a lift"""

    bl_idname = "LIFT3D_PT_model"
    bl_label = "Model and Quality"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Lift to 3D"
    bl_parent_id = "LIFT3D_PT_main"
    bl_order = 20
    bl_options = {"DEFAULT_CLOSED"}

    @classmethod
    def poll(cls, context):
        return preferences.backend_ready()

    def draw(self, context):
        settings = context.scene.lift3d
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        row = layout.row(align=True)
        row.prop(settings, "model")
        row.operator("lift3d.refresh_models", text="", icon="FILE_REFRESH")
        whom = chosen_clip.subject(settings)
        model = models_at_hand.find(settings.model_name, whom)
        if model is not None:
            _draw_licence(layout.box(), model)
        else:
            words = no_model(whom)
            paragraph(layout, f"{words[0].upper()}{words[1:]}.", icon="ERROR")
        layout.row().prop(settings, "quality", expand=True)
        layout.prop(settings, "seed")


def _draw_licence(box, model):
    name, words = plain(model.licence)
    row = box.row()
    row.label(text=f"Licence: {name}" if name else "Licence")
    row.operator("wm.path_open", text="", icon="HELP", emboss=False).filepath = _card(model.folder)
    paragraph(box, words)


@lru_cache(maxsize=4)
def _card(folder: Path) -> str:
    """A path is slow to make, and this is drawn again and again."""
    return str(folder / CARD)


CLASSES = (LIFT3D_PT_model,)
