# SPDX-License-Identifier: GPL-3.0-or-later
"""What a training run learns from: a folder of 2D clips, or motion capture to be filmed into 2D clips."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from ..errors import UserError
from ..keypoints import read_keypoints
from ..lifting.input_view import prepare
from .filming import ClipFootage, Film, MocapFootage
from .mocap import TrainingError, read_mocap_folder
from .presets import WINDOW


@dataclass(frozen=True)
class TrainingSet:
    """footage draws 2D windows; the rest goes onto the model's card. fingerprint tells one set from another."""

    footage: MocapFootage | ClipFootage
    description: str
    licences: tuple[str, ...]
    skipped: tuple[str, ...]
    fingerprint: str


def from_mocap(folder: Path, film: Film, seed: int) -> TrainingSet:
    """Motion capture clips (``.npz``), filmed by level virtual cameras. Raises TrainingError."""
    clips = read_mocap_folder(folder)
    frames = sum(len(clip.keypoints) for clip in clips)
    words = {
        Film.MANY: "a new virtual camera at every draw (--film many)",
        Film.SINGLE: "one virtual camera for each moment (--film single)",
    }
    description = f"{len(clips)} motion capture clips, {frames / 30 / 60:.0f} minutes, 2D only, {words[film]}"
    licences = tuple(sorted({clip.licence for clip in clips}))
    footage = MocapFootage(clips, WINDOW, film, seed)
    return TrainingSet(footage, description, licences, (), _fingerprint(sorted(Path(folder).glob("*.npz")), film.value))


def from_clips(folder: Path) -> TrainingSet:
    """2D keypoint files, or folders of them, one clip each. Those that cannot be read are skipped and named."""
    folder = Path(folder)
    if not folder.is_dir():
        raise TrainingError(f"expected a folder of 2D keypoint clips, {folder} is none")
    rays, skipped = [], []
    paths = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    for path in paths:
        try:
            rays.append(prepare(read_keypoints(path), None).rays)
        except UserError as error:
            skipped.append(f"{path.name}: {error}")
    if not rays:
        reason = f" (first: {skipped[0]})" if skipped else ""
        raise TrainingError(f"none of the {len(paths)} entries of {folder.name} is a usable 2D clip{reason}")
    frames = sum(len(clip) for clip in rays)
    description = f"{len(rays)} 2D clips, {frames / 30 / 60:.1f} minutes, as they are"
    return TrainingSet(
        ClipFootage(rays, WINDOW), description, ("the clips' own",), tuple(skipped), _fingerprint(paths, "clips")
    )


def _fingerprint(paths: list[Path], kind: str) -> str:
    digest = hashlib.sha256(kind.encode())
    for path in paths:
        digest.update(f"{path.name}:{path.stat().st_size}".encode())
    return digest.hexdigest()[:16]
