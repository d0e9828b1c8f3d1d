# SPDX-License-Identifier: GPL-3.0-or-later
"""What a training run learns from: a folder of 2D clips, or motion capture to be filmed into 2D clips."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import UserError
from ..keypoints import read_keypoints
from ..lifting.input_view import prepare
from ..progress import Progress, silent
from .filming import ClipFootage, Film, MocapFootage
from .mocap import TrainingError, choose_clips, read_mocap
from .presets import WINDOW
from .stages import READING


@dataclass(frozen=True)
class TrainingSet:
    """footage draws 2D windows; the rest goes onto the model's card. fingerprint tells one set from another."""

    footage: MocapFootage | ClipFootage
    description: str
    licences: tuple[str, ...]
    skipped: tuple[str, ...]
    fingerprint: str


def from_mocap(
    folder: Path, film: Film, seed: int, progress: Progress = silent, only: str | None = None
) -> TrainingSet:
    """Motion capture clips (``.npz``), filmed by level virtual cameras. Those that cannot be read are skipped and
    named. ``only``: patterns of the names to learn from, see `choose_clips`. Raises TrainingError."""
    paths = choose_clips(sorted(_folder(folder, "motion capture clips (*.npz)").glob("*.npz")), only)
    clips, skipped = _read(paths, read_mocap, progress)
    if not clips:
        raise TrainingError(_none_of(paths, folder, "motion capture clip (*.npz)", skipped))
    frames = sum(len(clip.keypoints) for clip in clips)
    words = {
        Film.MANY: "a new virtual camera at every draw (--film many)",
        Film.SINGLE: "one virtual camera for each moment (--film single)",
    }
    description = f"{len(clips)} motion capture clips, {frames / 30 / 60:.0f} minutes, 2D only, {words[film]}"
    licences = tuple(sorted({clip.licence for clip in clips}))
    footage = MocapFootage(clips, WINDOW, film, seed)
    return TrainingSet(footage, description, licences, skipped, _fingerprint(paths, film.value))


def from_clips(folder: Path, progress: Progress = silent) -> TrainingSet:
    """2D keypoint files, or folders of them, one clip each. Those that cannot be read are skipped and named.

    Raises TrainingError.
    """
    entries = _folder(folder, "2D keypoint clips").iterdir()
    paths = sorted(path for path in entries if not path.name.startswith("."))
    rays, skipped = _read(paths, lambda path: prepare(read_keypoints(path), None).rays, progress)
    if not rays:
        raise TrainingError(_none_of(paths, folder, "2D clip", skipped))
    frames = sum(len(clip) for clip in rays)
    description = f"{len(rays)} 2D clips, {frames / 30 / 60:.1f} minutes, as they are"
    footage = ClipFootage(rays, WINDOW)
    return TrainingSet(footage, description, ("the clips' own",), skipped, _fingerprint(paths, "clips"))


def _folder(folder: Path, what: str) -> Path:
    if not Path(folder).is_dir():
        raise TrainingError(f"expected a folder of {what}, {folder} is none")
    return Path(folder)


def _read(paths: list[Path], read: Callable[[Path], Any], progress: Progress) -> tuple[list, tuple[str, ...]]:
    """What can be read, and a line for each that cannot."""
    found, skipped = [], []
    for number, path in enumerate(paths):
        progress(READING, number, len(paths))
        try:
            found.append(read(path))
        except UserError as error:
            skipped.append(f"{path.name}: {error}")
    return found, tuple(skipped)


def _none_of(paths: list[Path], folder: Path, what: str, skipped: tuple[str, ...]) -> str:
    if not paths:
        return f"there is no {what} in {folder}: choose a folder that holds some"
    return f"none of the {len(paths)} entries of {Path(folder).name} is a usable {what} (first: {skipped[0]})"


def _fingerprint(paths: list[Path], kind: str) -> str:
    digest = hashlib.sha256(kind.encode())
    for path in paths:
        digest.update(f"{path.name}:{path.stat().st_size}".encode())
    return digest.hexdigest()[:16]
