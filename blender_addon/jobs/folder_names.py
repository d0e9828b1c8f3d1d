# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that users give, as names of folders that every system takes."""

import re
from collections.abc import Iterable
from pathlib import Path

_LONGEST = 60
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # Windows keeps these for devices


def folder_name(wanted: str, otherwise: str) -> str:
    """`wanted` without what some system does not take in a name; `otherwise` if nothing is left of it."""
    name = re.sub(r'[<>:"/\\|?*\x00-\x1f\x7f]+', " ", wanted)
    name = " ".join(name.split())[:_LONGEST].strip(" .")
    return otherwise if not name or _RESERVED.fullmatch(name) else name


def free_name(name: str, folders: Iterable[Path]) -> str:
    """`name`, with a number if one of the folders holds something of that name (whatever its case)."""
    taken = set()
    for folder in folders:
        try:
            taken |= {each.name.casefold() for each in folder.iterdir()}
        except OSError:
            pass  # not there: nothing in it
    free, count = name, 1
    while free.casefold() in taken:
        count += 1
        free = f"{name} {count}"
    return free
