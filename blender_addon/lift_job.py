# SPDX-License-Identifier: GPL-3.0-or-later
"""Lift one clip from a command line: start the worker, show how far it is, heed Ctrl-C."""

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, TextIO

from .jobs import BackendError, JobError
from .jobs.environment import interpreter, worker_command
from .jobs.worker import CANCELLED, FAILED, Job, Worker


def lift_clip(clip: Path, motion: Path, options: dict[str, Any], python: str | None = None) -> list[str]:
    """Write the clip's motion file; the warnings that came.

    Raises JobError for what the user can put right, BackendError (with the log's last lines, and where the whole log
    is) when the backend broke, and KeyboardInterrupt once it has been cancelled.
    """
    command = worker_command(interpreter(python))
    handle, log = tempfile.mkstemp(prefix="lift3d-", suffix=".log")
    os.close(handle)
    worker, job, display = Worker(command, Path(log)), None, Display(sys.stderr)
    try:
        job = worker.request("lift", clip=str(clip), output=str(motion), options=options)
        _follow(worker, job, display)
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
    return job.warnings


def _follow(worker: Worker, job: Job, display: "Display") -> None:
    """Show a job until it has ended. A first Ctrl-C cancels it; a second one is raised."""
    cancelling = False
    while not job.ended:
        try:
            worker.pump(wait=0.1)
            display.show(job)
        except KeyboardInterrupt:
            if cancelling:
                raise
            cancelling = True
            worker.cancel(job)
            display.line("cancelling; Ctrl-C again ends it at once")


class Display:
    """A job's progress on a stream: one line that is written over on a terminal, else a line for each long stage."""

    def __init__(self, stream: TextIO):
        self.stream, self._terminal = stream, stream.isatty()
        self._stage, self._shown, self._when = "", "", 0.0

    def show(self, job: Job) -> None:
        """Bring the display up to date, at most ten times a second."""
        if not job.stage:
            return
        if not self._terminal:
            # Only stages with steps to count: reading a clip is none, so a clip that cannot be read gets one line.
            if job.stage != self._stage and job.total > 1:
                self._stage = job.stage
                self.line(job.stage)
            return
        text = job.stage
        if job.total:
            text += f" {job.done}/{job.total}"
        if job.seconds_left is not None:
            text += f", {job.seconds_left:.0f} s left"
        if text != self._shown and time.monotonic() - self._when > 0.1:
            self._when = time.monotonic()
            self.stream.write("\r\x1b[K" + text)
            self.stream.flush()
            self._shown = text

    def line(self, text: str) -> None:
        """Say something that stays."""
        self.clear()
        print(f"lift3d: {text}", file=self.stream)

    def clear(self) -> None:
        if self._shown:
            self.stream.write("\r\x1b[K")
            self.stream.flush()
            self._shown = ""
