# SPDX-License-Identifier: GPL-3.0-or-later
"""Two names of one file, told to be one."""

import os
from pathlib import Path


def identity(path: Path | str) -> str:
    """What all names of one file or folder have in common: its real path, in one case where case does not count."""
    return os.path.normcase(os.path.realpath(path))
