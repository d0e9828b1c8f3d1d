# SPDX-License-Identifier: GPL-3.0-or-later
"""What this backend has: Python, torch, devices and their memory, models and their licences."""

from pathlib import Path
from typing import Any

from ..errors import UserError
from .channel import plain
from .report import Report


class CheckRequestError(UserError):
    """A request to check that asks for what there is not."""


def handle(request: dict[str, Any], report: Report) -> dict[str, Any]:
    """The facts of `python -m backend check`, and `sentences`, the same in plain words.

    Request: model_folders, where the user's own models are (none by default). On a broken installation too, this is
    `done`, with `ready` false.
    """
    from ..commands import check

    folders = request.get("model_folders") or []
    if not isinstance(folders, list) or not all(isinstance(folder, str) for folder in folders):
        raise CheckRequestError(f"expected model_folders as a list of paths, got {str(folders)[:60]}")
    facts = check.describe(model_folders=[Path(folder) for folder in folders], progress=report.progress)
    return plain({**facts, "sentences": check.sentences(facts)})
