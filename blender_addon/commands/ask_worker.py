# SPDX-License-Identifier: GPL-3.0-or-later
"""One request to a worker of its own, from a command line: started, shown, cancelled by Ctrl-C."""

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..jobs import BackendError, JobError
from ..jobs.environment import worker_command
from ..jobs.worker import CANCELLED, FAILED, Job, Worker
from .display import Display, progress
from .subject import inspect_fields, options_for

OnEvents = Callable[[Job, list[dict[str, Any]], Display], None]


def lift_clip(clip: Path, motion: Path, options: dict[str, Any], wanted: str | None, python: str) -> Job:
    """Write the clip's motion file, or everybody's; the job that did it. wanted: the subject, None for the clip's.
    Raises as `ask_worker` does, and CommandError if the clip shows another subject."""
    try:
        told = ask_worker(python, "inspect", clip=str(clip), **inspect_fields(options)).result
    except BackendError:
        raise
    except JobError:
        told = {}
    options = options_for(clip, told, wanted, options)
    return ask_worker(python, "lift", clip=str(clip), output=str(motion), options=options)


def ask_worker(python: str, request: str, on_events: OnEvents | None = None, **fields: Any) -> Job:
    """Have a worker do one request; its job, which is done. on_events: told what the worker says, beside the display.

    Raises JobError for what the user can put right, BackendError (with the log's last lines, and where the whole log
    is) when the backend broke, and KeyboardInterrupt once it has been cancelled.
    """
    handle, log = tempfile.mkstemp(prefix="lift3d-", suffix=".log")
    os.close(handle)
    worker, job, display = Worker(worker_command(python), Path(log)), None, Display(sys.stderr)
    try:
        job = worker.request(request, **fields)
        _follow(worker, job, display, on_events)
    finally:
        display.clear()
        worker.close()
        broken = job is not None and job.state == FAILED and not job.users_fault
        if not broken:
            Path(log).unlink(missing_ok=True)
    if job.state == CANCELLED:
        raise KeyboardInterrupt
    if broken:
        raise BackendError(f"{job.sentence}; the log is {log}", job.details)
    if job.state == FAILED:
        raise JobError(job.sentence)
    return job


def _follow(worker: Worker, job: Job, display: Display, on_events: OnEvents | None) -> None:
    """Show a job until it has ended. A first Ctrl-C cancels it; a second one is raised."""
    cancelling, stage = False, ""
    while not job.ended:
        try:
            events = worker.pump(wait=0.1)
            if on_events:
                on_events(job, events, display)
            if not job.stage:
                continue
            display.update(progress(job))
            # Only stages with steps to count: reading a clip is none, so a clip that cannot be read gets one line.
            if not display.terminal and job.stage != stage and job.total > 1:
                stage = job.stage
                display.line(f"lift3d: {stage}")
        except KeyboardInterrupt:
            if cancelling:
                raise
            cancelling = True
            worker.cancel(job)
            display.line("lift3d: cancelling; Ctrl-C again ends it at once")
