# SPDX-License-Identifier: GPL-3.0-or-later
"""Which training goes on beside Blender, and what there is of earlier ones. Panels read it, operators change it.

The backend trains in a process of its own and keeps its own state; here is only what the user sees of it.
"""

import atexit
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from .. import folders, preferences, session
from ..core import clip_folder, training_words
from ..core.body_family import CAT, HUMAN
from ..jobs import JobError, training_runs
from ..jobs import problem as problems
from ..jobs.folder_lock import FolderLock
from ..jobs.folder_names import folder_name, free_name
from ..jobs.job import CANCELLED, DONE, Job
from ..jobs.training_runs import ELSEWHERE, FAILED, FINISHED, RUNNING, STOPPED, TrainingRun
from . import models_at_hand

SAVE_EVERY = 10.0  # seconds between two writings of how far a run is
LOOK_EVERY = 10.0  # seconds between two looks what has become of a run of another Blender's

Rows = list[dict[str, float]]


@dataclass
class Training:
    """A run that goes on. left: seconds to its end, stage_left: to the stage's; None while nobody knows."""

    run: TrainingRun
    lock: FolderLock
    job: Job | None = None
    history: dict[str, Rows] = field(default_factory=dict)
    left: float | None = None
    stage_left: float | None = None
    stopping: bool = False
    began: float = field(default_factory=time.monotonic)
    before: float = 0.0  # seconds trained before it was resumed
    saved: float = 0.0


live: Training | None = None
revision = 0  # grows with every row of losses, and when another run may be shown
_runs: list[TrainingRun] | None = None
_runs_when = 0.0
_read: tuple[Path, dict[str, Rows]] | None = None  # the history that was read last


def runs() -> list[TrainingRun]:
    """All runs, the one begun last first. Read from disk when first asked for and after `refresh`; and now and then
    while one seems to go on in another Blender, which may have died."""
    global _runs, _runs_when
    unsure = _runs is not None and any(run.state == ELSEWHERE for run in _runs)
    if _runs is None or (unsure and time.monotonic() - _runs_when > LOOK_EVERY):
        _runs_when = time.monotonic()
        try:
            _runs = training_runs.list_runs(folders.user_folder(folders.RUNS))
        except OSError:
            _runs = []
        if live is not None:
            _runs = [live.run if run.folder == live.run.folder else run for run in _runs]
    return _runs


def find(name: str) -> TrainingRun | None:
    """The run of this name, else the one begun last, else None."""
    return next((run for run in runs() if run.name == name), runs()[0] if runs() else None)


def refresh() -> None:
    """Read the runs again at the next look."""
    global _runs, _read, revision
    _runs = _read = None
    revision += 1
    session.tag_redraw()


def history(run: TrainingRun) -> dict[str, Rows]:
    """The losses of a run: for each stage that trains a network its rows."""
    global _read
    if live is not None and live.run is run:
        return live.history
    if _read is None or _read[0] != run.folder:
        _read = (run.folder, training_runs.read_history(run))
    return _read[1]


def start(
    clips: str, preset: str, name: str = "", seed: int = 0, film: str = "many", subject: str = HUMAN
) -> TrainingRun:
    """Begin a run of a folder's clips, or of made-up motion where there is no folder's path, under a name that is free.
    Raises JobError."""
    if clips:
        found = clip_folder.look_at(clips)
        if not found.kind:
            raise JobError(found.problem)
        source, kind = str(Path(clips)), found.kind
    elif subject != CAT:
        raise JobError("no motion is made up for humans: choose a folder of clips")
    else:
        source, kind = "", training_runs.PROCEDURAL
    try:
        places = [folders.user_folder(folders.RUNS), folders.user_folder(folders.MODELS)]
    except OSError as error:
        raise JobError(f"the folder for training runs cannot be made: {error}") from None
    free = free_name(folder_name(name or (Path(clips).name if clips else subject), "model"), places)
    run = TrainingRun(places[0] / free, source, kind, preset, film, seed, started=time.time(), subject=subject)
    _begin(run)
    return run


def resume(name: str) -> TrainingRun:
    """Go on with a run where it was stopped. Raises JobError."""
    refresh()
    run = next((run for run in runs() if run.name == name), None)
    if run is None:
        raise JobError(f"there is no training run {name!r} any more")
    if run.state not in (STOPPED, FAILED):
        raise JobError(f"{name} {'is finished' if run.state == FINISHED else 'is being trained by another Blender'}")
    _begin(run)
    return run


def stop() -> None:
    """Have the run under way save its state and end."""
    if live is not None and not live.stopping:
        live.stopping = True
        session.trainer().cancel(live.job)
        session.tag_redraw()


