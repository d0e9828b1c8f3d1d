# SPDX-License-Identifier: GPL-3.0-or-later
"""Several workers at once, a clip each. One that dies takes its clip with it, and the next clip gets a fresh one."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..jobs import JobError
from ..jobs.job import DONE, FAILED, Job
from ..jobs.supervisor import Supervisor

# Workers in a row that may fail without a word about their clips, before there is no hope for the others.
_MUTE = 2
#: From what `inspect` tells of a clip to the options of its lift.
Choose = Callable[[dict[str, Any]], Mapping[str, Any]]
_THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS")


class Crew:
    """command: the words that start a worker. size: workers at once, started when they are needed. logs: folder for
    what they say on stderr."""

    def __init__(self, command: list[str], size: int, logs: Path):
        variables = shared_threads(size)
        self._supervisors = [
            Supervisor(lambda: command, logs, f"worker-{number}", variables=variables) for number in range(1, size + 1)
        ]
        self._at_work: dict[int, tuple[Any, Job]] = {}  # by the supervisor's number
        self._ended: list[tuple[Any, Job]] = []
        self._mute = 0

    @property
    def free(self) -> bool:
        """Whether a clip can be given to somebody."""
        return len(self._at_work) < len(self._supervisors)

    @property
    def busy(self) -> bool:
        """Whether a clip is at work, or has ended without `pump` having said so."""
        return bool(self._at_work or self._ended)

    @property
    def hopeless(self) -> bool:
        """Whether the backend fails before it begins, whatever the clip."""
        return self._mute >= _MUTE

    @property
    def running(self) -> list[tuple[Any, Job]]:
        """What is at work: the tasks and their jobs."""
        return list(self._at_work.values())

    def lift(self, task: Any, clip: Path, output: Path, options: Mapping[str, Any]) -> None:
        """Give a clip to a free worker; `pump` brings the task back. output: the motion file to write."""
        self._ask(self._free_one(), task, "lift", self._end, clip=str(clip), output=str(output), options=dict(options))

    def look_and_lift(self, task: Any, clip: Path, output: Path, look: Mapping[str, Any], choose: Choose) -> None:
        """The same, but what the clip shows is found out first. look: fields of that request, beside the clip. choose:
        makes the options of what is told; what it raises as JobError ends the task as the user's to put right."""

        def seen(number: int, job: Job) -> None:
            if job.state != DONE and not job.users_fault:
                self._end(number, job)
                return
            try:
                options = choose(job.result)  # nothing of a clip that cannot be read: the lift says why
            except JobError as error:
                job.users_fault = True
                job.fail(str(error), error.details)
                self._end(number, job)
            else:
                self._ask(number, task, "lift", self._end, clip=str(clip), output=str(output), options=dict(options))

        self._ask(self._free_one(), task, "inspect", seen, clip=str(clip), **look)

    def _free_one(self) -> int:
        return next(number for number in range(len(self._supervisors)) if number not in self._at_work)

    def _ask(self, number: int, task: Any, request: str, then: Callable[[int, Job], None], **fields: Any) -> None:
        try:
            job = self._supervisors[number].request(request, lambda job: then(number, job), **fields)
        except JobError as error:
            job = Job("0", request)
            job.fail(str(error), error.details)
            self._at_work[number] = (task, job)
            self._end(number, job)
        else:
            self._at_work[number] = (task, job)

    def pump(self) -> list[tuple[Any, Job]]:
        """What has ended since the last call: tasks and their jobs. Never blocks."""
        for supervisor in self._supervisors:
            supervisor.pump()
        ended, self._ended = self._ended, []
        return ended

    def cancel(self) -> None:
        """Begin to cancel whatever is at work; pump until nothing is."""
        for number, (_, job) in self._at_work.items():
            self._supervisors[number].cancel(job)

    def close(self) -> None:
        """End all workers."""
        for supervisor in self._supervisors:
            supervisor.close()

    def _end(self, number: int, job: Job) -> None:
        task, _ = self._at_work.pop(number)
        self._ended.append((task, job))
        if job.state == FAILED and not job.users_fault and not job.stage:
            self._mute += 1
        elif job.state in (DONE, FAILED):
            self._mute = 0


def shared_threads(workers: int, variables: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Environment variables that share the processor's cores out among workers; a user's own choice stays."""
    if workers < 2 or any(name in variables for name in _THREADS):
        return {}
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return dict.fromkeys(_THREADS, str(max(1, cores // workers)))
