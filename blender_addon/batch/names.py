# SPDX-License-Identifier: GPL-3.0-or-later
"""The names of a batch's outputs: each source's own, with its folder before it where two would be the same."""

import os
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from .identity import identity


def output_names(sources: Iterable[Path], held: Mapping[str, str], reserved: Iterable[str] = ()) -> dict[str, str]:
    """A name for each source, without an ending, by the source's `identity`; no two are the same on any file system.

    held: names that sources have from an earlier run, by identity; they keep them, whether they are in this run or
    not. reserved: names that no source may get. walk.json in the folders a and b become a-walk and b-walk.
    """
    names: dict[str, str] = {}
    parts: dict[str, list[str]] = {}
    for source in sources:
        key = identity(source)
        if key in held:
            names[key] = held[key]
        else:
            parts[key] = _parts(source)
    taken = {_plain(name) for name in (*held.values(), *reserved)}
    depths = dict.fromkeys(parts, 1)
    while True:
        wished = {key: "-".join(parts[key][-depth:]) for key, depth in depths.items()}
        counts = Counter(_plain(name) for name in wished.values())
        clashing = [
            key
            for key, name in wished.items()
            if (counts[_plain(name)] > 1 or _plain(name) in taken) and depths[key] < len(parts[key])
        ]
        if not clashing:
            break
        for key in clashing:
            depths[key] += 1
    for key, wish in wished.items():
        name, count = wish, 1
        while _plain(name) in taken:
            count += 1
            name = f"{wish}-{count}"
        taken.add(_plain(name))
        names[key] = name
    return names


def _parts(source: Path) -> list[str]:
    """The folders above a source and its own name, without a file's ending."""
    path = Path(os.path.abspath(source))
    own = path.name if path.is_dir() else path.stem
    return [part for part in path.parts[1:-1]] + [own]


def _plain(name: str) -> str:
    """What file systems that do not tell cases, or ways to write an accent, make of a name."""
    return unicodedata.normalize("NFC", name).casefold()
