# SPDX-License-Identifier: GPL-3.0-or-later
"""Loss curves and their colours, as icons."""

import time
from typing import Any

import bpy
import numpy as np

from ..core.curve import COLOURS, draw_curve
from .pictures import UNIT, has_picture, picture, show_pixels, units_across

SOONEST = 3.0  # seconds between two pictures
_drawn: dict[str, Any] = {"key": None, "when": 0.0}


def draw_picture(layout: bpy.types.UILayout, key: Any, rows: list[dict], steps: int) -> None:
    """The curves as wide as the sidebar. key: changes when the rows do."""
    units, scale = units_across(), bpy.context.preferences.system.ui_scale
    side = round(units * UNIT * scale)
    curve = picture("curve")
    key, now = (key, steps, side), time.monotonic()
    # Another width is drawn at once, new losses now and then.
    other = _drawn["key"] is None or _drawn["key"][0][:1] != key[0][:1] or _drawn["key"][2] != side
    if _drawn["key"] != key and (other or now - _drawn["when"] > SOONEST):
        show_pixels(curve, draw_curve(rows, steps, (side, side), max(1, round(scale))))
        _drawn.update(key=key, when=now)
    layout.template_icon(icon_value=curve.icon_id, scale=units)


def colour_icon(number: int) -> int:
    """The icon of a curve's colour."""
    name = f"colour {number}"
    new = not has_picture(name)
    colour = picture(name)
    if new:
        square = np.ones((16, 16, 4), np.float32)
        square[..., :3] = COLOURS[number]
        square[(np.indices((16, 16)) < 4).any(0) | (np.indices((16, 16)) > 11).any(0)] = 0
        show_pixels(colour, square)
    return colour.icon_id


def unregister() -> None:
    """Forget what was drawn."""
    _drawn.update(key=None, when=0.0)
