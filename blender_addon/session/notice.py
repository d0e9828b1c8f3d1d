# SPDX-License-Identifier: GPL-3.0-or-later
"""Tell of a problem at the mouse when the panel that would tell of it is not to be seen."""

import textwrap

import bpy

CATEGORY = "Lift to 3D"
_WIDTH = 60  # characters


def pop_up(sentence: str) -> None:
    """Show a sentence in a window of Blender's, unless a sidebar shows it or the user is in the middle of something."""
    windows = list(bpy.context.window_manager.windows)
    if bpy.app.background or not windows or any(map(_shows, windows)):
        return
    if any(window.modal_operators for window in windows):
        return

    def draw(menu, context):
        for line in textwrap.wrap(sentence, _WIDTH):
            menu.layout.label(text=line)

    with bpy.context.temp_override(window=windows[0]):
        bpy.context.window_manager.popup_menu(draw, title=CATEGORY, icon="ERROR")


def _shows(window: bpy.types.Window) -> bool:
    """Whether a sidebar in the window is open at our tab."""
    regions = (region for area in window.screen.areas if area.type == "VIEW_3D" for region in area.regions)
    # A region that is folded away is a pixel wide.
    return any(
        region.type == "UI" and region.width > 1 and region.active_panel_category == CATEGORY for region in regions
    )
