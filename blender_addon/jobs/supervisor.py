# SPDX-License-Identifier: GPL-3.0-or-later
"""One worker at a time, started when it is needed: requests wait in a row here, and outlive the worker they wait for.

Only one request is with the worker, so that a worker that dies takes no other with it, and cancelling one that waits
hits nobody. `Supervisor.pump` never blocks; call it again and again while `busy`.
"""

import itertools
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import JobError
from .job import CANCELLED, FAILED, Job
from .worker import Limits, Worker

_LOGS_KEPT = 10
_GIVEN_UP = 10.0  # seconds after its end by force that a worker which hangs in the system is looked after

OnEnd = Callable[[Job], None]
OnEvent = Callable[[Job, dict[str, Any]], None]


@dataclass
class _Task:
    job: Job
    fields: dict[str, Any]
    on_end: OnEnd | None
    on_event: OnEvent | None
    gives_way: bool
    first_of_worker: bool = True  # its worker was started for it
    heard_of: bool = False  # the worker has said a word about it


class Supervisor:
    """command: the worker's words, asked for at each request; it may raise JobError. name: of the log files. wake: is
    called at each request, for whoever pumps only while there is something to do. stands_back: the worker leaves the
    processor to us."""

    def __init__(
        self,
        command: Callable[[], list[str]],
        log_folder: Path,
        name: str = "worker",
        limits: Limits = Limits(),  # noqa: B008 (frozen)
        variables: Mapping[str, str] | None = None,
        wake: Callable[[], None] = lambda: None,
        stands_back: bool = False,
    ):
        self.revision = 0  # grows with everything that a panel might show
        self.log: Path | None = None  # the last worker's
        self._command, self._folder, self._name = command, Path(log_folder), name
        self._limits, self._variables = limits, dict(variables or {})
        self._wake, self._stands_back = wake, stands_back
        self._tasks: list[_Task] = []  # the first may be with the worker
        self._worker: Worker | None = None
        self._words: list[str] = []
        self._leaving: list[tuple[Worker, float]] = []  # and when each is ended by force
        self._numbers = itertools.count(1)

    @property
    def running(self) -> list[Job]:
        """Jobs that have not ended, the one at work first; without those that give way, for which nobody waits."""
        return [task.job for task in self._tasks if not task.job.ended and not task.gives_way]

    @property
    def busy(self) -> bool:
        """Whether there is any use in pumping."""
        return bool(self._tasks or self._leaving)

    def request(
        self,
        request: str,
        on_end: OnEnd | None = None,
        on_event: OnEvent | None = None,
        gives_way: bool = False,
        **fields: Any,
    ) -> Job:
        """A job that begins when those before it have ended. `pump` calls on_end once, and on_event for its events.

        gives_way: it is cancelled, without force, when another comes. Raises JobError if there is no worker and none
        can be started.
        """
        for task in self._tasks:
            if task.gives_way:
                self._ask_to_stop(task.job)
        job = Job(str(next(self._numbers)), request, waiting=True)
        first = not self._tasks
        self._tasks.append(_Task(job, fields, on_end, on_event, gives_way))
        if first:
            try:
                self._begin_next()
            except BaseException:
                self._tasks.pop()
                raise
        self.revision += 1
        self._wake()
        return job

    def cancel(self, job: Job) -> None:
        """Begin to cancel a job, step by step as the worker needs it; one that only waits has ended at once."""
        if job.ended:
            return
        if job.waiting:
            job.state = CANCELLED
        elif self._worker is not None:
            self._worker.cancel(job)
        self.revision += 1

    def pump(self) -> bool:
        """Take in what the worker said, tell it to the callbacks and go on to the next job; whether anything changed.

        What a callback raises comes out of here; the next call goes on behind it.
        """
        before = self.revision
        if self._worker is not None:
            self._listen(self._worker)
        self._see_off()
        self._end_tasks()
        try:
            self._begin_next()
        except JobError as error:
            task = self._tasks[0]
            task.job.fail(str(error), error.details, error.remedy)
            self._end_tasks()
        return self.revision != before

    def close(self) -> None:
        """End the worker, waiting a little, and every job without a word. A later request starts another worker."""
        workers = [worker for worker, _ in self._leaving]
        if self._worker is not None:
            workers.append(self._worker)
        for worker in workers:
            worker.leave()
        for worker in workers:
            worker.close()
        for task in self._tasks:
            if not task.job.ended:
                task.job.state = CANCELLED
        self._worker, self._leaving, self._tasks = None, [], []
        self.revision += 1

    def _ask_to_stop(self, job: Job) -> None:
        if job.waiting:
            job.state = CANCELLED
        elif self._worker is not None:
            self._worker.ask_to_stop(job)

    def _listen(self, worker: Worker) -> None:
        task = self._tasks[0] if self._tasks else None
        stalled = task is not None and task.job.stalled
        events = worker.pump()
        if not worker.alive and not worker.jobs:
            self._worker = None
            self._leaving.append((worker, time.monotonic() + self._limits.terminate))
        if task is None:
            return
        self.revision += task.job.stalled != stalled
        for event in events:
            if str(event.get("id")) == task.job.id:
                self.revision += 1
                task.heard_of = True
                if task.on_event:
                    task.on_event(task.job, event)

    def _see_off(self) -> None:
        """Look after workers that are to go: force the slow ones, and give back the pipes of those that have gone."""
        staying = []
        for worker, until in self._leaving:
            worker.pump()
            if worker.gone:
                worker.close()
                continue
            if time.monotonic() > until + _GIVEN_UP:
                continue
            if time.monotonic() > until and not worker.killed:
                worker.kill()
            staying.append((worker, until))
        self._leaving = staying

    def _end_tasks(self) -> None:
        for task in [task for task in self._tasks if task.job.ended]:
            if task.job.state == FAILED and not (task.heard_of or task.first_of_worker):
                # The worker had died of something else before it could begin, which is nothing to tell.
                task.job.begin_again()
                task.first_of_worker = True
                continue
            self._tasks.remove(task)
            self.revision += 1
            if task.on_end:
                task.on_end(task.job)

    def _begin_next(self) -> None:
        """Give the first job to the worker, if it has not got it yet. Raises JobError."""
        if not self._tasks or not self._tasks[0].job.waiting:
            return
        task = self._tasks[0]
        words = self._command()
        if self._worker is not None and (not self._worker.alive or words != self._words):
            self._worker.leave()
            self._leaving.append((self._worker, time.monotonic() + self._limits.terminate))
            self._worker = None
        task.first_of_worker = self._worker is None
        if self._worker is None:
            self.log = self._new_log()
            self._worker = Worker(words, self.log, self._limits, self._variables, self._stands_back)
            self._words = words
        task.job.waiting = False
        self._worker.give(task.job, task.fields)

    def _new_log(self) -> Path:
        """A log that is not there yet; the oldest ones are removed. Raises JobError."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            logs = sorted(self._folder.glob(f"{self._name}-*.log"), key=lambda path: path.stat().st_mtime)
            for log in logs[: -_LOGS_KEPT + 1]:
                log.unlink(missing_ok=True)
        except OSError:
            pass  # another Blender was faster, or holds it; a folder that is not there is told by the start itself
        stem = f"{self._name}-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}"
        names = (stem if number == 1 else f"{stem}-{number}" for number in itertools.count(1))
        return next(path for name in names if not (path := self._folder / f"{name}.log").exists())
