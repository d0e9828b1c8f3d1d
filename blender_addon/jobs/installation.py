# SPDX-License-Identifier: GPL-3.0-or-later
"""Set the backend's environment up, beside the caller: `pump` is called again and again and never waits.

Whatever ends it early (a failure, a cancel, Blender's own end) leaves an environment without a stamp, which counts as
broken, and which the next installation replaces.
"""

import json
import re
import shutil
import time
from collections import deque
from typing import Any, TextIO

from . import JobError, backend_folder, base_python
from .backend_folder import python_of
from .folder_lock import FolderLock
from .installation_plan import MAKING, Plan, Step
from .job import CANCELLED, DONE, FAILED, RUNNING
from .pip_output import PipProgress, what_went_wrong
from .process import ending
from .streamed_process import StreamedProcess

_KEPT_LINES, _DETAIL_LINES = 200, 20
_COUNTING = 0.5  # seconds between two looks at how many packages are in place
_FAREWELL = 3.0  # seconds to wait for a killed step when Blender ends
_PASSWORD = re.compile(r"//[^/@\s]+@")


class Installation:
    """One set-up and what has become of it. `start` begins it; `pump` carries it on and writes what follows.

    state: as a job's. title: what is being done, in words. done, total: how far that is, total 0 when nobody knows.
    step, steps: which command of how many. lines: the log's last ones. sentence, details, remedy: of a failure.
    result: the facts that the backend's check gave in the end.
    """

    def __init__(self, plan: Plan):
        self.plan = plan
        self.state, self.title = "", ""
        self.done = self.total = self.step = 0
        self.sentence = self.details = self.remedy = ""
        self.lines: deque[str] = deque(maxlen=_KEPT_LINES)
        self.result: dict[str, Any] = {}
        self.cancelling = False
        self._steps = plan.steps()
        self.steps = len(self._steps)
        self._lock = FolderLock(plan.folder)
        self._log: TextIO | None = None
        self._process: StreamedProcess | None = None
        self._pip, self._said = PipProgress(), []
        self._counted_at, self._before = 0.0, 0

    @property
    def running(self) -> bool:
        return self.state == RUNNING

    def start(self) -> None:
        """Begin. Raises JobError, and has changed nothing, if that cannot be."""
        plan = self.plan
        try:
            plan.folder.parent.mkdir(parents=True, exist_ok=True)
            plan.log.parent.mkdir(parents=True, exist_ok=True)
            if not self._lock.take():
                raise JobError("another Blender is setting the backend up: wait for it, or close it")
            if found := backend_folder.strangers(plan.folder):
                raise JobError(f"{plan.folder} holds {found[0]}, which no backend has: move it away, then set up again")
            free = shutil.disk_usage(plan.folder.parent).free / 1e9
            anew = any(step.title == MAKING for step in self._steps)
            # What is there is removed first, and counting it takes a moment.
            if anew and free < plan.room_gb and free + backend_folder.size_gb(plan.folder) < plan.room_gb:
                raise JobError(
                    f"the backend needs about {plan.room_gb:.0f} GB of disk, and there are {free:.1f} GB at "
                    f"{plan.folder.parent}: make room, then set up again"
                )
            self._log = open(plan.log, "w", encoding="utf-8", errors="replace", buffering=1)
            self._begin()
        except OSError as error:
            self._release()
            raise JobError(f"the backend cannot be set up in {plan.folder}: {error}") from None
        except JobError:
            self._release()
            raise
        self.state = RUNNING

    def pump(self) -> bool:
        """Take in what the step said and go on to the next one when it has ended; whether anything changed."""
        if not self.running:
            return False
        said = self._process.lines()
        for line in said:
            self._hear(line)
        changed = self._count() or bool(said)
        code = self._process.code
        if code is None:
            return changed
        try:
            if self.cancelling:
                self._end(CANCELLED)
            elif code:
                self._fail(code)
            else:
                self._finish_step()
        except JobError as error:
            self._end(FAILED, str(error), error.details, error.remedy)
        except OSError as error:
            self._end(FAILED, f"The environment cannot be written: {error}", remedy="repair")
        return True

    def cancel(self) -> None:
        """Kill the step that runs, with what it has started; `pump` sees the end."""
        if self.running:
            self.cancelling = True
            self._process.end()

    def close(self) -> None:
        """End it now, waiting a little for the step's end."""
        if self.running:
            self._process.close(_FAREWELL)
            self._end(CANCELLED)

    @property
    def _current(self) -> Step:
        return self._steps[self.step - 1]

    def _begin(self) -> None:
        """Start the next step. Raises JobError, OSError."""
        self.step += 1
        if self.step == 2:  # the first one has only asked
            backend_folder.unstamp(self.plan.folder)
        self.plan.temporary.mkdir(exist_ok=True)
        self._pip, self._said, self._before = PipProgress(), [], self._count_packages()
        self.title, self.done, self.total = self._current.title, 0, 0
        self._write("$ " + _PASSWORD.sub("//...@", " ".join(self._current.words)))
        self._process = StreamedProcess(self._current.words, self.plan.variables())

    def _finish_step(self) -> None:
        plan = self.plan
        if self.step == 1:
            found = base_python.judge(plan.base_python, self._said, plan.own_python)
            self._keep(f"{plan.base_python} is Python {found}")
        if self.step == self.steps:
            self.result = _facts(self._said)
            if self.result.get("remedy") == "repair" or not self.result.get("torch"):
                sentence = next(iter(self.result.get("problems", ())), "it did not answer")
                raise JobError(f"the backend is installed and does not work: {sentence}", self._tail(), "repair")
            backend_folder.stamp(plan.folder, plan.contents)
            self._end(DONE)
            return
        if self._current.title == MAKING and not python_of(plan.folder).exists():
            raise JobError(
                f"{plan.base_python} made no environment at {plan.folder}: a Python of the Microsoft Store puts its "
                "files elsewhere; install one from python.org and choose it",
                remedy="choose_base",
            )
        self._begin()

    def _hear(self, line: str) -> None:
        if not self._pip.take(line):
            self._said.append(line)
            if self.step > 1:
                self._keep(line)
        if self.step > 1 and self._pip.title:
            self.title, self.done, self.total = self._pip.title, self._pip.done, self._pip.total

    def _keep(self, line: str) -> None:
        self.lines.append(line)
        self._write(line)

    def _write(self, line: str) -> None:
        try:
            self._log.write(f"{line}\n")
        except OSError:
            pass  # the disk is full, which the step itself will say

    def _count(self) -> bool:
        """While pip installs, which it does in silence, see how many of the packages are there; whether more are."""
        now = time.monotonic()
        if not self._pip.installing or now - self._counted_at < _COUNTING:
            return False
        self._counted_at = now
        self._pip.installed(self._count_packages() - self._before)
        changed = self.title != self._pip.title
        self.title, self.done, self.total = self._pip.title, self._pip.done, self._pip.total
        return changed

    def _count_packages(self) -> int:
        try:
            return sum(path.name.endswith(".dist-info") for path in self.plan.packages.iterdir())
        except OSError:
            return 0

    def _fail(self, code: int) -> None:
        step = self._current
        if code < 0:
            self._end(FAILED, f"{step.doing} {ending(code)}", self._tail(), "repair")
        elif self.step == 1:
            raise base_python.unfit(self.plan.base_python, self._said)
        else:
            sentence, remedy = what_went_wrong(self._said, step.doing)
            self._end(FAILED, sentence, self._tail(), remedy)

    def _tail(self) -> str:
        return "\n".join(list(self.lines)[-_DETAIL_LINES:])

    def _end(self, state: str, sentence: str = "", details: str = "", remedy: str = "") -> None:
        self.state, self.sentence, self.details, self.remedy = state, sentence, details, remedy
        if sentence:
            self._write(sentence)
        self._release()

    def _release(self) -> None:
        if self._lock.held:
            shutil.rmtree(self.plan.temporary, ignore_errors=True)
        if self._log is not None:
            self._log.close()
            self._log = None
        self._lock.release()


def _facts(lines: list[str]) -> dict[str, Any]:
    """The JSON object that a check prints between what its libraries have to say; empty if there is none."""
    try:
        found, _ = json.JSONDecoder().raw_decode("\n".join(lines[lines.index("{") :]))
    except ValueError:
        return {}
    return found
