# SPDX-License-Identifier: GPL-3.0-or-later
"""A lock between processes that the system lets go of when its holder ends, however it ends."""

import contextlib
import errno
import os
import time
from collections.abc import Iterator
from pathlib import Path

_TAKEN = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
_PATIENCE = 0.05  # seconds between two tries


@contextlib.contextmanager
def file_lock(path: Path, wait: bool = False) -> Iterator[None]:
    """Hold the file ``path``, made for it. Raises BlockingIOError if another process does, unless ``wait`` is set; a
    disk without locks is taken as it is."""
    with open(path, "ab") as file:
        while True:
            try:
                _take(file.fileno())
            except OSError as error:
                if error.errno in _TAKEN:
                    if not wait:
                        raise BlockingIOError(error.errno, "held by another process", str(path)) from None
                    time.sleep(_PATIENCE)
                    continue
            break
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
