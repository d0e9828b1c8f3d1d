# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a trained baseline lies: a folder outside the repository, one for each baseline."""

from __future__ import annotations

import os
from pathlib import Path

from .. import EvaluationError

WEIGHTS_FILE = "weights.safetensors"


def folder_of(name: str, root: Path | None = None, subject: str = "human") -> Path:
    """The folder of baseline `name` below `root`; without one below $LIFT3D_BASELINES, or the user's cache."""
    return (root or default_root()) / (name if subject == "human" else f"{subject}_{name}")


def default_root() -> Path:
    given = os.environ.get("LIFT3D_BASELINES")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(given) if given else cache / "lift3d" / "baselines"


def weights_of(name: str, root: Path | None = None, subject: str = "human") -> Path:
    """The trained weights of a baseline. Raises EvaluationError where there are none."""
    path = folder_of(name, root, subject) / WEIGHTS_FILE
    whose = "" if subject == "human" else f" --subject {subject}"
    if not path.is_file():
        raise EvaluationError(
            f"the baseline {name} is not trained yet (no {path}): "
            f"run python -m backend train{whose} --baseline {name} --mocap DIR first"
        )
    return path
