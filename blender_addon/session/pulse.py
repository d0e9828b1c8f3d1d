# SPDX-License-Identifier: GPL-3.0-or-later
"""What drives everything that runs beside Blender: a timer that ticks while something runs, and redraws on change.

Timers do not fire in background mode or in the bpy module: there `pump` is called in a loop.
"""

import traceback
from collections.abc import Callable

import bpy

INTERVAL = 0.1  # seconds

#: (whether anything changed that a panel shows, whether it still runs)
Pump = Callable[[], tuple[bool, bool]]

_pumps: list[Pump] = []


def add_pump(pump: Pump) -> None:
    """Call `pump` ten times a second until it says that it runs no more. It must not block."""
    if pump not in _pumps:
        _pumps.append(pump)
    if not bpy.app.timers.is_registered(_tick):
        bpy.app.timers.register(_tick, first_interval=INTERVAL, persistent=True)


def pump() -> bool:
    """One round of everything that runs; whether anything still does."""
    changed = False
    for each in list(_pumps):
        try:
            news, running = each()
        except Exception:
            # A timer that raises is dropped by Blender, and every job would stand still for good.
            traceback.print_exc()
            news, running = True, True
        changed = changed or news
        if not running and each in _pumps:
            _pumps.remove(each)
    if changed:
        tag_redraw()
    return bool(_pumps)


def stop() -> None:
    """Forget all that runs, and the timer."""
    _pumps.clear()
    if bpy.app.timers.is_registered(_tick):
        bpy.app.timers.unregister(_tick)


def tag_redraw() -> None:
    """Have the sidebars of all 3D viewports, and the preferences, drawn again."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type in ("VIEW_3D", "PREFERENCES"):
                for region in area.regions:
                    if region.type == "UI" or area.type == "PREFERENCES":
                        region.tag_redraw()


def _tick() -> float | None:
    return INTERVAL if pump() else None
