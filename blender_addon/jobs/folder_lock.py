# SPDX-License-Identifier: GPL-3.0-or-later
"""Keep a second Blender off a folder that one is at work in. The system lets go of it when a process ends."""

import errno
import os
from pathlib import Path

if os.name == "nt":
    import msvcrt
else:
    import fcntl


_TAKEN = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)


class FolderLock:
    """A lock in a file beside the folder. On a disk that knows no locks nobody is kept off."""

    def __init__(self, folder: Path):
        self._path = folder.with_name(f"{folder.name}.lock")
        self._file: int | None = None

    def take(self) -> bool:
        """Whether the folder is ours now. Raises OSError if the file cannot be made."""
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if os.name == "nt":
                msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
            else:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in _TAKEN:
                os.close(file)
                return False
        self._file = file
        return True

    @property
    def held(self) -> bool:
        return self._file is not None

    def taken(self) -> bool:
        """Whether somebody has it, us included. Never raises: where no lock can be, nobody has one."""
        if self.held:
            return True
        try:
            free = not self._path.exists() or self.take()
        except OSError:
            return False
        self.release()
        return not free

    def release(self) -> None:
        """Let others have it."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
