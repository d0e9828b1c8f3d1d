# SPDX-License-Identifier: GPL-3.0-or-later
"""What is going on: the lift, the look at the chosen clip, the problem to tell. Panels read it, operators change it.

No reference to Blender's data is kept here, so files may be loaded and steps undone while a lift runs.
"""

import atexit
from dataclasses import replace

import bpy

from .. import preferences
from ..jobs import problem as problems
from ..jobs.problem import Problem
from . import detecting, fetching, notice, previewing, pulse, wishes, workers
from .lifting import add_result, cancel_lift, leave_result, start_lift
from .looking import inspect, look_again
from .pulse import add_pump, pump, tag_redraw
from .runs import Inspection, LiftRun
from .workers import facts, supervisor, trainer

__all__ = ["Inspection", "LiftRun", "Problem", "add_pump", "add_result", "cancel_lift", "facts", "inspect",
           "leave_result", "look_again", "pump", "start_lift", "supervisor", "tag_redraw", "trainer"]  # fmt: skip

problem: Problem | None = None  # the one thing that has gone wrong and that the user has not seen off
lift: LiftRun | None = None  # under way, or the last one
inspection: Inspection | None = None  # of the chosen clip
file_generation = 0  # how many files have been opened


def show_problem(found: Problem) -> None:
    """Tell the user, in the place of what was told before."""
    global problem
    # Repairing is for the environment that was set up here, choosing for one that was chosen.
    if found.remedy in (problems.REPAIR, problems.CHOOSE_PYTHON):
        chosen = preferences.chosen_python()
        found = replace(found, remedy=problems.CHOOSE_PYTHON if chosen else problems.REPAIR)
    problem = found
    tag_redraw()
    notice.pop_up(found.sentence)


def dismiss() -> None:
    """The user has seen it."""
    global problem
    problem = None
    tag_redraw()


def report() -> str:
    """The problem as text to copy; "" when there is none."""
    return problems.report(problem, facts()) if problem else ""


def close_all() -> None:
    """End both processes and what they were doing. The next request starts them again."""
    global inspection
    workers.close_all()
    if lift is not None and lift.under_way:
        lift.state = lift.job.state
    if inspection is not None and inspection.open:
        inspection = None
    if detecting.running():
        detecting.detection.state = detecting.detection.job.state


@bpy.app.handlers.persistent
def _file_opened(*_: object) -> None:
    global file_generation
    file_generation += 1


def register() -> None:
    """Notice files that are opened and backends that are chosen, and end with Blender."""
    preferences.watchers.append(look_again)
    bpy.app.handlers.load_post.append(_file_opened)
    atexit.register(close_all)


def unregister() -> None:
    """End everything and forget it."""
    global problem, lift, inspection
    if _file_opened in bpy.app.handlers.load_post:  # scripts are known to clear such lists
        bpy.app.handlers.load_post.remove(_file_opened)
    if look_again in preferences.watchers:
        preferences.watchers.remove(look_again)
    atexit.unregister(close_all)
    pulse.stop()
    close_all()
    wishes.forget()
    detecting.forget()
    fetching.forget()
    previewing.forget()
    problem = lift = inspection = None
