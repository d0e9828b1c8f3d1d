# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker process and what it is doing, driven by a plain function that the caller calls again and again.

`Worker.pump` never blocks and starts nothing: a command line calls it in a loop, a window from a timer. Every end is
an end of the job: `done` alone is success; a worker that stops, hangs or talks nonsense is a failure with a sentence.
"""

import queue
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import protocol
from .environment import clean_variables
from .process import end_process, ending, interrupt, log_tail, start_process

RUNNING, DONE, FAILED, CANCELLED = "running", "done", "failed", "cancelled"


@dataclass(frozen=True)
class Limits:
    """Seconds that the worker gets: to say hello, to be silent, and to obey each step of a cancel or a farewell."""

    hello: float = 90.0
    silence: float = 60.0
    ask: float = 8.0
    interrupt: float = 4.0
    terminate: float = 3.0


@dataclass
class Job:
    """One request and what has become of it; `Worker.pump` writes it, everybody else reads."""

    id: str
    request: str
    state: str = RUNNING
    stage: str = ""
    done: int = 0
    total: int = 0
    seconds_left: float | None = None
    warnings: list[str] = field(default_factory=list)
    result: dict[str, Any] = field(default_factory=dict)
    sentence: str = ""
    details: str = ""
    users_fault: bool = False  # the sentence tells the user what to put right, rather than what broke

    @property
    def ended(self) -> bool:
        return self.state != RUNNING


class Worker:
    """A backend process. command: its words. log: file that takes its stderr. Raises JobError if it cannot start."""

    def __init__(self, command: list[str], log: Path, limits: Limits = Limits()):  # noqa: B008 (frozen)
        self.log, self.limits = Path(log), limits
        self.jobs: dict[str, Job] = {}
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._count = 0
        self._greeted = False
        self._escalation: list[tuple[float, Any]] = []  # (when, what to do then) while a cancel is under way
        self._fate = ""  # why we ended the process ourselves, if we did
        self.process = start_process(command, self.log, clean_variables())
        self._dead_since = 0.0
        self._last_heard = self._started = time.monotonic()
        self._reader = threading.Thread(target=self._read, name="lift3d-worker-reader", daemon=True)
        self._reader.start()

    @property
    def alive(self) -> bool:
        """Whether new requests can be given to it."""
        return self.process.poll() is None and not self._fate

    def request(self, request: str, **fields: Any) -> Job:
        """Hand a request to the worker; it does one at a time, in order."""
        self._count += 1
        job = self.jobs[str(self._count)] = Job(str(self._count), request)
        self._send({"id": job.id, "request": request, **fields})
        return job

    def cancel(self, job: Job) -> None:
        """Begin to cancel: ask, then interrupt, then terminate, then kill. `pump` carries it on; `job.state` tells."""
        if job.ended or self._escalation:
            return
        self._send({"id": job.id, "request": "cancel"})
        limits, when = self.limits, time.monotonic()
        for wait, step in (
            (limits.ask, lambda: interrupt(self.process)),
            (limits.interrupt, lambda: self._end("cancelled", self.process.terminate)),
            (limits.terminate, lambda: self._end("cancelled", lambda: end_process(self.process))),
        ):
            when += wait
            self._escalation.append((when, step))

    def pump(self, wait: float = 0.0) -> list[dict[str, Any]]:
        """Take in what the worker said, look after its health and return the new events.

        wait: seconds to wait for a first event; 0 returns at once.
        """
        events = []
        while True:
            try:
                line = self._lines.get(timeout=wait) if wait > 0 else self._lines.get_nowait()
            except queue.Empty:
                break
            wait = 0.0
            if line is None:
                self._ended()
                break
            if self._fate not in ("", "cancelled"):
                continue  # it is not trusted any more
            self._last_heard = time.monotonic()
            try:
                message = protocol.decode(line)
                if not self._greeted:
                    protocol.check_hello(message)
                    self._greeted = True
                self._note(message)
            except (protocol.ProtocolError, TypeError, ValueError) as error:
                self._abandon(f"the backend said something unexpected: {error}")
                continue
            events.append(message)
        self._watch()
        return events

    def close(self) -> None:
        """End the worker: ask it, close its stdin, wait a little, then end it by force. Running jobs are cancelled."""
        if self.process.poll() is None:
            self._fate = self._fate or "cancelled"
            self._send({"request": "shut_down"})
            try:
                self.process.stdin.close()
            except OSError:
                pass
            try:
                self.process.wait(self.limits.terminate)
            except subprocess.TimeoutExpired:
                end_process(self.process)
        self._reader.join(self.limits.terminate)
        self.pump()
        for stream in (self.process.stdin, self.process.stdout):
            try:
                stream.close()
            except OSError:
                pass

    def _read(self) -> None:
        """The reader thread: lines into the queue, None at the end."""
        stream = self.process.stdout
        try:
            while line := stream.readline(protocol.LONGEST_LINE):
                self._lines.put(line)
        except (OSError, ValueError):
            pass
        self._lines.put(None)

    def _send(self, message: dict[str, Any]) -> None:
        try:
            self.process.stdin.write(protocol.encode(message))
            self.process.stdin.flush()
        except (OSError, ValueError):
            pass  # it is gone; the reader's end of file says so to every job

    def _note(self, message: dict[str, Any]) -> None:
        """Write an event into its job."""
        job = self.jobs.get(str(message.get("id")))
        if job is None or job.ended:
            return
        event = message["event"]
        if event == "stage":
            job.stage, job.done, job.total, job.seconds_left = str(message.get("name", "")), 0, 0, None
        elif event == "progress":
            job.done, job.total = int(message.get("done", 0)), int(message.get("total", 0))
            job.seconds_left = message.get("seconds_left")
        elif event == "warning":
            job.warnings.append(str(message.get("text", "")))
        elif event == "done":
            job.state, job.result = DONE, message.get("result") or {}
        elif event == "failed":
            job.sentence = str(message.get("sentence") or "the backend failed without saying why")
            job.state, job.details = FAILED, str(message.get("details") or "")
            job.users_fault = bool(message.get("users_fault"))
        elif event == "cancelled":
            job.state = CANCELLED
        if job.ended:
            self._escalation.clear()

    def _watch(self) -> None:
        """Carry on a cancel, and notice a worker that does not start, or has fallen silent."""
        now = time.monotonic()
        while self._escalation and now >= self._escalation[0][0]:
            self._escalation.pop(0)[1]()
        if self.process.poll() is not None:
            # A child that inherited the pipe can hold it open after the worker's death.
            self._dead_since = self._dead_since or now
            if now - self._dead_since > 1.0 or (not self._reader.is_alive() and self._lines.empty()):
                self._ended()
            return
        if self._fate:
            return
        if not self._greeted and now - self._started > self.limits.hello:
            self._abandon(f"the backend did not start within {self.limits.hello:g} s")
        elif self._greeted and now - self._last_heard > self.limits.silence:
            self._abandon(f"the backend has not answered for {self.limits.silence:g} s and was ended")

    def _end(self, fate: str, how: Any) -> None:
        self._fate = fate
        how()

    def _abandon(self, sentence: str) -> None:
        """Kill a worker that cannot be trusted any more; its jobs fail with the sentence when the pipe closes."""
        if not self._fate:
            self._end(sentence, lambda: end_process(self.process))

    def _ended(self) -> None:
        """The worker's stdout has closed, or the worker is gone: every job that has not ended, ends now."""
        try:
            code = self.process.wait(0.2)
        except subprocess.TimeoutExpired:  # it closed its stdout but lives on
            code = None
        end_process(self.process)  # with what it started
        if code is None:
            code = self.process.wait()
        cancelling = bool(self._escalation) or self._fate == "cancelled"
        self._escalation.clear()
        sentence = self._fate or f"the backend {ending(code)}"
        self._fate = self._fate or sentence
        for job in self.jobs.values():
            if job.ended:
                continue
            if cancelling:
                job.state = CANCELLED
            else:
                job.state, job.sentence, job.details = FAILED, sentence, log_tail(self.log)
