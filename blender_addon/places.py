# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the project's other folders lie, seen from the add-on. Standard library only."""

from pathlib import Path

ADDON = Path(__file__).resolve().parent

# An installed extension holds `backend` and `assets` inside of it; in a checkout they lie beside it.
HOMES = (ADDON, ADDON.parent)


def find(relative: str) -> Path:
    """Path of a project file or folder, e.g. "assets/bodies/human.npz"; the checkout's place when there is none."""
    for home in HOMES:
        if (home / relative).exists():
            return home / relative
    return HOMES[-1] / relative
