# SPDX-License-Identifier: GPL-3.0-or-later
"""Which interpreter runs the backend, with which words and which environment variables."""

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from .. import places
from . import JobError

VARIABLE = "LIFT3D_PYTHON"
_CHOOSE = f"choose one with --python or the variable {VARIABLE}"
# Looked for, not imported: importing torch takes seconds.
_PROBE = "import importlib.util, sys; sys.exit(0 if importlib.util.find_spec('torch') else 3)"


def interpreter(chosen: str | None = None, variables: Mapping[str, str] = os.environ) -> str:
    """The Python that the backend runs in: the chosen one, else $LIFT3D_PYTHON, else this one if it has torch.

    Raises JobError when it is not there, is no Python or has no torch.
    """
    wanted, origin = (chosen, "--python") if chosen else (variables.get(VARIABLE), VARIABLE)
    if not wanted:
        if sys.executable and importlib.util.find_spec("torch"):
            return sys.executable
        raise JobError(f"no Python with torch is known for the backend; {_CHOOSE}")
    found = shutil.which(os.path.expanduser(wanted))
    if not found:
        raise JobError(f"{origin} names {wanted}, which is no program; {_CHOOSE}")
    try:
        answer = subprocess.run(
            [found, "-I", "-c", _PROBE],
            env=clean_variables(variables),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise JobError(f"{found} cannot be run as Python ({error}); {_CHOOSE}") from None
    if answer.returncode == 3:
        raise JobError(f"{found} has no torch; {_CHOOSE}")
    if answer.returncode:
        raise JobError(f"{found} is no Python that works; {_CHOOSE}", answer.stderr.decode("utf-8", "replace"))
    return os.path.abspath(found)


def clean_variables(variables: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment variables without those that would bend the backend's Python to Blender's or another one."""
    return {
        name: value
        for name, value in variables.items()
        if not name.startswith("PYTHON") and name not in ("VIRTUAL_ENV", "__PYVENV_LAUNCHER__")
    }


def worker_command(python: str) -> list[str]:
    """The words that start the worker: isolated, unbuffered, out of the folder that holds `backend`."""
    start = Path(__file__).with_name("start_worker.py")
    return [python, "-I", "-u", str(start), str(places.find("backend").parent), "serve"]
