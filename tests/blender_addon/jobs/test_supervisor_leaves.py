# SPDX-License-Identifier: GPL-3.0-or-later
"""What a supervisor leaves of processes, threads, files and logs, whatever becomes of its workers: nothing."""

import os
import random
import signal
import threading
import time
from pathlib import Path

import pytest

from blender_addon.jobs.job import CANCELLED, DONE, FAILED, Job
from tests.blender_addon.jobs.supervising import ended, settled, until, worker_of

needs_proc = pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counting what is open needs /proc")


def children() -> set[str]:
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if int(parent) == os.getpid():
            found.add(f"{stat.parent.name} {state}")
    return found


@needs_proc
def test_killed_at_random_moments_it_leaves_nothing_and_the_next_works(supervise, tmp_path):
    """Twelve workers killed within their first moments: at the start, at hello, at work, between two jobs."""
    supervisor, moments = supervise("obedient"), random.Random(4)
    ended(supervisor, supervisor.request("lift", act="done"))
    before = len(os.listdir("/proc/self/fd")), threading.active_count(), len(children())

    def fails_or_is_begun_again(job: Job, killed) -> None:
        until(supervisor, lambda: job.ended or (job.done and is_by_another(killed)))

    def is_by_another(process) -> bool:
        return supervisor._worker is not None and supervisor._worker.process is not process

    for _ in range(12):
        ends = []
        job = supervisor.request("lift", ends.append)
        until_when = time.monotonic() + moments.uniform(0, 0.15)
        while time.monotonic() < until_when:
            supervisor.pump()
            time.sleep(0.005)
        killed = supervisor._worker.process
        os.kill(killed.pid, signal.SIGKILL)
        fails_or_is_begun_again(job, killed)
        if job.ended:
            assert ended(supervisor, job).state == FAILED and "signal 9" in job.sentence
        else:  # the worker had not yet heard of it, and another has begun it
            supervisor.cancel(job)
            assert ended(supervisor, job).state == CANCELLED
        assert ends == [job]
        assert ended(supervisor, supervisor.request("lift", act="done")).state == DONE
    settled(supervisor)
    assert (len(os.listdir("/proc/self/fd")), threading.active_count(), len(children())) == before
    assert not supervisor._worker.jobs and not supervisor._tasks
    assert 2 <= len(list((tmp_path / "logs").glob("worker-*.log"))) <= 10


@needs_proc
def test_ten_lifts_in_a_row_by_one_worker_leave_nothing(supervise):
    supervisor = supervise()
    first = worker_of(supervisor)
    before = len(os.listdir("/proc/self/fd")), threading.active_count(), children()
    for _ in range(10):
        ended(supervisor, supervisor.request("lift"))
    assert worker_of(supervisor) == first
    assert (len(os.listdir("/proc/self/fd")), threading.active_count(), children()) == before
    assert not supervisor._worker.jobs and not supervisor.busy
    supervisor.close()
    assert not [child for child in children() if child.startswith(f"{first} ")]


def test_logs_of_others_are_left_alone_and_the_newest_of_ours_kept(supervise, tmp_path):
    folder = tmp_path / "logs"
    folder.mkdir()
    for number in range(20):
        log = folder / f"worker-old-{number:02}.log"
        log.write_text("x")
        os.utime(log, (number, number))
    (folder / "set_up.log").write_text("x")
    supervisor = supervise("crashes")
    job = ended(supervisor, supervisor.request("lift"))
    kept = sorted(path.name for path in folder.iterdir() if "old" in path.name)
    assert kept == [f"worker-old-{number:02}.log" for number in range(11, 20)]
    assert (folder / "set_up.log").exists() and "line 99" in job.details and "line 99" in supervisor.log.read_text()


@pytest.mark.skipif(not hasattr(os, "getpriority"), reason="priorities are asked for as POSIX has them")
@pytest.mark.parametrize("stands_back", [False, True])
def test_a_worker_leaves_the_processor_to_a_window_and_not_to_a_command(supervise, stands_back):
    its = os.getpriority(os.PRIO_PROCESS, worker_of(supervise(stands_back=stands_back)))
    own = os.getpriority(os.PRIO_PROCESS, 0)
    assert its == (min(own + 5, 19) if stands_back else own)
