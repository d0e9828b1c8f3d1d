# SPDX-License-Identifier: GPL-3.0-or-later
"""Memory: how much this machine has, and how to tell that it has run out, whoever says so and however."""

import os
import sys

_WORDS = ("out of memory", "not enough memory", "can't allocate memory", "cannot allocate memory", "alloc_failed")


def out_of_memory(error: BaseException) -> bool:
    """Whether an error means that memory, the processor's or a GPU's, did not suffice.

    torch's own class is told by its name, since who never needed torch has not imported it; Apple's GPU, cuBLAS and
    the processor's allocator raise plain RuntimeErrors that say it in words.
    """
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    return isinstance(error, RuntimeError) and any(words in str(error).lower() for words in _WORDS)


def machine_memory() -> tuple[float, float | None] | None:
    """This machine's memory in GiB, in all and free; None where the system does not tell."""
    try:
        if sys.platform == "win32":
            return _windows()
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    except (AttributeError, OSError, ValueError):
        return None
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            facts = dict(line.split(":", 1) for line in file)
        return total, int(facts["MemAvailable"].split()[0]) / 2**20
    except (OSError, KeyError, ValueError):
        return total, None


def _windows() -> tuple[float, float]:
    import ctypes

    class Status(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ulong), ("load", ctypes.c_ulong)] + [
            (name, ctypes.c_ulonglong)
            for name in ("total", "free", "total_page", "free_page", "total_virtual", "free_virtual", "extended")
        ]

    status = Status(length=ctypes.sizeof(Status))
    if not ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):
        raise OSError("GlobalMemoryStatusEx failed")
    return status.total / 2**30, status.free / 2**30
