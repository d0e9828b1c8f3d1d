# SPDX-License-Identifier: GPL-3.0-or-later
"""Text in a panel: sentences that wrap at the sidebar's width, and rows of a name with its value."""

import time
from functools import lru_cache

import blf
import bpy

_UNIT = 20  # pixels of a button's height or an icon's width, at scale 1
_AROUND = 66  # pixels of the sidebar at scale 1 that are no text: tabs, scroll bar, a panel's and a box's margins
_NARROWEST = 80
_USUAL_WIDTH = 42  # characters, where there is no region to measure
_ONE_DRAWING = 0.01  # seconds in which the preferences are asked once

_sizes: tuple[float, float, float] = (float("-inf"), 1.0, 11.0)  # when they were asked, the scale, the font's points


def paragraph(layout: bpy.types.UILayout, text: str, width: int = 0, icon: str = "NONE") -> None:
    """Sentences as rows of labels that fit the region. width: characters, 0 measures the region that is drawn."""
    column = layout.column(align=True)
    lines = wrapped(text, width, icon != "NONE")
    column.scale_y = 0.8 if len(lines) > 1 else 1.0
    for number, line in enumerate(lines):
        column.label(text=line, icon=icon if icon == "NONE" or number == 0 else "BLANK1")


def wrapped(text: str, width: int = 0, icon: bool = False) -> list[str]:
    """The lines that `paragraph` makes of a text."""
    region = bpy.context.region
    if width or region is None or bpy.app.background:
        return list(_by_characters(text, width or _USUAL_WIDTH))
    scale, points = _scale_and_points()
    room = max(region.width - (_AROUND + _UNIT * icon) * scale, _NARROWEST * scale)
    return list(_by_pixels(text, round(room), round(points * scale, 2)))


def fact(layout: bpy.types.UILayout, name: str, value: str, icon: str = "NONE") -> None:
    """A row that says `name` at the left, in the grey of names, and `value` beside it."""
    row = layout.split(factor=0.4)
    left = row.row()
    left.alignment = "RIGHT"
    left.active = False
    left.label(text=name)
    row.label(text=value, icon=icon)


def _scale_and_points() -> tuple[float, float]:
    """Of the user's interface. The panels of a redraw ask a dozen times, and each answer takes Blender a while."""
    global _sizes
    now = time.monotonic()
    if now - _sizes[0] > _ONE_DRAWING:
        preferences = bpy.context.preferences
        _sizes = now, preferences.system.ui_scale, preferences.ui_styles[0].widget.points
    return _sizes[1:]


@lru_cache(maxsize=256)
def _by_characters(text: str, most: int) -> tuple[str, ...]:
    return _fill(text, lambda line: len(line) <= most)


@lru_cache(maxsize=256)
def _by_pixels(text: str, most: int, size: float) -> tuple[str, ...]:
    blf.size(0, size)
    return _fill(text, lambda line: blf.dimensions(0, line)[0] <= most)


def _fill(text: str, fits) -> tuple[str, ...]:
    """Words into lines that fit; a word that fits no line is cut."""
    lines, line = [], ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if fits(longer):
            line = longer
            continue
        if line:
            lines.append(line)
        while not fits(word) and len(word) > 1:
            cut = next((n for n in range(len(word) - 1, 1, -1) if fits(word[:n])), 1)
            lines.append(word[:cut])
            word = word[cut:]
        line = word
    return (*lines, line) if line else tuple(lines)
