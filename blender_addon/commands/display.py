# SPDX-License-Identifier: GPL-3.0-or-later
"""What a command says while it works: lines that stay, and on a terminal one line that is written over."""

import shutil
import time
from typing import TextIO

from ..jobs.worker import Job


class Display:
    """Where progress is told. Only a terminal gets the line that is written over."""

    def __init__(self, stream: TextIO):
        self.stream, self.terminal = stream, stream.isatty()
        self._shown, self._when = "", 0.0

    def update(self, text: str) -> None:
        """Write over the last line, at most ten times a second."""
        if not self.terminal:
            return
        text = text[: shutil.get_terminal_size().columns - 1]
        if text != self._shown and time.monotonic() - self._when > 0.1:
            self._when = time.monotonic()
            self.stream.write("\r\x1b[K" + text)
            self.stream.flush()
            self._shown = text

    def line(self, text: str) -> None:
        """Say something that stays."""
        self.clear()
        print(text, file=self.stream, flush=True)

    def clear(self) -> None:
        """Take away the line that is written over."""
        if self._shown:
            self.stream.write("\r\x1b[K")
            self.stream.flush()
            self._shown = ""


def progress(job: Job) -> str:
    """How far a job is: 'Sampling 3/20, 12 s left'."""
    text = job.stage
    if job.total:
        text += f" {job.done}/{job.total}"
    if job.seconds_left is not None:
        text += f", {time_left(job.seconds_left)} left"
    return text


def time_left(seconds: float) -> str:
    """Seconds as one would say them: '12 s', '7 min', '2.5 h'."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
