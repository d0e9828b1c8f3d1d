# SPDX-License-Identifier: GPL-3.0-or-later
"""The two processes beside Blender: one for lifts and what is asked quickly, one for training."""

import platform
import tempfile
from pathlib import Path

import bpy

from .. import folders, places
from ..jobs import JobError
from ..jobs.environment import worker_command
from ..jobs.supervisor import Supervisor
from ..jobs.worker import Limits
from . import pulse

# A training that is stopped, by the button or because Blender ends, finishes its step and saves its state first; a lift
# has nothing to lose, and Blender's end does not wait for it.
_LIMITS = {"worker": Limits(terminate=1.0), "trainer": Limits(ask=30.0, interrupt=15.0, terminate=15.0)}

_supervisors: dict[str, Supervisor] = {}


def supervisor() -> Supervisor:
    """For lift, inspect and check. Its requests go in a row."""
    return _get("worker")


def trainer() -> Supervisor:
    """For train, so that a lift need not wait for days."""
    return _get("trainer")


def close_all() -> None:
    """End both processes, waiting a little."""
    for each in _supervisors.values():
        each.close()
    _supervisors.clear()


def facts() -> dict[str, str]:
    """What a report says of this machine."""
    from .. import preferences

    try:
        python = preferences.backend_python()
    except JobError as error:
        python = f"none ({error})"
    found = {
        "Blender": bpy.app.version_string,
        "Lift to 3D": _version(),
        "Blender's Python": platform.python_version(),
        "System": platform.platform(),
        "Backend's Python": python,
        "Device": preferences.device(),
    }
    logs = {f"Log of the {name}": str(each.log) for name, each in _supervisors.items() if each.log}
    return found | logs


def _version() -> str:
    try:
        lines = (places.ADDON / "blender_manifest.toml").read_text(encoding="utf-8").splitlines()
    except OSError:
        return "unknown"
    return next((line.split('"')[1] for line in lines if line.startswith("version = ")), "unknown")


def _get(name: str) -> Supervisor:
    if name not in _supervisors:
        try:
            logs = folders.user_folder(folders.LOGS)
        except OSError:  # motions may go elsewhere, so that lifts are possible all the same
            logs = Path(tempfile.gettempdir()) / "lift3d-logs"
        window = not bpy.app.background  # which is to stay quick
        _supervisors[name] = Supervisor(_command, logs, name, _LIMITS[name], wake=_wake, stands_back=window)
    return _supervisors[name]


def _wake() -> None:
    pulse.add_pump(_pump)


def _pump() -> tuple[bool, bool]:
    found = list(_supervisors.values())
    changed = [each.pump() for each in found]
    return any(changed), any(each.busy for each in found)


def _command() -> list[str]:
    from .. import preferences

    return worker_command(preferences.backend_python())
