# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages out and lines in, on file descriptors that nothing else in the process writes to or reads from."""

import json
import os
import sys
import threading
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

PROTOCOL = 1


class Channel:
    """Where events go. descriptor: a file descriptor open for writing. Any thread may send."""

    def __init__(self, descriptor: int):
        self._descriptor, self._lock = descriptor, threading.Lock()

    def send(self, event: str, **values: Any) -> None:
        """Send an event as one line. Raises OSError when the reader is gone, ValueError for values JSON has not."""
        message = {"event": event, **{name: plain(value) for name, value in values.items()}}
        line = json.dumps(message, allow_nan=False, separators=(",", ":")).encode() + b"\n"
        with self._lock:
            while line:
                line = line[os.write(self._descriptor, line) :]


def take_stdout() -> int:
    """A descriptor for the process's stdout, from now on the only one: print, and C code that prints, go to stderr."""
    sys.stdout.flush()
    descriptor = os.dup(1)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return descriptor


def lines(descriptor: int) -> Iterator[bytes]:
    """Whole lines from a descriptor until its end.

    Not sys.stdin: a thread that waits in a buffered reader at the interpreter's end brings the interpreter down.
    """
    rest = b""
    while chunk := os.read(descriptor, 65_536):
        *whole, rest = (rest + chunk).split(b"\n")
        yield from whole


def plain(value: Any) -> Any:
    """A value as JSON can say it: dataclasses as objects, paths as strings, numbers that are not finite as None."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, Path):
        return str(value)
    if hasattr(value, "tolist"):  # numpy's and torch's scalars and arrays
        return plain(value.tolist())
    if isinstance(value, float) and not -float("inf") < value < float("inf"):
        return None
    return value
