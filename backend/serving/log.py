# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker's log, its stderr, which goes into a file: a disk without room must not end what the worker does."""

from typing import Any, TextIO


class Log:
    """A text stream that loses what it cannot write, and is the stream it stands for in everything else."""

    def __init__(self, stream: TextIO):
        self._stream = stream

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except (OSError, ValueError):
            return len(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except (OSError, ValueError):
            pass

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
