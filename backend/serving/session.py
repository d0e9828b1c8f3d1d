# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker's life: requests in order in the main thread, a thread that listens, a thread that shows it is alive.

Jobs run in the main thread because that is where an interrupt lands: a job that does not look whether it has been
cancelled is still stopped by the second step of the add-on's cancel. When stdin closes the add-on is gone, and so,
soon, is the worker.
"""

import _thread
import json
import os
import queue
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterable
from typing import Any

from ..errors import Cancelled, UserError
from ..memory import out_of_memory
from .channel import PROTOCOL, Channel
from .report import Report

# (the request's fields, where to report) -> what `done` brings.
Handler = Callable[[dict[str, Any], Report], dict[str, Any]]

HEARTBEAT = 2.0  # seconds
IMPORT_CHECK = 0.1  # seconds between two looks whether an interrupted job has done importing
LAST_WORDS = 5.0  # seconds that a running job gets to stop when the add-on has gone, asked and then interrupted


class Session:
    """One talk with one add-on. handlers: what each request does."""

    def __init__(self, channel: Channel, handlers: dict[str, Handler], version: str):
        self._channel, self._handlers, self._version = channel, handlers, version
        self._waiting: queue.SimpleQueue[dict | None] = queue.SimpleQueue()
        self._cancelled: set[str] = set()
        self._running: str | None = None
        self._report: Report | None = None  # of the job that runs
        self._closing = False
        self._over = threading.Event()

    def run(self, lines: Iterable[bytes]) -> None:
        """Serve until the lines end or one asks to shut down. Call it in the main thread."""
        signals = [signal.SIGINT] + ([signal.SIGBREAK] if hasattr(signal, "SIGBREAK") else [])
        before = [(each, signal.signal(each, self._interrupted)) for each in signals]
        try:
            self._channel.send("hello", protocol=PROTOCOL, version=self._version)
            threading.Thread(target=self._listen, args=(lines,), daemon=True).start()
            threading.Thread(target=self._beat, daemon=True).start()
            while (request := self._waiting.get()) is not None:
                self._serve(request)
        finally:
            self._over.set()
            for each, handler in before:
                signal.signal(each, handler)

    def _interrupted(self, number: int, frame: Any) -> None:
        """Stop the job at hand. Between jobs an interrupt has come too late and means nothing, and a job that stops by
        itself is let alone: it may be saving its state."""
        if self._running is None or self._report is not None and self._report.stopping:
            return
        if _importing(frame):
            # A library that was left half imported would be broken for every job after this one.
            again = threading.Timer(IMPORT_CHECK, self._interrupt, (self._running,))
            again.daemon = True
            again.start()
            return
        raise KeyboardInterrupt

    def _interrupt(self, key: str) -> None:
        if self._running == key:
            _thread.interrupt_main()

    def _listen(self, lines: Iterable[bytes]) -> None:
        for line in lines:
            try:
                request = json.loads(line)
                verb, key = request["request"], str(request.get("id", ""))
            except (ValueError, TypeError, KeyError, RecursionError):
                print(f"not a request: {line[:200]!r}", file=sys.stderr)
                continue
            if verb == "cancel":
                self._cancelled.add(key)
            elif verb == "interrupt":  # from where there is no Ctrl-C for processes
                self._interrupt(key)
            elif verb == "shut_down":
                break
            else:
                self._waiting.put(request)
        self._closing = True  # cancels what runs and what waits
        self._waiting.put(None)
        # A job that has not looked up is stopped as by Ctrl-C: a training whose steps are long saves its state then.
        # One that does not stop must not keep the worker alive after its add-on.
        if not self._over.wait(LAST_WORDS):
            _thread.interrupt_main()
            if not self._over.wait(LAST_WORDS):
                os._exit(1)

    def _beat(self) -> None:
        while not self._over.wait(HEARTBEAT):
            try:
                report = self._report
                # For the add-on to tell a slow job from one that hangs.
                self._channel.send("alive", **({"busy_s": round(report.quiet, 1)} if report else {}))
            except OSError:
                os._exit(1)

    def _serve(self, request: dict[str, Any]) -> None:
        """Do one request and say how it ended, whatever happens in it."""
        key = str(request.get("id", ""))
        cancelled, waiting = lambda: self._closing or key in self._cancelled, lambda: not self._waiting.empty()
        report = Report(self._channel, key, cancelled, waiting)
        try:
            self._running, self._report = key, report
            report.check()
            handler = self._handlers.get(request["request"])
            if handler is None:
                known = ", ".join(self._handlers)
                raise UserError(f"this backend does not know the request {request['request']!r}; it knows {known}")
            result = handler(request, report)
            self._running = None
            end = {"event": "done", "result": result}
        except (Cancelled, KeyboardInterrupt):
            self._running = None
            end = {"event": "cancelled"}
        except BaseException as error:  # a library's sys.exit is no reason to end the worker either
            self._running = None
            end = {"event": "failed", **failure(error)}
        self._report = None
        self._cancelled.discard(key)
        self._channel.send(end.pop("event"), id=key, **end)


def _importing(frame: Any) -> bool:
    """Whether the code at this frame runs on behalf of an import."""
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


def failure(error: BaseException) -> dict[str, Any]:
    """What `failed` says of an error: a sentence, whether the user can put it right, and details for a report.

    remedy, where there is one: what mends it, as the add-on names it.
    """
    if isinstance(error, UserError):
        return {"sentence": str(error), "users_fault": True, "details": "", "remedy": error.remedy}
    details = "".join(traceback.format_exception(error))
    print(details, file=sys.stderr)
    if isinstance(error, ImportError):  # packages go missing when an installation is cut short or cleaned up
        sentence = f"the backend is not whole ({' '.join(str(error).split())[:200]}): repair it"
        return {"sentence": sentence, "users_fault": True, "details": details, "remedy": "repair"}
    if out_of_memory(error):
        sentence = "out of memory: close other programs, or ask for less (fewer samples, a shorter clip)"
        return {"sentence": sentence, "users_fault": True, "details": details}
    if isinstance(error, OSError) and error.filename:
        sentence = f"{error.filename} cannot be read or written: {error.strerror}"
        return {"sentence": sentence, "users_fault": True, "details": details}
    summary = " ".join(f"{type(error).__name__}: {error}".split())[:200]
    return {"sentence": f"something unforeseen went wrong ({summary})", "users_fault": False, "details": details}
