# SPDX-License-Identifier: GPL-3.0-or-later
"""Many clips into a folder: workers lift, and this process makes the files of each motion as it comes."""

import argparse
import tempfile
import time
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from .. import places
from ..batch.crew import Crew
from ..batch.find import find_clips
from ..batch.fingerprint import fingerprint
from ..core.body_family import SUBJECTS
from ..core.detector_options import BUNDLED
from ..core.models import problem
from ..jobs import JobError
from ..jobs.environment import worker_command
from ..jobs.worker import CANCELLED, DONE
from .arguments import CommandError, need_bpy
from .backend_python import backend_python
from .batch_run import BatchRun, Task
from .display import progress
from .interruption import Interruption
from .subject import inspect_fields, options_for, told_subject
from .write_outputs import MOTION

_BY_CLIP = "by clip"
_FILES = ("body", "pose_prior", "detector", "boxes")
_PAUSE = 0.05  # seconds between two looks at the workers


def lift_many(args: argparse.Namespace, options: dict[str, Any]) -> int:
    """Lift every clip that is not finished; the exit code. Raises CommandError, JobError and KeyboardInterrupt."""
    formats = args.format or ["blend", MOTION]
    if any(ending != MOTION for ending in formats):
        need_bpy(formats)
    wanted = told_subject(args)
    settings = {"command": "lift", "subject": wanted or _BY_CLIP, **_settings(options, wanted)}
    with BatchRun(find_clips(args.clips), args.out, formats, settings) as batch:
        todo = batch.tasks(args.force)
        interrupted = False
        if todo:  # without work there is no need of a backend
            lifts = [task for task in todo if not task.earlier]
            command = worker_command(backend_python(args.python)) if lifts else []
            with tempfile.TemporaryDirectory(prefix="lift3d-", ignore_cleanup_errors=True) as logs:
                crew = Crew(command, min(args.jobs or 1, len(todo)), Path(logs))
                try:
                    interrupted = _work(batch, crew, todo, options, wanted)
                finally:
                    crew.close()
        code = batch.close(args.json)
    if interrupted:
        raise KeyboardInterrupt
    return code


def _work(batch: BatchRun, crew: Crew, todo: list[Task], options: dict[str, Any], wanted: str | None) -> bool:
    """Have all of it done; whether Ctrl-C has ended it."""
    began: dict[str, float] = {}
    lifted: list[tuple[Task, list[str], dict[str, Any], float]] = []  # with warnings, facts and seconds
    with Interruption() as interruption:
        cancelling = False
        while todo or crew.busy or lifted:
            if interruption.asked and not cancelling:
                cancelling = True
                batch.display.line("lift3d: cancelling; Ctrl-C again ends it at once")
                crew.cancel()
                batch.cancel(todo)
                todo.clear()
            while todo and crew.free and not crew.hopeless:
                task = todo.pop(0)
                if task.earlier:
                    lifted.append((task, task.earlier.warnings, asdict(task.earlier), 0.0))
                    break  # so that these, too, come one at a time
                began[task.name] = time.monotonic()
                choose = partial(_choose, task.source, wanted, options)
                look = inspect_fields(options)
                crew.look_and_lift(task, task.source.resolve(), batch.draft(task).resolve(), look, choose)
            for task, job in crew.pump():
                seconds = time.monotonic() - began[task.name]
                if job.state == CANCELLED:
                    batch.cancel([task])
                elif job.state == DONE:
                    lifted.append((task, job.warnings, job.result, seconds))
                else:
                    batch.fail(task, job.sentence, job.details, seconds)
            if crew.hopeless and not crew.busy:
                for task in todo:
                    batch.fail(task, "not begun, since the backend fails whatever the clip: see the rows above")
                todo.clear()
            if lifted:
                # One at a time, so that a worker that has ended its clip meanwhile does not wait long for the next.
                task, warnings, facts, seconds = lifted.pop(0)
                motion = batch.out / f"{task.name}.{MOTION}" if task.earlier else batch.draft(task)
                batch.finish(task, motion, None, facts, warnings, seconds)
            elif crew.busy:
                batch.display.update(_status(batch, crew))
                time.sleep(_PAUSE)
    return cancelling


def _models(chosen: str | None, wanted: str | None) -> str:
    """The content of the model that lifts, or of all that may where each clip says whom it shows. Raises OSError."""
    if chosen:
        return fingerprint(Path(chosen), (".safetensors",))
    folders = [places.find(f"assets/checkpoints/{subject}") for subject in ([wanted] if wanted else SUBJECTS)]
    return " ".join(fingerprint(folder, (".safetensors",)) for folder in folders if folder.is_dir())


def _status(batch: BatchRun, crew: Crew) -> str:
    running = "; ".join(f"{task.name}: {progress(job) or 'starting'}" for task, job in crew.running)
    return f"{len(batch.records)} of {batch.count} ended. {running}"


def _choose(clip: Path, wanted: str | None, options: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    """A clip's options, once it is known what it shows. Raises JobError."""
    try:
        return options_for(clip, told, wanted, options)
    except CommandError as error:
        raise JobError(str(error)) from None


def _settings(options: dict[str, Any], wanted: str | None) -> dict[str, Any]:
    """What decides over a lift's result: the options, and the content of the models and of the user's own files."""
    if "model" in options and (sentence := problem(Path(options["model"]))):
        raise CommandError(sentence)
    try:
        contents = {"model": _models(options.get("model"), wanted)}
        named = {name: options[name] for name in _FILES if options.get(name, BUNDLED) != BUNDLED}
        contents |= {name: fingerprint(Path(path)) for name, path in named.items()}
    except OSError as error:
        raise CommandError(f"{error.filename} cannot be read: {error.strerror}") from None
    # On another device the same comes out, but for the last digits.
    return {"options": {name: value for name, value in options.items() if name != "device"}, "contents": contents}
