# SPDX-License-Identifier: GPL-3.0-or-later
"""A frame of a film with its keypoints, as wide as the sidebar."""

from typing import Any

import bpy

from .pictures import picture, show_pixels, units_across

_drawn: Any = None  # key of what the picture holds


def draw_frame(layout: bpy.types.UILayout, key: Any, pixels: Any) -> None:
    """pixels: (H, W, 4) float32. key: changes when they do."""
    global _drawn
    shown = picture("frame")
    if _drawn != key:
        show_pixels(shown, pixels)
        _drawn = key
    layout.template_icon(icon_value=shown.icon_id, scale=units_across())


def unregister() -> None:
    """Forget what was drawn."""
    global _drawn
    _drawn = None
