# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the supervisor share: fake workers of a mode, and waiting for what becomes of a job."""

import sys
import time
from pathlib import Path

from blender_addon.jobs.job import Job
from blender_addon.jobs.supervisor import Supervisor
from blender_addon.jobs.worker import Limits

FAKE = Path(__file__).with_name("fake_worker.py")
QUICK = Limits(hello=60, silence=60, ask=0.3, interrupt=0.3, terminate=0.3)


def supervised(logs: Path, mode: str = "done", limits: Limits = QUICK, **more) -> Supervisor:
    """A supervisor of fake workers of a mode."""
    command = more.pop("command", lambda: [sys.executable, "-I", "-u", str(FAKE), mode])
    return Supervisor(command, logs, limits=limits, **more)


def until(supervisor: Supervisor, condition) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "nothing happened"
        supervisor.pump()
        time.sleep(0.01)


def ended(supervisor: Supervisor, job: Job) -> Job:
    until(supervisor, lambda: job.ended and job not in supervisor.running)
    return job


def worker_of(supervisor: Supervisor) -> int:
    """The worker's process id, asked from the worker itself."""
    return ended(supervisor, supervisor.request("lift", act="environment")).result["group"]


def settled(supervisor: Supervisor) -> None:
    until(supervisor, lambda: not supervisor.busy)
