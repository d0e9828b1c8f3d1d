# SPDX-License-Identifier: GPL-3.0-or-later
"""Loss curves and their colours as icons: the only way to show pixels of one's own in a panel."""

import time
from typing import Any

import bpy
import bpy.utils.previews
import numpy as np

from ..core.curve import COLOURS, draw_curve

SOONEST = 3.0  # seconds between two pictures
_UNIT = 20  # pixels of a button's height at scale 1
_AROUND = 60  # pixels of the sidebar at scale 1 that are tabs and margins
_FEWEST, _MOST = 7.0, 24.0  # buttons' heights that a picture takes

_pictures: bpy.utils.previews.ImagePreviewCollection | None = None
_drawn: dict[str, Any] = {"key": None, "when": 0.0}


def draw_picture(layout: bpy.types.UILayout, key: Any, rows: list[dict], steps: int) -> None:
    """The curves as wide as the sidebar. key: changes when the rows do."""
    region, scale = bpy.context.region, bpy.context.preferences.system.ui_scale
    width = region.width / scale if region else 300
    units = min(max((width - _AROUND) / _UNIT, _FEWEST), _MOST)
    side = round(units * _UNIT * scale)
    picture = _picture("curve")
    key, now = (key, steps, side), time.monotonic()
    # Another width is drawn at once, new losses now and then.
    other = _drawn["key"] is None or _drawn["key"][0][:1] != key[0][:1] or _drawn["key"][2] != side
    if _drawn["key"] != key and (other or now - _drawn["when"] > SOONEST):
        _show(picture, draw_curve(rows, steps, (side, side), max(1, round(scale))))
        _drawn.update(key=key, when=now)
    layout.template_icon(icon_value=picture.icon_id, scale=units)


def colour_icon(number: int) -> int:
    """The icon of a curve's colour."""
    name = f"colour {number}"
    new = name not in _collection()
    picture = _picture(name)
    if new:
        square = np.ones((16, 16, 4), np.float32)
        square[..., :3] = COLOURS[number]
        square[(np.indices((16, 16)) < 4).any(0) | (np.indices((16, 16)) > 11).any(0)] = 0
        _show(picture, square)
    return picture.icon_id


def _collection() -> bpy.utils.previews.ImagePreviewCollection:
    global _pictures
    if _pictures is None:
        _pictures = bpy.utils.previews.new()
    return _pictures


def _picture(name: str) -> bpy.types.ImagePreview:
    pictures = _collection()
    return pictures[name] if name in pictures else pictures.new(name)


def _show(picture: bpy.types.ImagePreview, pixels: np.ndarray) -> None:
    """Put pixels (H, W, 4) into a preview, as the icon of every size."""
    height, width, _ = pixels.shape
    picture.icon_size = picture.image_size = (width, height)
    flat = np.ascontiguousarray(pixels, np.float32).ravel()
    picture.icon_pixels_float.foreach_set(flat)
    picture.image_pixels_float.foreach_set(flat)


def unregister() -> None:
    """Give the pictures back."""
    global _pictures
    if _pictures is not None:
        bpy.utils.previews.remove(_pictures)
    _pictures = None
    _drawn.update(key=None, when=0.0)
