# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker process and what it is doing, driven by a plain function that the caller calls again and again.

`Worker.pump` never blocks and starts nothing: a command line calls it in a loop, a window from a timer. Every end is
an end of the job: `done` alone is success; a worker that stops, hangs or talks nonsense is a failure with a sentence.
"""

import queue
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import protocol
from .environment import clean_variables
from .job import CANCELLED, DONE, FAILED, RUNNING, Job
from .process import CAN_INTERRUPT, end_process, ending, interrupt, log_tail, start_process, write_to

__all__ = ["CANCELLED", "DONE", "FAILED", "RUNNING", "Job", "Limits", "Worker"]

_LONGEST_PUMP = 0.05  # seconds of taking in events before the caller gets its thread back
_LONGEST_GAP = 1.0  # seconds between two pumps that count as silence: who sleeps or is held up hears nothing
_LAST_LINES = 1.0  # seconds that what the worker has still said may take to arrive after its death
_LIVING_ON = 0.2  # seconds that a worker that has closed its stdout may live on

_NO_VARIABLES: dict[str, str] = {}


@dataclass(frozen=True)
class Limits:
    """Seconds that the worker gets: to say hello, to be silent, and to obey each step of a cancel or a farewell.

    stall: after which a job without a word of progress, in a worker that is alive, is said to stall.
    """

    hello: float = 90.0
    silence: float = 60.0
    ask: float = 8.0
    interrupt: float = 4.0
    terminate: float = 3.0
    stall: float = 120.0


class Worker:
    """A backend process. command: its words. log: file that takes its stderr. variables: environment variables beside
    the clean ones. stands_back: it leaves the processor to us. Raises JobError if it cannot start."""

    def __init__(
        self,
        command: list[str],
        log: Path,
        limits: Limits = Limits(),  # noqa: B008 (frozen)
        variables: Mapping[str, str] = _NO_VARIABLES,
        stands_back: bool = False,
    ):
        self.log, self.limits = Path(log), limits
        self.jobs: dict[str, Job] = {}  # that have not ended
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._count = 0
        self._greeted = False
        self._escalation: list[tuple[float, Callable[[], None]]] = []  # (how long after the step before, what to do)
        self._step_at = 0.0
        self._fate, self._remedy = "", ""  # why we ended the process ourselves, if we did; what mends it
        self._closed_stdout, self._dying_since, self._killed_at = False, 0.0, 0.0
        self._silent, self._quiet = 0.0, 0.0  # seconds without a line; without a word of progress
        self.process = start_process(command, self.log, {**clean_variables(), **variables}, stands_back)
        self._watched = time.monotonic()
        self._heartbeats = 0  # written by the reader, read by the watch
        self._counted = 0
        self._reader = threading.Thread(target=self._read, name="lift3d-worker-reader", daemon=True)
        self._reader.start()

    @property
    def alive(self) -> bool:
        """Whether new requests can be given to it."""
        return self.process.poll() is None and not self._fate and not self._closed_stdout

    @property
    def gone(self) -> bool:
        """Whether nothing of it is left but what `close` gives back without waiting."""
        return self.process.poll() is not None and not self._reader.is_alive()

    def request(self, request: str, **fields: Any) -> Job:
        """Hand a new request to the worker; it does one at a time, in order."""
        self._count += 1
        return self.give(Job(str(self._count), request), fields)

    def give(self, job: Job, fields: dict[str, Any]) -> Job:
        """Hand a job, with the fields of its request, to the worker."""
        self.jobs[job.id] = job
        self._quiet = 0.0
        self._send({"id": job.id, "request": job.request, **fields})
        return job

    def cancel(self, job: Job) -> None:
        """Begin to cancel: ask, then interrupt, then terminate, then kill. `pump` carries it on; `job.state` tells."""
        if job.ended or self._escalation:
            return
        self.ask_to_stop(job)
        limits = self.limits
        self._escalation = [
            (limits.ask, lambda: self._interrupt(job)),
            (limits.interrupt, self._terminate),
            (limits.terminate, self.kill),
        ]
        self._step_at = time.monotonic() + limits.ask

    def ask_to_stop(self, job: Job) -> None:
        """Ask for a job's end, and leave it to the worker when that comes."""
        self._send({"id": job.id, "request": "cancel"})

    def pump(self, wait: float = 0.0) -> list[dict[str, Any]]:
        """Take in what the worker said, look after its health and return the new events.

        wait: seconds to wait for a first event; 0 returns at once.
        """
        events, until = [], time.monotonic() + wait + _LONGEST_PUMP
        while time.monotonic() < until:
            try:
                line = self._lines.get(timeout=wait) if wait > 0 else self._lines.get_nowait()
            except queue.Empty:
                break
            wait = 0.0
            if line is None:
                self._closed_stdout = True
                break
            if (message := self._take(line)) is not None:
                events.append(message)
        self._watch(time.monotonic())
        self.jobs = {key: job for key, job in self.jobs.items() if not job.ended}
        return events

    def leave(self) -> None:
        """Bid it farewell without waiting: it is asked to end, and its stdin closed. Running jobs are cancelled."""
        if self.process.poll() is None:
            self._fate = self._fate or "cancelled"
            self._send({"request": "shut_down"})
        try:
            self.process.stdin.close()
        except OSError:
            pass

    @property
    def killed(self) -> bool:
        """Whether it was ended by force."""
        return self._killed_at > 0

    def kill(self) -> None:
        """End it by force, with what it has started. Running jobs are cancelled, or fail if it was given up."""
        self._fate, self._killed_at = self._fate or "cancelled", time.monotonic()
        end_process(self.process)

    def close(self) -> None:
        """End the worker: bid it farewell, wait a little, then end it by force. Running jobs are cancelled."""
        self.leave()
        try:
            self.process.wait(self.limits.terminate)
        except subprocess.TimeoutExpired:
            end_process(self.process)
            try:
                self.process.wait(self.limits.terminate)
            except subprocess.TimeoutExpired:
                pass  # it hangs in the system itself
        self._reader.join(self.limits.terminate)
        while not self._lines.empty():
            self.pump()
        self._ended()
        if not self._reader.is_alive():  # else a stranger holds the pipe, and closing our end would wait for it
            self.process.stdout.close()

    def _read(self) -> None:
        """The reader thread: lines into the queue, None at the end. Heartbeats are counted and not kept, since nobody
        empties the queue while nothing is to be done."""
        stream = self.process.stdout
        try:
            while line := stream.readline(protocol.LONGEST_LINE):
                if protocol.is_heartbeat(line):
                    self._heartbeats += 1
                else:
                    self._lines.put(line)
        except (OSError, ValueError):
            pass
        self._lines.put(None)

    def _send(self, message: dict[str, Any]) -> None:
        try:
            write_to(self.process, protocol.encode(message))
        except (OSError, ValueError):
            pass  # it is gone; the reader's end of file says so to every job

    def _take(self, line: bytes) -> dict[str, Any] | None:
        """The event in a line, written into its job; None if the worker is not trusted, or not any more."""
        if self._fate not in ("", "cancelled"):
            return None
        self._silent = 0.0
        try:
            message = protocol.decode(line)
            if not self._greeted:
                protocol.check_hello(message)
                self._greeted = True
            job = self.jobs.get(str(message.get("id")))
            if job is not None and not job.ended:
                self._quiet = 0.0
                job.note(message)
                if job.ended:
                    self._escalation.clear()
        except protocol.VersionError as error:
            self._abandon(str(error), "repair")
            return None
        except (protocol.ProtocolError, TypeError, ValueError, OverflowError) as error:
            self._abandon(f"the backend said something unexpected: {error}", "" if self._greeted else "repair")
            return None
        return message

    def _watch(self, now: float) -> None:
        """Carry on a cancel, and notice a worker that does not start, has fallen silent or has ended."""
        passed = min(now - self._watched, _LONGEST_GAP)
        self._watched = now
        if self._escalation and now >= self._step_at:
            _, step = self._escalation.pop(0)
            # Counted from now: a caller who was held up must not rush through the steps.
            self._step_at = now + (self._escalation[0][0] if self._escalation else 0.0)
            step()
        if self._closed_stdout or self.process.poll() is not None:
            self._bury(now)
            return
        if self._fate:
            if self.jobs and self._killed_at and now > self._killed_at + self.limits.terminate:
                self._ended()  # it hangs in the system itself, which nobody is to wait for
            return
        self._silent += passed
        if self._heartbeats != self._counted:
            self._counted, self._silent = self._heartbeats, 0.0
        if not self._greeted and self._silent > self.limits.hello:
            self._abandon(f"the backend did not start within {self.limits.hello:g} s")
        elif self._greeted and self._silent > self.limits.silence:
            self._abandon(f"the backend has not answered for {self.limits.silence:g} s and was ended")
        self._quiet += passed
        if self._quiet > self.limits.stall:
            for job in self.jobs.values():
                job.stalled = True

    def _bury(self, now: float) -> None:
        """The worker's stdout has closed, or the worker is gone; either may come before the other, or alone."""
        self._dying_since = self._dying_since or now
        since, gone = now - self._dying_since, self.process.poll() is not None
        if not gone and since > _LIVING_ON:
            end_process(self.process)
        # A child that inherited the pipe can hold it open after the worker's death.
        if (self._closed_stdout and gone) or since > _LAST_LINES:
            self._ended()

    def _interrupt(self, job: Job) -> None:
        """Ctrl-C, or what comes closest to it."""
        if CAN_INTERRUPT:
            interrupt(self.process)
        else:
            self._send({"id": job.id, "request": "interrupt"})

    def _terminate(self) -> None:
        self._fate = "cancelled"
        self.process.terminate()

    def _abandon(self, sentence: str, remedy: str = "") -> None:
        """Kill a worker that cannot be trusted any more; its jobs fail with the sentence when the pipe closes."""
        if not self._fate:
            self._remedy = remedy
            self._fate = sentence
            self.kill()

    def _ended(self) -> None:
        """It has ended, and every job that has not, ends now."""
        end_process(self.process)  # with what it started
        cancelling = bool(self._escalation) or self._fate == "cancelled"
        self._escalation.clear()
        code = self.process.poll()
        if not self._fate:
            self._fate = f"the backend {ending(code)}"
            if not self._greeted and code is not None and code >= 0:
                self._fate = f"{self.process.args[0]} did not start the backend: it {ending(code)}"
                self._remedy = "repair"
        for job in self.jobs.values():
            if job.ended:
                continue
            if cancelling:
                job.state = CANCELLED
            else:
                job.fail(self._fate, log_tail(self.log), self._remedy)
