# SPDX-License-Identifier: GPL-3.0-or-later
"""Inside Blender: where its areas lie in the window, and what stands in the scene, as plain values."""

import bpy

drawn = 0  # times, see count_draws()


def window():
    """The main window; app timers have none in their context."""
    return bpy.context.window_manager.windows[0]


def area(kind: str = "VIEW_3D", of_window=None):
    """The first (largest) area of a kind in a window, or None."""
    found = [each for each in (of_window or window()).screen.areas if each.type == kind]
    return max(found, key=lambda each: each.width * each.height, default=None)


def region(kind: str, of_area="VIEW_3D", of_window=None) -> dict | None:
    """Box of a region in pixels from the window's top left: left, top, right, bottom; None when it is hidden."""
    owner = area(of_area, of_window)
    found = [each for each in owner.regions if each.type == kind and each.width > 1] if owner else []
    if not found:
        return None
    each, height = found[0], (of_window or window()).height
    return {
        "left": each.x,
        "top": height - each.y - each.height,
        "right": each.x + each.width,
        "bottom": height - each.y,
    }


def open_tab() -> str:
    """Name of the open tab of the 3D viewport's sidebar (asked of another editor, Blender 4.3 dies)."""
    return next(each for each in area().regions if each.type == "UI").active_panel_category


def panel_classes(category: str) -> list[type]:
    """Panels of the sidebars that hang in a tab, their sub-panels with them."""
    every = [each for each in _all_subclasses(bpy.types.Panel) if getattr(each, "is_registered", False)]
    names = {_name(each) for each in every if getattr(each, "bl_category", "") == category}
    below = names
    while below:
        below = {_name(each) for each in every if getattr(each, "bl_parent_id", "") in names} - names
        names |= below
    return [each for each in every if _name(each) in names]


def count_draws() -> None:
    """Begin to count in `drawn` how often such editors are drawn; the handlers outlive the loading of files."""

    def count():
        global drawn
        drawn += 1

    for space in (bpy.types.SpaceView3D, bpy.types.SpaceClipEditor):
        space.draw_handler_add(count, (), "WINDOW", "POST_PIXEL")


def redraw() -> None:
    """Let every area of every window be drawn anew."""
    for each in bpy.context.window_manager.windows:
        for owner in each.screen.areas:
            for part in owner.regions:
                part.tag_redraw()


def set_red() -> None:
    """Let `alert` be plainly red, where the theme says what it is (Blender 5.0)."""
    state = bpy.context.preferences.themes[0].user_interface.wcol_state
    if hasattr(state, "error"):
        state.error = (1.0, 0.0, 0.0, 1.0) if len(state.error) == 4 else (1.0, 0.0, 0.0)


def set_tabs(colour: tuple | None, of_area: str = "VIEW_3D") -> list:
    """Colour of the tabs of an editor's sidebar that are not chosen (RGB); what it was before."""
    return _set_colour("tab_inactive", "wcol_tab.inner", colour, of_area)


def set_titles(colour: tuple | None, of_area: str = "VIEW_3D") -> list:
    """Colour of the titles of an editor's panels (RGB); what it was before."""
    return _set_colour("button_title", "panel_title", colour, of_area)


def _set_colour(name: str, since_5: str, colour: tuple | None, of_area: str) -> list:
    """name: in the theme of the editor; since_5: in that of the user interface, where Blender 5.0 has it."""
    theme = bpy.context.preferences.themes[0]
    owner = {"VIEW_3D": theme.view_3d, "CLIP_EDITOR": theme.clip_editor}[of_area].space
    if bpy.app.version >= (5, 0, 0):
        *way, name = since_5.split(".")
        owner = getattr(theme.user_interface, way[0]) if way else theme.user_interface
    before = list(getattr(owner, name))
    if colour:
        setattr(owner, name, list(colour)[:3] + [1.0] * (len(before) - 3))
    return before


def data() -> dict:
    """Names of what is in the file, by kind."""
    kinds = ("objects", "armatures", "meshes", "actions", "cameras", "collections", "materials", "images", "texts")
    return {kind: sorted(each.name for each in getattr(bpy.data, kind)) for kind in kinds}


def characters() -> list[dict]:
    """Armatures in the scene with the action that moves each, and where their first bone goes."""
    found = []
    for each in bpy.context.scene.objects if bpy.context.scene else window().scene.objects:
        if each.type == "ARMATURE":
            held = each.animation_data
            action = held.action if held else None
            found.append(
                {
                    "name": each.name,
                    "bones": len(each.data.bones),
                    "action": action.name if action else "",
                    "frames": list(action.frame_range) if action else [],
                    "slot": bool(getattr(held, "action_slot", True)) if held else False,
                }
            )
    return found


def _all_subclasses(base: type) -> list[type]:
    found = []
    for each in base.__subclasses__():
        found += [each, *_all_subclasses(each)]
    return found


def _name(each: type) -> str:
    return each.bl_rna.identifier
