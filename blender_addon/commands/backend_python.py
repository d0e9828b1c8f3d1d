# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Python runs the backend of a command, and on which device, if the extension's preferences say so."""

import os
from pathlib import Path
from types import ModuleType

from ..jobs import JobError
from ..jobs.environment import VARIABLE, interpreter
from ..jobs.problem import SET_UP


def backend_python(chosen: str | None) -> str:
    """The one of --python, else of $LIFT3D_PYTHON, else the extension's own, else this one if it has torch.

    Raises JobError, which says what to do, when there is none or it cannot be used.
    """
    preferences = _preferences()
    if chosen or os.environ.get(VARIABLE) or preferences is None:
        return interpreter(chosen)
    try:
        own = preferences.backend_python()
    except JobError as error:
        if error.remedy != SET_UP:
            raise
        try:
            return interpreter()
        except JobError:
            raise JobError(
                f"{error}: set it up in the extension's preferences, or choose a Python that has torch "
                f"with --python or the variable {VARIABLE}",
                remedy=SET_UP,
            ) from None
    return interpreter(own)


def preferred_device() -> str | None:
    """The device of the extension's preferences; None where they name none, or there are none."""
    preferences = _preferences()
    device = preferences.device() if preferences else "auto"
    return None if device == "auto" else device


def detectors_folder() -> Path:
    """Where the models lie that were fetched to find keypoints: the extension's folder, else the backend's own."""
    if preferences := _preferences():
        try:
            return preferences.detectors_folder()
        except OSError:
            pass  # Blender knows no place for the user's files: the backend does
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("LIFT3D_DETECTORS") or cache / "lift3d" / "detectors")


def _preferences() -> ModuleType | None:
    """The preferences' module, if this runs in a Blender in which the extension is enabled."""
    try:
        from .. import preferences
    except ImportError:
        return None
    return preferences if preferences.get() else None
