# SPDX-License-Identifier: GPL-3.0-or-later
"""A tiny extension to test the tests' own tools: one tab with a button, a field, a sub-panel and a list of clicks."""

import bpy


class TOY_OT_press(bpy.types.Operator):
    """Remember a click."""

    bl_idname = "toy.press"
    bl_label = "Press"
    which: bpy.props.StringProperty()

    def execute(self, context):
        context.scene["pressed"] = context.scene.get("pressed", "") + self.which
        return {"FINISHED"}


class TOY_PT_main(bpy.types.Panel):
    bl_label = "Toy"
    bl_category = "Lift to 3D"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"

    def draw(self, context):
        layout = self.layout
        layout.label(text="Some words", icon="INFO")
        layout.prop(context.scene.toy, "text")
        row = layout.row(align=True)
        row.operator("toy.press", text="A").which = "a"
        row.operator("toy.press", text="B").which = "b"
        big = layout.column()
        big.scale_y = 1.6
        big.operator("toy.press", text="Large").which = "L"
        warning = layout.column()
        warning.alert = True
        warning.label(text="A red warning")


class TOY_PT_sub(bpy.types.Panel):
    bl_label = "Below"
    bl_parent_id = "TOY_PT_main"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"

    def draw(self, context):
        self.layout.operator("toy.press", text="Under").which = "u"


class Toy(bpy.types.PropertyGroup):
    text: bpy.props.StringProperty(name="Text")


CLASSES = (Toy, TOY_OT_press, TOY_PT_main, TOY_PT_sub)


def register():
    for each in CLASSES:
        bpy.utils.register_class(each)
    bpy.types.Scene.toy = bpy.props.PointerProperty(type=Toy)


def unregister():
    del bpy.types.Scene.toy
    for each in reversed(CLASSES):
        bpy.utils.unregister_class(each)


if __name__ == "__main__":
    register()
