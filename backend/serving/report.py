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

    def __init__(
        self, channel: Channel, key: str, cancelled: Callable[[], bool], waiting: Callable[[], bool] = lambda: False
    ):
        self._channel, self._key, self._cancelled, self._waiting = channel, key, cancelled, waiting
        self._stage, self._started, self._first, self._last = "", 0.0, 0, 0.0
        self._heard = time.monotonic()
        self.stopping = False  # it has learned that it is to stop

    @property
    def quiet(self) -> float:
        """Seconds since the job last said how far it is."""
        return time.monotonic() - self._heard

    def others_wait(self) -> bool:
        """Whether another request waits for this job's end."""
        return self._waiting()

    def check(self) -> None:
        """Raise Cancelled if the job is to stop."""
        if self._cancelled():
            self.stopping = True
            raise Cancelled

    def progress(self, stage: str, done: int, total: int, later: float | None = None) -> None:
        """`done` of `total` steps of a stage are behind us. Raises Cancelled if the job is to stop.

        later: how long the stages after this one take, in parts of this one's time, where that is known: the message
        then also tells the time left to the job's end, as `job_seconds_left`.
        """
        self.check()
        now = self._heard = time.monotonic()
        if stage != self._stage:
            self._stage, self._started, self._first, self._last = stage, now, done, 0.0
            self._channel.send("stage", id=self._key, name=stage)
        if now - self._last < SHORTEST and done < total:
            return
        self._last = now
        took, made = now - self._started, done - self._first  # work that is resumed has not begun at 0
        left = whole = None
        # The first steps are no measure: caches are cold, and the stage's own clock has hardly run.
        if made > 0 and (took > SOONEST or done == total):
            left = took / made * (total - done)
            whole = None if later is None else left + later * took / made * total
        elif done == total:
            left = 0.0
        told = {} if later is None else {"job_seconds_left": whole}
        self._channel.send("progress", id=self._key, done=done, total=total, seconds_left=left, **told)

    def losses(self, stage: str, step: int, losses: dict[str, float]) -> None:
        """How well a training does at a step: the means of its losses since the last such word."""
        self._channel.send("losses", id=self._key, stage=stage, step=step, losses=losses)

    def picture(self, frame: int) -> None:
        """The job's picture, a file that the request names, shows this frame now."""
        self._channel.send("picture", id=self._key, frame=frame)

    def warning(self, text: str) -> None:
        """Something that the user should know about the result."""
        self._channel.send("warning", id=self._key, text=text)
