# SPDX-License-Identifier: GPL-3.0-or-later
"""The losses of a run, in a small JSON file that draws its curves without torch.

``losses.json``: for each stage that trains a network the rows so far, ``{"step": n, "loss": mean since the row before,
...}``. It always says what the saved state's own history says, up to the step that has been reached.
"""

import json
from collections.abc import Callable
from pathlib import Path

from ..whole_file import write_whole

FILE = "losses.json"

#: Called with the stage's name, the step reached and the losses' means since the call before.
Losses = Callable[[str, int, dict[str, float]], None]


def unheard(stage: str, step: int, losses: dict[str, float]) -> None:
    """Losses for callers that do not want to know."""


def write_history(folder: Path, stage: str, rows: list[dict]) -> None:
    """Replace one stage's rows in the folder's file. Raises OSError when the disk does not take it."""
    path = folder / FILE
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        known = {}
    folder.mkdir(parents=True, exist_ok=True)
    try:
        write_whole(path, json.dumps({**known, stage: rows}, separators=(",", ":")).encode())
    except PermissionError:
        pass  # Windows, while somebody reads it: the next row brings all of them again
