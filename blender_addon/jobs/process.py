# SPDX-License-Identifier: GPL-3.0-or-later
"""Start, interrupt and end a process, and read its log, on POSIX and Windows."""

import os
import signal
import subprocess
from pathlib import Path

from . import JobError

_WINDOWS = os.name == "nt"
_TAIL_LINES, _TAIL_BYTES = 20, 8192


def start_process(command: list[str], log: Path, variables: dict[str, str]) -> subprocess.Popen:
    """A process with pipes at stdin and stdout, its stderr in `log`, and a process group of its own.

    The group keeps a Ctrl-C in the terminal, meant for us, away from it, and lets it be ended with its children.
    Raises JobError if the system cannot start it.
    """
    if _WINDOWS:
        apart = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    else:
        apart = {"start_new_session": True}
    try:
        with open(log, "wb") as stderr:
            return subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr, env=variables, **apart
            )
    except OSError as error:
        raise JobError(f"the backend cannot be started with {command[0]}: {error}") from None


def interrupt(process: subprocess.Popen) -> None:
    """What Ctrl-C does."""
    try:
        process.send_signal(signal.CTRL_BREAK_EVENT if _WINDOWS else signal.SIGINT)
    except (OSError, ValueError):
        pass  # already gone


def end_process(process: subprocess.Popen) -> None:
    """Kill it and what it has started."""
    try:
        if _WINDOWS:
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)  # the group outlives its leader while a child of it lives
    except OSError:
        pass  # already gone


def ending(code: int) -> str:
    """How a process ended, from its exit code, as the end of a sentence."""
    if code < 0 and -code == getattr(signal, "SIGKILL", None):
        return "was killed (signal 9; the system does that when memory runs out)"
    if code < 0:
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = "unknown"
        return f"was ended by signal {-code} ({name})"
    return f"ended with exit code {code} before it was done"


def log_tail(log: Path) -> str:
    """The last lines of a log, or what went wrong reading it."""
    try:
        with open(log, "rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - _TAIL_BYTES))
            lines = file.read().decode("utf-8", "replace").splitlines()
    except OSError as error:
        return f"(no log: {error})"
    return "\n".join(lines[-_TAIL_LINES:])
