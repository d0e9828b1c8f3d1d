# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Python the backend's environment is made with, and whether it will do. Standard library only."""

import json
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from . import JobError

NEEDED = (3, 11)  # as pyproject.toml says
_NAME = ".".join(map(str, NEEDED))
_FOLDERS = (f"/Library/Frameworks/Python.framework/Versions/{_NAME}/bin", "/opt/homebrew/bin", "/usr/local/bin")
_CHOOSE = f"install Python {_NAME} and choose it as the Python to set up with, in this extension's preferences"
# In words that a Python 2 understands too, so that it can say what it is.
_PROBE = """
import json, sys
def has(name):
    try:
        __import__(name)
        return True
    except ImportError:
        return False
print(json.dumps({"version": list(sys.version_info[:3]), "venv": has("venv"), "ensurepip": has("ensurepip")}))
"""


def fits_blender() -> bool:
    """Whether Blender's own Python is of the version that is needed."""
    return sys.version_info[:2] == NEEDED


def usual(variables: Mapping[str, str] = os.environ) -> str:
    """The one to take when the user names none: Blender's own; where that is another version, one of the system's."""
    if fits_blender():
        return sys.executable
    for name in (f"python{_NAME}", *_installed(variables)):
        if found := shutil.which(name, path=variables.get("PATH")):
            return found
    return sys.executable


def _installed(variables: Mapping[str, str]) -> list[str]:
    """Where the usual installers put it, which a program that was started with the mouse need not have on its path."""
    name = "Python" + _NAME.replace(".", "")
    windows = [(variables.get("LOCALAPPDATA"), "Programs/Python"), (variables.get("ProgramFiles"), "")]
    found = [str(Path(base, below, name, "python.exe")) for base, below in windows if base]
    return found + [f"{folder}/python{_NAME}" for folder in _FOLDERS]


def probe_command(python: str) -> list[str]:
    """The words that make a Python say what `judge` wants to know."""
    return [python, "-c", _PROBE]


def judge(python: str, lines: list[str], own: bool) -> str:
    """The version of a Python, from what it answered to `probe_command`. own: it is Blender's, chosen by nobody.

    Raises JobError, which says what to do, when it will not do.
    """
    try:
        answer = json.loads(lines[-1])
        version = tuple(answer["version"])
        found = ".".join(map(str, version))
    except (IndexError, ValueError, KeyError, TypeError):
        raise unfit(python, lines) from None
    if version[:2] != NEEDED:
        name = f"Blender's own Python is {found}" if own else f"{python} is Python {found}"
        why = f"Python {_NAME} is needed, which the pinned packages are built for, and {name}"
        raise JobError(f"{why}: {_CHOOSE}", remedy="choose_base")
    if not (answer["venv"] and answer["ensurepip"]):
        missing = "venv" if not answer["venv"] else "ensurepip"
        debian = f"on Debian and Ubuntu, install the package python{_NAME}-venv"
        raise JobError(f"{python} lacks its module {missing}: {debian}, or choose another Python", "", "choose_base")
    return found


def unfit(python: str, lines: list[str]) -> JobError:
    """The error of a program that is no Python. lines: what it said."""
    return JobError(f"{python} is no Python that works: {_CHOOSE}", "\n".join(lines), "choose_base")
