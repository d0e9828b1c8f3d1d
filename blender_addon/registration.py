# SPDX-License-Identifier: GPL-3.0-or-later
"""Which modules make up the extension, and how they come into Blender and leave it.

A module that has something to register holds a tuple CLASSES, functions register() and unregister(), or all of them.
Operators and panels are found by their folders, so that a new one is a new file and no list.
"""

import importlib
import pkgutil
from types import ModuleType

import bpy

# In this order, and back in reverse, also at Blender's end: the session ends the processes before the others note what
# became of these. A folder stands for all the modules in it.
_PARTS = (
    *("preferences", "settings", "session.setting_up", "session.training", "operators", "panels"),
    *("drawing.pictures", "drawing.curve_picture", "drawing.frame_picture", "scene.find_character", "scene.overlay"),
    *("session", "commands.blender_command"),
)
_FOLDERS = ("settings", "operators", "panels")


def register() -> None:
    """Register every part; if one fails, those before it are taken back and the error goes on."""
    done: list[ModuleType] = []
    try:
        for module in modules():
            done.append(module)
            for each in getattr(module, "CLASSES", ()):
                bpy.utils.register_class(each)
            if hasattr(module, "register"):
                module.register()
    except BaseException:
        _take_back(done)
        raise


def unregister() -> None:
    """Unregister every part, the last first."""
    _take_back(modules())


def modules() -> list[ModuleType]:
    """The modules of every part, imported, in the order in which they are registered."""
    names = []
    for part in _PARTS:
        if part not in _FOLDERS:
            names.append(part)
            continue
        folder = importlib.import_module(f".{part}", __package__)
        found = [module.name for module in pkgutil.iter_modules(folder.__path__)]
        # Blender wants a panel before those that hang in it.
        names += [f"{part}.{name}" for name in sorted(found, key=lambda name: (name != "main", name))]
    return [importlib.import_module(f".{name}", __package__) for name in names]


def _take_back(registered: list[ModuleType]) -> None:
    """Unregister what is registered of these modules; a failure stops none of the others, the first is raised."""
    failures = []
    for module in reversed(registered):
        steps = [module.unregister] if hasattr(module, "unregister") else []
        for each in reversed(getattr(module, "CLASSES", ())):
            if each.is_registered:
                steps.append(lambda each=each: bpy.utils.unregister_class(each))
        for step in steps:
            try:
                step()
            except Exception as error:
                failures.append(error)
    if failures:
        raise failures[0]
