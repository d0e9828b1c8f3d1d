# SPDX-License-Identifier: GPL-3.0-or-later
"""Run by a Python with bpy, or by Blender itself: enabling.py MODULE ANSWER.json.

Enables and disables the add-on twice, and writes what Blender held before, while it was enabled and after; the second
time something is going on when it is disabled.
"""

import atexit
import importlib
import json
import os
import sys
import threading
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import bpy  # first: it makes the other one importable

import addon_utils  # isort: skip

# What Blender has no list of: names of what is registered, kept by standing in for the functions that do it.
held = Counter()


def watch(owner: object, add: str, remove: str, kind: str) -> None:
    """Keep in `held` the functions that owner.add has registered and owner.remove has not taken back."""
    adding, removing, names = getattr(owner, add), getattr(owner, remove), {}

    def added(*words, **more):
        handle = adding(*words, **more)
        function = next(word for word in words if callable(word))
        name = f"{kind} {function.__module__}.{function.__qualname__}"
        names[id(function if handle is None else handle)] = name, handle
        held[name] += 1
        return handle

    def removed(handle, *words, **more):
        name, _ = names.pop(id(handle), ("", None))
        held[name] -= 1
        return removing(handle, *words, **more)

    setattr(owner, add, added)
    setattr(owner, remove, removed)


def subclasses(kind: type) -> set[str]:
    found = set()
    for each in kind.__subclasses__():
        if getattr(each, "is_registered", True) and hasattr(bpy.types, each.__name__):
            found.add(f"{each.__name__}")
        found |= subclasses(each)
    return found


def snapshot(module: str) -> dict:
    """Everything that the add-on of this module can leave in Blender, as plain data."""
    types = {name: getattr(bpy.types, name) for name in dir(bpy.types)}
    described = {name: each for name, each in types.items() if hasattr(each, "bl_rna")}
    properties = {name: sorted(each.bl_rna.properties.keys()) for name, each in described.items()}
    handlers = {
        name: [function.__qualname__ for function in getattr(bpy.app.handlers, name)]
        for name in dir(bpy.app.handlers)
        if isinstance(getattr(bpy.app.handlers, name), list)
    }
    drawn = {}
    for name, each in types.items():
        extra = getattr(getattr(each, "draw", None), "_draw_funcs", [])
        if len(extra) > 1:
            drawn[name] = [f"{function.__module__}.{function.__qualname__}" for function in extra]
    keys = bpy.context.window_manager.keyconfigs.addon
    return {
        "types": sorted(types),
        "classes": sorted(subclasses(bpy.types.bpy_struct)),
        "properties": properties,
        "handlers": handlers,
        "menus": drawn,
        "operators": sorted(dir(bpy.ops.lift3d)),
        "keys": sum(len(each.keymap_items) for each in keys.keymaps) if keys else 0,
        "held": {name: count for name, count in held.items() if count and module in name},
        "threads": sorted(each.name for each in threading.enumerate()),
        "addons": sorted(bpy.context.preferences.addons.keys()),
    }


def keep_busy(module: str) -> None:
    """Have the add-on's timer tick."""
    importlib.import_module(f"{module}.session").add_pump(lambda: (False, True))


if __name__ == "__main__":
    words = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:]
    module, answer = words
    watch(bpy.app.timers, "register", "unregister", "timer")
    watch(bpy.utils, "register_cli_command", "unregister_cli_command", "command")
    watch(atexit, "register", "unregister", "at exit")
    for space in ("SpaceView3D", "SpaceImageEditor", "SpaceClipEditor"):
        watch(getattr(bpy.types, space), "draw_handler_add", "draw_handler_remove", "draw handler")
    if module in bpy.context.preferences.addons:
        addon_utils.disable(module, default_set=True)
    found = [snapshot(module)]
    for busy in (False, True):
        enabled = addon_utils.enable(module, default_set=True)
        if busy:
            keep_busy(module)
        found.append(snapshot(module) if enabled else None)
        addon_utils.disable(module, default_set=True)
        found.append(snapshot(module))
    Path(answer).write_text(json.dumps(found), encoding="utf-8")
    # Not through Python's own end: bpy 4.2 as a module crashes there once any add-on's property has had a callback,
    # and every bpy that has had `watch` at a space.
    sys.stdout.flush()
    os._exit(0)
