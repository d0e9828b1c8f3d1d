# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the extension's zip, dist/lift3d-VERSION.zip, for Blender's Install from Disk. Standard library only.

    python build_addon.py             the same files give the same bytes, on any day and any machine
    python build_addon.py -o FOLDER   put it there

Nothing in it is compressed by zlib, whose bytes differ from version to version: most of it are a trained model's
weights, which hardly get smaller.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent
MANIFEST = "blender_addon/blender_manifest.toml"

_WASTE = (".pyc", ".pyo", ".part", ".orig", ".rej", ".blend1", "~")

# (what is taken: a folder with all that is in it, or a file; where it goes in the zip; the endings of what stays out)
PARTS = (
    ("blender_addon", "", _WASTE),
    ("backend", "backend", _WASTE),
    ("assets", "assets", (*_WASTE, ".py")),  # assets are used, and not made, by who has the extension
    ("pyproject.toml", "pyproject.toml", ()),
    ("LICENSE", "LICENSE", ()),
    ("README.md", "README.md", ()),
)
_CARETAKER = 3  # the system that a zip says it was made on: Unix, so that the modes count
_DATE = (1980, 1, 1, 0, 0, 0)  # a zip's first
_MODE = 0o100644


class BuildError(Exception):
    """Something that keeps the zip from being made, in one line."""


def version(root: Path = ROOT) -> str:
    """The version in the manifest. Raises BuildError unless the backend has the same one."""
    found = {}
    for name, pattern in ((MANIFEST, r'^version = "(.+)"$'), ("backend/__init__.py", r'^__version__ = "(.+)"$')):
        try:
            text = (root / name).read_text(encoding="utf-8")
        except OSError as error:
            raise BuildError(f"{name} cannot be read: {error.strerror}") from None
        match = re.search(pattern, text, re.MULTILINE)
        if not match:
            raise BuildError(f"{name} does not say its version: expected a line like {pattern.strip('^$')}")
        found[name] = match[1]
    if len(set(found.values())) > 1:
        raise BuildError("the versions differ: " + ", ".join(f"{name} says {it}" for name, it in found.items()))
    return found[MANIFEST]


def contents(root: Path = ROOT) -> dict[str, Path]:
    """What goes into the zip: names in it, sorted, with the files they are made of. Raises BuildError."""
    found = {}
    for part, place, waste in PARTS:
        path = root / part
        if not path.exists():
            raise BuildError(f"{part} is not there, and belongs in the zip")
        for file in [path] if path.is_file() else path.rglob("*"):
            inside = file.relative_to(path)
            hidden = any(name.startswith((".", "__pycache__")) for name in inside.parts)
            if file.is_file() and not hidden and not file.name.endswith(waste):
                found["/".join(filter(None, [place, *inside.parts]))] = file
    return dict(sorted(found.items()))


def build(folder: Path, root: Path = ROOT) -> Path:
    """Make the zip in a folder, whole or not at all; its path. Raises BuildError."""
    path, files = folder.resolve() / f"lift3d-{version(root)}.zip", contents(root)
    half = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(half, "w", zipfile.ZIP_STORED) as archive:
            for name, file in files.items():
                entry = zipfile.ZipInfo(name, _DATE)
                entry.create_system, entry.external_attr = _CARETAKER, _MODE << 16
                archive.writestr(entry, file.read_bytes())
        os.replace(half, path)
    except OSError as error:
        if half.exists():
            half.unlink()
        raise BuildError(f"{path} cannot be written: {error}") from None
    return path


def main(words: list[str]) -> int:
    """Do what the command line asks; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-o", "--output", type=Path, default=ROOT / "dist", metavar="FOLDER", help="default: dist")
    folder = parser.parse_args(words).output
    try:
        path = build(folder)
    except BuildError as error:
        print(f"lift3d: {error}", file=sys.stderr)
        return 2
    data = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        count = len(archive.namelist())
    print(f"{path}\n{len(data) / 1e6:.1f} MB, {count} files, sha256 {hashlib.sha256(data).hexdigest()}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
