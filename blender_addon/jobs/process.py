# SPDX-License-Identifier: GPL-3.0-or-later
"""Start, interrupt and end a process, and read its log, on POSIX and Windows."""

import os
import signal
import subprocess
from pathlib import Path
from typing import Any

from . import JobError

_WINDOWS = os.name == "nt"
# Windows has Ctrl-Break for processes on one's own console alone, and a worker has none.
CAN_INTERRUPT = not _WINDOWS
_TAIL_LINES, _TAIL_BYTES = 20, 8192
_NICENESS = 5  # above ours, of a process that stands back; Windows has a class for it


def start_process(
    command: list[str], log: Path, variables: dict[str, str], stands_back: bool = False
) -> subprocess.Popen:
    """A process with pipes at stdin and stdout, its stderr in `log`, and a process group of its own.

    The group keeps a Ctrl-C in the terminal, meant for us, away from it, and lets it be ended with its children.
    stands_back: it leaves the processor to us when both want it, so that a window on screen stays quick.
    Raises JobError if the system cannot start it.
    """
    try:
        stderr = open(log, "wb")
    except OSError as error:
        raise JobError(f"the backend's log {log} cannot be written: {error.strerror}") from None
    try:
        arguments = own_group()
        if _WINDOWS and stands_back:
            arguments["creationflags"] |= subprocess.BELOW_NORMAL_PRIORITY_CLASS
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr, env=variables, **arguments
        )
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        raise JobError(f"the backend cannot be started with {command[0]}: {error}", remedy="choose_python") from None
    finally:
        stderr.close()
    if stands_back and not _WINDOWS:
        _set_back(process)
    return process


def write_to(process: subprocess.Popen, data: bytes) -> None:
    """Write to its stdin. Raises OSError when it is gone.

    Blender, unlike Python, dies of a write to a pipe that nobody reads any more, by the signal that it gets: that is
    held back from this thread meanwhile.
    """
    if _WINDOWS:
        process.stdin.write(data)
        process.stdin.flush()
        return
    broken = {signal.SIGPIPE}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, broken)
    try:
        descriptor = process.stdin.fileno()  # nothing is to be left in a buffer, to be written at its closing
        while data:
            data = data[os.write(descriptor, data) :]
    finally:
        if not before & broken:
            if signal.sigpending() & broken:
                signal.sigwait(broken)
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


def own_group() -> dict[str, Any]:
    """Arguments that give a new process a group of its own, and no console window on Windows."""
    if _WINDOWS:
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}


def _set_back(process: subprocess.Popen) -> None:
    """From here rather than in the child before it begins, which is not safe in a program with threads."""
    try:
        os.setpriority(os.PRIO_PROCESS, process.pid, os.getpriority(os.PRIO_PROCESS, 0) + _NICENESS)
    except OSError:
        pass  # it has ended already, or the system does not let us: it works all the same


def interrupt(process: subprocess.Popen) -> None:
    """What Ctrl-C does, where it can be done."""
    try:
        process.send_signal(signal.SIGINT)
    except OSError:
        pass  # already gone


def end_process(process: subprocess.Popen) -> None:
    """Kill it and what it has started."""
    if _WINDOWS and process.poll() is None:
        # The python.exe of an environment is a launcher: what works is its child, which would live on.
        words = ["taskkill", "/F", "/T", "/PID", str(process.pid)]
        try:
            subprocess.run(words, capture_output=True, creationflags=subprocess.CREATE_NO_WINDOW, timeout=5)
        except (OSError, subprocess.TimeoutExpired):
            pass  # there is no such program here, or it is slow: the launcher at least
    try:
        if _WINDOWS:
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)  # the group outlives its leader while a child of it lives
    except OSError:
        pass  # already gone


def ending(code: int | None) -> str:
    """How a process ended, from its exit code (None: it does not end), as the end of a sentence."""
    if code is None:
        return "closed its output, but does not end"
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
