# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a file or folder is what it was: a hash of its content, names within a folder included."""

import hashlib
import os
from pathlib import Path

_CHUNK = 1 << 20


def fingerprint(path: Path, endings: tuple[str, ...] = ()) -> str:
    """SHA-256 of a file's bytes, or of the names and bytes of all files in a folder, hidden ones left out.

    endings: of the files that count, in a folder; none means all. Raises OSError.
    """
    path, digest = Path(path), hashlib.sha256()
    if not path.is_dir():
        _add(path, digest)
        return digest.hexdigest()
    for file in _files(path):
        if not endings or file.suffix.lower() in endings:
            digest.update(b"\0" + os.fsencode(file.relative_to(path).as_posix()) + b"\0")
            _add(file, digest)
    return digest.hexdigest()


def _files(folder: Path) -> list[Path]:
    found = []
    for place, inner, names in os.walk(folder):
        inner[:] = [name for name in inner if not name.startswith(".")]
        found += [Path(place, name) for name in names if not name.startswith(".")]
    return sorted(found)


def _add(path: Path, digest) -> None:
    with open(path, "rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
