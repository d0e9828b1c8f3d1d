# SPDX-License-Identifier: GPL-3.0-or-later
"""One process trains in a folder at a time: a lock that the system lets go of when its holder ends, however it ends."""

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from .mocap import TrainingError

_TAKEN = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)


@contextlib.contextmanager
def locked(work: Path) -> Iterator[None]:
    """Hold ``work/lock``. Raises TrainingError if another process does; a disk without locks is taken as it is."""
    with open(work / "lock", "ab") as file:
        try:
            _take(file.fileno())
        except OSError as error:
            if error.errno in _TAKEN:
                raise TrainingError(f"another process is training in {work.parent}: stop it first") from None
        yield


if os.name == "nt":
    import msvcrt

    def _take(descriptor: int) -> None:
        os.lseek(descriptor, 0, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
