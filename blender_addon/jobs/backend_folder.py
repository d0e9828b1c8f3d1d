# SPDX-License-Identifier: GPL-3.0-or-later
"""The backend's environment on disk: where its Python is, whether it is whole, and what for. Standard library only.

A stamp in it says what it was made of. It is written last and removed first, so that without it nothing is whole.
"""

import functools
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

ABSENT, BROKEN, OUTDATED, READY = "absent", "broken", "outdated", "ready"
_STAMP = "lift3d.json"
# What lies in an environment, whole or half made, on any system.
_USUAL = {"bin", "include", "lib", "lib64", "scripts", "share", "etc", "man", "pyvenv.cfg", _STAMP, f"{_STAMP}.part"}


@dataclass(frozen=True)
class Contents:
    """What an environment is made of: the requirements' digest, torch's build, and the index it came from."""

    requirements: str
    build: str
    index: str = ""


def python_of(folder: Path) -> Path:
    """Path of an environment's interpreter on this system."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def packages_of(folder: Path) -> Path:
    """Path of the folder with an environment's packages."""
    return folder / "Lib/site-packages" if os.name == "nt" else next(folder.glob("lib/python3*/site-packages"), folder)


def state(folder: Path, wanted: Contents) -> str:
    """ABSENT; BROKEN: begun and not ended, or without its Python; OUTDATED: it works, and is not what is wanted."""
    held = contents(folder)
    if held is not None and python_of(folder).exists():
        return READY if held == wanted else OUTDATED
    try:
        return BROKEN if any(folder.iterdir()) else ABSENT
    except OSError:
        return ABSENT


def contents(folder: Path) -> Contents | None:
    """What a whole environment is made of; None if it is not whole. Cheap enough for a panel to ask at every draw."""
    stamp = folder / _STAMP
    try:
        return _read(str(stamp), stamp.stat().st_mtime_ns)
    except OSError:
        return None


def strangers(folder: Path) -> list[str]:
    """Names of what lies in the folder and belongs to no environment, so that it must not be emptied."""
    try:
        names = sorted(path.name for path in folder.iterdir())
    except FileNotFoundError:
        return []
    return [name for name in names if name.lower() not in _USUAL and not name.startswith(".")]


def size_gb(folder: Path) -> float:
    """Gigabytes of the files in the folder; 0 where there is none."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(place, name)).st_size
            except OSError:
                pass  # removed meanwhile
    return total / 1e9


def stamp(folder: Path, made_of: Contents) -> None:
    """Say that the environment is whole. Raises OSError."""
    half = folder / f"{_STAMP}.part"
    half.write_text(json.dumps(asdict(made_of)), encoding="utf-8")
    os.replace(half, folder / _STAMP)


def unstamp(folder: Path) -> None:
    """Say that it is not, before anything in it is changed. Raises OSError."""
    (folder / _STAMP).unlink(missing_ok=True)


@functools.lru_cache(maxsize=4)
def _read(path: str, _when: int) -> Contents | None:
    try:
        return Contents(**json.loads(Path(path).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
