# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that are whole or not there: written under another name beside their own, then renamed in one step."""

import errno
import os
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import numpy as np


def write_whole(path: Path, data: bytes) -> None:
    """Write a file. Raises OSError; whatever happens, an interrupt too, nothing half-written stays behind."""
    temporary = temporary_name(path)
    try:
        temporary.write_bytes(data)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_arrays(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write an .npz, likewise.

    It is packed in memory: numpy and zipfile keep a file that they could not finish open, and try again to finish it.
    """
    packed = BytesIO()
    np.savez_compressed(packed, **arrays)
    write_whole(path, packed.getbuffer())


def disk_full(error: OSError) -> bool:
    """Whether an error says that there is no more room: on the disk, or of what this user may have of it."""
    return error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))


def temporary_name(path: Path) -> Path:
    """The name that a file has until it is whole."""
    return path.with_name(f".{path.name}.{os.getpid()}.part")
