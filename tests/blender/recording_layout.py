# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for Blender's UILayout that notes what a panel draws, and refuses what Blender would refuse or warn of.

For scripts that run inside Blender.
"""

from types import SimpleNamespace

import bpy

ICONS = set(bpy.types.UILayout.bl_rna.functions["label"].parameters["icon"].enum_items.keys())


class RecordingLayout:
    """items: what was drawn, in order, of this layout and all in it: kind, text, icon, and operator or property."""

    def __init__(self, items: list[dict] | None = None):
        self.items = [] if items is None else items
        self.scale_y = 1.0

    def row(self, align=False, heading="", **_):
        if heading:
            self._note("heading", heading)
        return RecordingLayout(self.items)

    def column(self, align=False, heading="", **_):
        return self.row(align, heading)

    def box(self):
        return RecordingLayout(self.items)

    def split(self, factor=0.0, align=False):
        return RecordingLayout(self.items)

    def separator(self, **_):
        pass

    def label(self, text="", icon="NONE", icon_value=0):
        self._note("label", text, icon)

    def progress(self, text="", factor=0.0, type="BAR"):
        assert 0.0 <= factor <= 1.0, factor
        self._note("progress", text, factor=round(factor, 3))

    def prop(self, data, property, text=None, icon="NONE", expand=False, placeholder="", **_):
        rna = data.bl_rna.properties[property]
        value = getattr(data, property)
        if rna.type == "ENUM" and not rna.is_enum_flag:
            assert value, f"{property} has no item for what is stored"
        if rna.type == "POINTER":
            value = value.name if value else ""
        value = value if isinstance(value, str | int | float | bool) else list(value)
        self._note("prop", rna.name if text is None else text, icon, prop=property, value=value)

    def prop_search(self, data, property, search_data, search_property, text=None, icon="NONE", **_):
        assert search_property in search_data.bl_rna.properties
        self.prop(data, property, text, icon)

    def menu(self, menu, text=None, icon="NONE"):
        self._note("menu", getattr(bpy.types, menu).bl_label if text is None else text, icon, menu=menu)

    def operator(self, operator, text=None, icon="NONE", **_):
        module, name = operator.split(".")
        rna = getattr(getattr(bpy.ops, module), name).get_rna_type()  # raises if there is no such operator
        try:
            enabled, why = getattr(getattr(bpy.ops, module), name).poll(), ""
        except RuntimeError as error:  # pragma: no cover (a poll that is broken)
            enabled, why = False, str(error)
        self._note("operator", rna.name if text is None else text, icon, operator=operator, enabled=enabled, why=why)
        return _Settings(rna)

    def template_icon(self, icon_value=0, scale=1.0):
        self._note("picture", "")

    def _note(self, kind, text, icon="NONE", **more):
        assert icon in ICONS, f"there is no icon {icon}"
        self.items.append({"kind": kind, "text": text, "icon": icon, **more})


class _Settings(SimpleNamespace):
    """What an operator's button is given: only properties that the operator has."""

    def __init__(self, rna):
        super().__setattr__("_known", {each.identifier for each in rna.properties})

    def __setattr__(self, name, value):
        assert name in self._known, f"the operator has no {name}"
        super().__setattr__(name, value)
