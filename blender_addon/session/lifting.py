# SPDX-License-Identifier: GPL-3.0-or-later
"""The lift: start it as the scene's settings say, cancel it, and bring what it made into the scene."""

import traceback
from functools import partial
from pathlib import Path

import bpy

from .. import session
from ..core.body_family import BodyFamily, family_of_subject
from ..jobs import JobError
from ..jobs import problem as problems
from ..jobs.job import Job
from ..jobs.problem import Problem
from . import pulse, runs, wishes, workers
from .result import ResultError, add_here, add_where_it_belongs, hindrance, place_for, running_job
from .runs import LiftRun


def start_lift(context: bpy.types.Context, new_take: bool = False) -> None:
    """Lift the chosen clip as the scene's settings say. new_take: with the next seed. Raises JobError."""
    from .. import preferences
    from ..settings import chosen_clip

    if session.lift is not None and session.lift.under_way:
        raise JobError("a lift is running: wait for it or cancel it")
    settings = context.scene.lift3d
    if not settings.clip:
        raise JobError("no clip is chosen: choose a file of 2D keypoints first")
    clip = Path(chosen_clip.clip_path(settings))
    try:
        motion = runs.motion_path(preferences.motions_folder(), clip)
    except OSError as error:
        raise JobError(f"the folder for motions cannot be used ({error}): choose another in the preferences") from None
    known = chosen_clip.clip_facts(settings)
    options = wishes.options(context.scene, clip, known, preferences.device(), new_take)
    session.dismiss()
    job = workers.supervisor().request("lift", _ended, clip=str(clip), output=str(motion), options=options)
    settings.seed = options["seed"]
    footage = str(clip) if known is not None and known.is_video else ""  # a video is its own film
    footage = bpy.path.abspath(settings.footage) if settings.footage else footage
    scene = context.scene.session_uid
    film = settings.movie_clip.name if settings.movie_clip else ""
    session.lift = LiftRun(job, clip, footage, motion, options, scene, session.file_generation, film=film)
    pulse.add_pump(partial(_get_ready, family_of_subject(chosen_clip.subject(settings))))
    pulse.tag_redraw()


def _get_ready(family: BodyFamily) -> tuple[bool, bool]:
    """Load what brings the result in now, when nobody waits for it: the first time takes as long as the import does."""
    from ..core.body_file import BodyFileError, read_body
    from ..scene import arrival  # noqa: F401

    try:
        _ = read_body(None, family).weight_groups
    except BodyFileError:
        pass  # the import will say so
    return False, False


def cancel_lift() -> None:
    """Begin to cancel the lift under way; once is enough."""
    run = session.lift
    if run is not None and run.state == runs.RUNNING:
        run.state = runs.CANCELLING
        workers.supervisor().cancel(run.job)
        pulse.tag_redraw()


def add_result(context: bpy.types.Context) -> None:
    """Bring the lift that waits into the scene that is open now. Raises JobError."""
    run = session.lift
    if run is None or run.state != runs.WAITING:
        raise JobError("no finished lift waits to be added")
    if hindering := running_job():
        raise JobError(f"the character cannot be added now: {hindering}")
    _add(run, lambda: add_here(run.motions, run.footage, run.film))


def leave_result() -> Path:
    """Forget the lift that waits to be added; its motion file, which stays. Raises JobError."""
    run = session.lift
    if run is None or run.state != runs.WAITING:
        raise JobError("no finished lift waits to be added")
    session.lift = None
    pulse.tag_redraw()
    return run.motion


def _ended(job: Job) -> None:
    run = session.lift
    if run is None or run.job is not job:
        return
    if job.state == runs.DONE:
        made = job.result.get("people", [])
        run.people = tuple(Path(person["path"]) for person in made)
    if job.state == runs.DONE and run.state == runs.CANCELLING:
        run.state = runs.CANCELLED  # too late for the backend, not for the user
        for motion in run.motions:
            runs.remove_motion(motion)
        return
    if job.state == runs.DONE:
        for motion, person in zip(run.motions, made or [job.result], strict=True):
            wishes.remember(motion, run.clip, person.get("person", 0), run.settings)
        run.state = runs.WAITING
        if not _add_or_wait():
            pulse.add_pump(_retry)
        return
    runs.remove_drafts(run.motion)
    run.state = job.state
    if job.state == runs.FAILED:
        session.show_problem(problems.of_job(job, str(run.settings.get("device", ""))))


def _add_or_wait() -> bool:
    """Bring the lift that waits into its scene, if that can be now; whether there is no use in another try."""
    run = session.lift
    if run is None or run.state != runs.WAITING:
        return True
    if run.file_generation != session.file_generation:
        run.why_waiting = "Another file was opened while this clip was lifted"
        return True
    if place_for(run.scene) is None:
        run.why_waiting = "The scene that it was lifted for is not open in any window"
        return True
    if hindering := hindrance():
        run.why_waiting = f"It will be added as soon as possible: {hindering}"
        return False
    _add(run, lambda: add_where_it_belongs(run.scene, run.motions, run.footage, run.film))
    return True


def _retry() -> tuple[bool, bool]:
    before = session.lift.why_waiting if session.lift else ""
    final = _add_or_wait()
    return final or session.lift.why_waiting != before, not final


def _add(run: LiftRun, how) -> None:
    try:
        how()
        run.state, run.why_waiting = runs.DONE, ""
    except Exception as error:
        words = str(error) if isinstance(error, ResultError) else f"{type(error).__name__}: {error}"
        run.why_waiting = "It could not be added to the scene"
        session.show_problem(
            Problem(f"The lift is done, but could not be added to the scene: {words}", traceback.format_exc())
        )
    pulse.tag_redraw()
