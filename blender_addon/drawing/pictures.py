# SPDX-License-Identifier: GPL-3.0-or-later
"""Pixels of our own in a panel: icons are the only way to show some."""

import bpy
import bpy.utils.previews
import numpy as np

UNIT = 20  # pixels of a button's height at scale 1
_AROUND = 60  # pixels of the sidebar at scale 1 that are tabs and margins
_FEWEST, _MOST = 7.0, 24.0  # buttons' heights that a picture takes

_pictures: bpy.utils.previews.ImagePreviewCollection | None = None


def units_across() -> float:
    """How large a picture is that fills the sidebar, in buttons' heights."""
    region, scale = bpy.context.region, bpy.context.preferences.system.ui_scale
    width = region.width / scale if region else 300
    return min(max((width - _AROUND) / UNIT, _FEWEST), _MOST)


def has_picture(name: str) -> bool:
    return name in _collection()


def picture(name: str) -> bpy.types.ImagePreview:
    """The picture of a name, an empty one if it is new."""
    pictures = _collection()
    return pictures[name] if name in pictures else pictures.new(name)


def show_pixels(shown: bpy.types.ImagePreview, pixels: np.ndarray) -> None:
    """Put pixels (H, W, 4) into a picture, as the icon of every size."""
    height, width, _ = pixels.shape
    shown.icon_size = shown.image_size = (width, height)
    flat = np.ascontiguousarray(pixels, np.float32).ravel()
    shown.icon_pixels_float.foreach_set(flat)
    shown.image_pixels_float.foreach_set(flat)


def _collection() -> bpy.utils.previews.ImagePreviewCollection:
    global _pictures
    if _pictures is None:
        _pictures = bpy.utils.previews.new()
    return _pictures


def unregister() -> None:
    """Give the pictures back."""
    global _pictures
    if _pictures is not None:
        bpy.utils.previews.remove(_pictures)
    _pictures = None
