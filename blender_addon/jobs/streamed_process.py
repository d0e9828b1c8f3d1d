# SPDX-License-Identifier: GPL-3.0-or-later
"""A process whose lines, stdout's and stderr's in one row, are read beside the caller. Standard library only."""

import queue
import subprocess
import threading
import time

from . import JobError
from .process import end_process, own_group

_LAST_LINES = 1.0  # seconds that a dead process's lines may still take, if a child of it holds the pipe


class StreamedProcess:
    """Start a command. Raises JobError if the system cannot."""

    def __init__(self, command: list[str], variables: dict[str, str]):
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=variables,
                **own_group(),
            )
        except (OSError, ValueError) as error:
            raise JobError(f"{command[0]} cannot be started: {error}", remedy="choose_base") from None
        self.pid = self._process.pid
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._dead_since = 0.0
        self._reader = threading.Thread(target=self._read, name="lift3d-set-up-reader", daemon=True)
        self._reader.start()

    def lines(self, most: int = 500) -> list[str]:
        """What it has said since the last call, at most so many lines; never waits."""
        found = []
        while len(found) < most:
            try:
                found.append(self._lines.get_nowait().decode("utf-8", "replace").rstrip())
            except queue.Empty:
                break
        return found

    @property
    def code(self) -> int | None:
        """Its exit code once it has ended and all that it said has been handed out; else None."""
        code = self._process.poll()
        if code is None or not self._lines.empty():
            return None
        self._dead_since = self._dead_since or time.monotonic()
        if self._reader.is_alive() and time.monotonic() - self._dead_since < _LAST_LINES:
            return None
        return code if self._lines.empty() else None

    def end(self) -> None:
        """Kill it and what it has started."""
        end_process(self._process)

    def close(self, wait: float) -> None:
        """Kill it and wait so many seconds for its end."""
        self.end()
        try:
            self._process.wait(wait)
        except subprocess.TimeoutExpired:
            pass  # it hangs in the system itself
        self._reader.join(wait)

    def _read(self) -> None:
        with self._process.stdout as stream:
            try:
                while line := stream.readline(1 << 16):
                    self._lines.put(line)
            except (OSError, ValueError):
                pass
