# SPDX-License-Identifier: GPL-3.0-or-later
"""The entry in File > Import."""

import bpy


def _draw(menu: bpy.types.Menu, context: bpy.types.Context) -> None:
    menu.layout.operator("lift3d.import_motion", text="Lifted or AMASS Motion (.npz)")


def register() -> None:
    """Put it into the menu."""
    bpy.types.TOPBAR_MT_file_import.append(_draw)


def unregister() -> None:
    """Take it out."""
    bpy.types.TOPBAR_MT_file_import.remove(_draw)