def delete(name: str) -> None:
    """Remove a run that does not go on; its model stays. Raises JobError."""
    refresh()
    run = next((run for run in runs() if run.name == name), None)
    if run is None or run.state in (RUNNING, ELSEWHERE):
        raise JobError(f"{name!r} is being trained: stop it first" if run else f"there is no training run {name!r}")
    training_runs.delete_run(run)
    refresh()


def _begin(run: TrainingRun) -> None:
    global live
    if live is not None:
        raise JobError("a training is running: stop it or wait for it")
    fields = training_runs.request_fields(run, preferences.device())
    as_it_was = replace(run)
    history = training_runs.read_history(run) if run.begun else {}
    training = Training(run, training_runs.lock_of(run.folder), history=history, before=run.seconds)
    run.state, run.problem, run.warnings = RUNNING, "", []
    if not run.begun:
        run.stage, run.step, run.steps = "", 0, 0
    try:
        run.folder.mkdir(parents=True, exist_ok=True)
        if not training.lock.take():
            raise JobError(f"another Blender is training {run.name}")
        training_runs.save_run(run)
    except OSError as error:
        training.lock.release()
        raise JobError(f"{run.folder} cannot be written: {error.strerror}; make room or rights for it") from None
    try:
        training.job = session.trainer().request("train", _ended, _heard, **fields)
    except JobError:
        training.lock.release()
        if run.begun:
            _save(as_it_was, as_it_was.state)
        else:
            training_runs.delete_run(run)
        refresh()
        raise
    live = training
    refresh()


def _heard(job: Job, event: dict[str, Any]) -> None:
    """Take in an event of the run under way."""
    global revision
    if live is None or live.job is not job:
        return
    run, kind = live.run, event["event"]
    if kind == "stage":
        live.left = live.stage_left = None
    if kind in ("stage", "progress"):
        # What only leads to where a run goes on from does not say how far it is.
        if training_words.counts(job.stage) or not run.begun:
            run.stage, run.step, run.steps = job.stage, job.done, job.total
        live.left, live.stage_left = _seconds(event, "job_seconds_left"), job.seconds_left
    elif kind == "warning":
        run.warnings = list(job.warnings)
    elif kind == "losses":
        rows = live.history.setdefault(str(event.get("stage")), [])
        row = {"step": int(event["step"]), **{str(name): float(value) for name, value in event["losses"].items()}}
        # A run that was cut off goes on from its last save, before the last rows that were seen of it.
        rows[:] = [known for known in rows if known["step"] < row["step"]] + [row]
        revision += 1
    run.seconds = live.before + time.monotonic() - live.began
    if time.monotonic() - live.saved > SAVE_EVERY or kind == "stage":
        live.saved = time.monotonic()
        _save(run, RUNNING)


def _seconds(event: dict[str, Any], name: str) -> float | None:
    value = event.get(name)
    return max(0.0, float(value)) if isinstance(value, int | float) else None


def _ended(job: Job) -> None:
    if live is None or live.job is not job:
        return
    run = _let_go()
    if job.state == DONE:
        _finish(run)
    elif job.state == CANCELLED:
        _save(run, STOPPED)
    else:
        _fail(run, problems.of_job(job, preferences.device()))
    refresh()


def _let_go() -> TrainingRun:
    """No run goes on any more: the one that did."""
    global live
    live.lock.release()
    run, live = live.run, None
    return run


def _finish(run: TrainingRun) -> None:
    """Put the model among the models."""
    try:
        run.model = str(training_runs.publish(run, folders.user_folder(folders.MODELS)))
        _save(run, FINISHED)
        models_at_hand.refresh()
    except (JobError, OSError) as error:
        _fail(run, problems.of_error(error if isinstance(error, JobError) else JobError(str(error))))


def _fail(run: TrainingRun, found: problems.Problem) -> None:
    run.problem = found.sentence
    _save(run, FAILED)
    session.show_problem(replace(found, sentence=f"The training of {run.name} failed. {found.sentence}"))


def _save(run: TrainingRun, state: str) -> None:
    run.state = state
    try:
        training_runs.save_run(run)
    except OSError as error:
        print(f"Lift to 3D: {run.folder} cannot be written: {error}")  # the backend tells of a full disk


def _close() -> None:
    """Blender ends, or the extension is disabled: the session has had the trainer save its state."""
    if live is not None:
        _save(_let_go(), STOPPED)


def register() -> None:
    """Note at Blender's end that the run under way was stopped."""
    atexit.register(_close)


def unregister() -> None:
    """Forget everything; the session has ended the trainer."""
    global _runs, _read
    atexit.unregister(_close)
    _close()
    _runs = _read = None
