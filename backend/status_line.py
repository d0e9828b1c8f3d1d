# SPDX-License-Identifier: GPL-3.0-or-later
"""Where long work is, for whoever waits at a terminal or reads its log."""

import sys
import time

SECONDS = 20  # between two lines of a log


class StatusLine:
    """One line on stderr, rewritten on a terminal; elsewhere a line about every twenty seconds."""

    def __init__(self, width: int):
        self.width = width
        self.started = self.last = time.monotonic()

    def left(self, done: int, total: int) -> str:
        """How long the rest will take if it goes on as it went, in words."""
        return f"{(time.monotonic() - self.started) / done * (total - done):.0f} s left"

    def show(self, line: str, finished: bool) -> None:
        """Say where the work is; the line that says that it is finished stays."""
        now = time.monotonic()
        if sys.stderr.isatty():
            print(f"\r{line[: self.width]:<{self.width}}", end="\n" if finished else "", file=sys.stderr, flush=True)
        elif finished or now - self.last > SECONDS:
            self.last = now
            print(line, file=sys.stderr, flush=True)


def show_stage(stage: str, done: int, total: int) -> None:
    """Progress for a terminal; a log is told nothing."""
    if sys.stderr.isatty():
        print(f"\r{stage} {done}/{total}\033[K", end="\n" if done == total else "", file=sys.stderr, flush=True)
