# SPDX-License-Identifier: GPL-3.0-or-later
"""One process trains in a folder at a time."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from ..file_lock import file_lock
from .mocap import TrainingError


@contextlib.contextmanager
def locked(work: Path) -> Iterator[None]:
    """Hold ``work/lock``. Raises TrainingError if another process does."""
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(file_lock(work / "lock"))
        except BlockingIOError:
            raise TrainingError(f"another process is training in {work.parent}: stop it first") from None
        yield
