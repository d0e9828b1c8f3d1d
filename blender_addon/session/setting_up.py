# SPDX-License-Identifier: GPL-3.0-or-later
"""The backend's set-up under way, or the last one: begun by a button, carried on by the session's timer."""

import atexit
import sys

import bpy

from .. import folders, preferences, session
from ..jobs import JobError, base_python
from ..jobs import problem as problems
from ..jobs.installation import Installation
from ..jobs.installation_plan import Plan
from ..jobs.job import DONE, FAILED

LOG = "set_up.log"

installation: Installation | None = None


def running() -> bool:
    return installation is not None and installation.running


def plan(afresh: bool = False) -> Plan:
    """What would be done, as the preferences stand. Raises OSError."""
    found, wanted = preferences.get(), preferences.wanted()
    chosen = bpy.path.abspath(found.base_python) if found else ""
    usual = base_python.usual()
    return Plan(
        folder=preferences.environment(),
        log=folders.user_path(folders.LOGS) / LOG,
        base_python=chosen or usual,
        own_python=not chosen and usual == sys.executable,
        requirements=preferences.packages(),
        build=wanted.build,
        index=wanted.index,
        afresh=afresh,
    )


def begin(afresh: bool) -> None:
    """Set the backend up; afresh: from nothing. Raises JobError."""
    global installation
    if running():
        raise JobError("the backend is being set up: wait for it, or cancel it")
    if session.supervisor().running or session.trainer().running:
        raise JobError("the backend is at work: wait for it, or cancel that first")
    session.close_all()  # Windows removes no file that a process uses
    session.dismiss()
    try:
        following = Installation(plan(afresh))
    except OSError as error:
        raise JobError(f"the extension's folder cannot be used: {error}") from None
    following.start()
    installation = following
    preferences.look_again()
    session.add_pump(_pump)
    session.tag_redraw()


def cancel() -> None:
    if installation is not None:
        installation.cancel()
        session.tag_redraw()


def close() -> None:
    """End it and forget it."""
    global installation
    if installation is not None:
        installation.close()
    installation = None
    preferences.look_again()


def register() -> None:
    """End with Blender."""
    atexit.register(close)


def unregister() -> None:
    """End, and leave nothing behind."""
    atexit.unregister(close)
    close()


def _pump() -> tuple[bool, bool]:
    if installation is None:
        return False, False
    changed = installation.pump()
    if changed:
        preferences.look_again()
    if changed and installation.state == DONE:
        session.look_again()
    if changed and installation.state == FAILED:
        error = JobError(installation.sentence, installation.details, installation.remedy)
        session.show_problem(problems.of_error(error))
    return changed, installation.running
