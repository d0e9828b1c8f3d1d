# SPDX-License-Identifier: GPL-3.0-or-later
"""What a running job says: its stage, how far it is, how long it will take, what the user should know."""

import time
from collections.abc import Callable

from ..errors import Cancelled
from .channel import Channel

SHORTEST = 0.1  # seconds between two messages of progress
SOONEST = 0.5  # seconds into a stage before it foretells its end


class Report:
    """A job's voice. Each word of it is also where the job learns that it has been cancelled."""

    def __init__(self, channel: Channel, key: str, cancelled: Callable[[], bool]):
        self._channel, self._key, self._cancelled = channel, key, cancelled
        self._stage, self._started, self._last = "", 0.0, 0.0

    def check(self) -> None:
        """Raise Cancelled if the job is to stop."""
        if self._cancelled():
            raise Cancelled

    def progress(self, stage: str, done: int, total: int) -> None:
        """`done` of `total` steps of a stage are behind us. Raises Cancelled if the job is to stop."""
        self.check()
        now = time.monotonic()
        if stage != self._stage:
            self._stage, self._started, self._last = stage, now, 0.0
            self._channel.send("stage", id=self._key, name=stage)
        if now - self._last < SHORTEST and done < total:
            return
        self._last = now
        took = now - self._started
        # The first steps are no measure: caches are cold, and the stage's own clock has hardly run.
        left = took / done * (total - done) if done > 0 and (took > SOONEST or done == total) else None
        self._channel.send("progress", id=self._key, done=done, total=total, seconds_left=left)

    def warning(self, text: str) -> None:
        """Something that the user should know about the result."""
        self._channel.send("warning", id=self._key, text=text)
