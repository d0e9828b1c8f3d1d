# SPDX-License-Identifier: GPL-3.0-or-later
"""What the system says of processes: who started whom, how much memory and how many open files. Linux only."""

import os
from pathlib import Path


def descendants(pid: int) -> list[int]:
    """Processes started by `pid`, and by those, that are alive and no zombies."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            stat = _stat(int(entry.name))
            if stat and stat[0] != "Z":
                children.setdefault(int(stat[1]), []).append(int(entry.name))
    found, queue = [], [pid]
    while queue:
        below = children.get(queue.pop(), [])
        found += below
        queue += below
    return found


def alive(pid: int) -> bool:
    """Whether the process exists and is no zombie."""
    stat = _stat(pid)
    return bool(stat) and stat[0] != "Z"


def zombies(pid: int) -> int:
    """How many dead children of `pid` it has not yet taken leave of."""
    stats = (_stat(int(entry.name)) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return sum(1 for stat in stats if stat and stat[0] == "Z" and int(stat[1]) == pid)


def command_line(pid: int) -> str:
    """The words it was started with; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""


def open_files(pid: int) -> int:
    """How many file descriptors it holds."""
    return len(os.listdir(f"/proc/{pid}/fd"))


def memory(pid: int) -> float:
    """Resident memory in MiB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _stat(pid: int) -> list[str]:
    """State and parent of a process, and what follows in /proc/PID/stat; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
