# SPDX-License-Identifier: GPL-3.0-or-later
"""The arrows between the parts of the house point one way, as the imports in the files say: none is imported here."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[2]
BLENDER = {"addon_utils", "blf", "bpy", "bpy_extras", "gpu", "gpu_extras", "mathutils"}
# What of the add-on's own parts each part may import, and what from outside of the standard library.
_BASE = {"core", "folders", "jobs", "places", "preferences", "scene", "session"}
ARROWS = {
    "__init__": ({"registration"}, set()),
    "__main__": ({"commands"}, set()),
    "registration": (set(), BLENDER),  # which finds the modules by their names
    "places": (set(), set()),
    "core": ({"places"}, {"numpy"}),
    "jobs": ({"places"}, set()),
    "batch": ({"core", "jobs"}, set()),
    "scene": ({"core"}, {"numpy", *BLENDER}),
    "folders": (set(), BLENDER),
    "preferences": ({"folders", "jobs"}, BLENDER),
    "session": (_BASE - {"session"}, BLENDER),
    "settings": (_BASE, BLENDER),
    "drawing": ({"core", "jobs"}, {"numpy", *BLENDER}),
    "operators": ({"drawing", "settings", *_BASE}, BLENDER),
    "panels": ({"drawing", "operators", "settings", *_BASE}, BLENDER),
    "commands": ({"batch", "core", "jobs", "places", "preferences", "scene"}, BLENDER),
}
# Against the arrows and on purpose, inside of functions alone: the preferences are drawn as the panel is; a lift is
# what the settings say, and a change of the settings has the session look at the clip.
EXCEPTIONS = {
    ("preferences.py", "panels"),
    ("session/lifting.py", "settings"),
    ("session/wishes.py", "settings"),
}
# What Blender's command line and the tests import without a Blender; these reach it only inside of functions.
WITHOUT_BLENDER = {"__init__", "__main__", "batch", "commands", "core", "jobs", "places"}
IN_BLENDER_ALONE = {"commands/blender_command.py"}

Import = tuple[ast.AST, str, int, bool]


def files(package: str) -> list[PurePosixPath]:
    """The files of a package, as seen from it."""
    found = [PurePosixPath(path.relative_to(ROOT / package).as_posix()) for path in (ROOT / package).rglob("*.py")]
    assert len(found) > 20
    return sorted(found)


def imports(package: str, file: PurePosixPath) -> Iterator[Import]:
    """Of every import in a file: the node, the module's name, how many dots it has, and whether it is done at once."""
    tree = ast.parse((ROOT / package / file).read_text(encoding="utf-8"))
    later = {id(inner) for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield node, name.name, 0, id(node) not in later
        elif isinstance(node, ast.ImportFrom):
            # `from . import places` names modules, `from .places import find` names one.
            for name in [node.module] if node.module else [name.name for name in node.names]:
                yield node, name, node.level, id(node) not in later


def part_of(file: PurePosixPath) -> str:
    return file.parts[0].removesuffix(".py")


def imported_part(file: PurePosixPath, name: str, dots: int) -> str:
    """The part of the add-on that a relative import in a file leads to."""
    folder = file.parts[:-1]
    assert dots <= len(folder) + 1, f"{file} imports from outside of the add-on"
    return (*folder[: len(folder) + 1 - dots], *name.split("."))[0]


def test_the_add_on_imports_along_the_arrows_alone():
    wrong = []
    assert {part_of(file) for file in files("blender_addon")} == set(ARROWS)
    for file in files("blender_addon"):
        part = part_of(file)
        parts, others = ARROWS[part]
        for node, name, dots, at_once in imports("blender_addon", file):
            if dots:
                reached = imported_part(file, name, dots)
                fine = reached in {part, *parts} or ((str(file), reached) in EXCEPTIONS and not at_once)
            else:
                fine = name.split(".")[0] in sys.stdlib_module_names | others
            if not fine:
                wrong.append(f"{file}:{node.lineno} imports {'.' * dots}{name}")
    assert wrong == []


def test_the_exceptions_are_still_needed():
    for file, part in EXCEPTIONS:
        path = PurePosixPath(file)
        reached = {imported_part(path, name, dots) for _, name, dots, _ in imports("blender_addon", path) if dots}
        assert part in reached, f"{file} does not import {part} any more"


def test_what_runs_without_blender_does_not_import_it_at_once():
    for file in files("blender_addon"):
        if part_of(file) not in WITHOUT_BLENDER or str(file) in IN_BLENDER_ALONE:
            continue
        early = [(name, dots) for _, name, dots, at_once in imports("blender_addon", file) if at_once]
        assert not {name.split(".")[0] for name, dots in early if not dots} & BLENDER, file
        assert {imported_part(file, name, dots) for name, dots in early if dots} <= WITHOUT_BLENDER, file


def test_the_add_on_imports_none_of_its_modules_when_it_is_imported():
    assert [name for _, name, _, at_once in imports("blender_addon", PurePosixPath("__init__.py")) if at_once] == []


def test_the_backend_knows_neither_blender_nor_the_add_on():
    for file in files("backend"):
        for node, name, dots, _ in imports("backend", file):
            assert dots or name.split(".")[0] not in BLENDER | {"blender_addon"}, f"{file}:{node.lineno}"
            assert dots <= len(file.parts), f"{file}:{node.lineno} imports from outside of the backend"
