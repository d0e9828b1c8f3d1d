# SPDX-License-Identifier: GPL-3.0-or-later
"""What a training run learns from: a folder of 2D clips, or motion capture to be filmed into 2D clips."""

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ..diffusion.canonical import LIMB_METRES, limb_lengths, limb_sum
from ..errors import UserError
from ..keypoints import read_keypoints
from ..keypoints.anatomy import anatomy_of
from ..lifting.input_view import prepare
from ..progress import Progress, silent
from ..subjects import Subject, get_subject, subject_of_count
from .body_variety import other_bodies
from .boxes import make_box_clips
from .filming import ClipFootage, Film, MocapFootage
from .mocap import MocapClip, TrainingError, choose_clips, read_mocap
from .presets import WINDOW
from .procedural import make_procedural
from .stages import READING


@dataclass(frozen=True)
class TrainingSet:
    """footage draws 2D windows of a subject; the rest goes onto the model's card. fingerprint tells sets apart.

    poses (N, J, 3, 3), local rotations, and captured motion: what a pose prior can be learnt from, where there is none.
    """

    footage: MocapFootage | ClipFootage
    description: str
    licences: tuple[str, ...]
    skipped: tuple[str, ...]
    fingerprint: str
    subject: str = "human"
    poses: Tensor | None = None
    captured: tuple[MocapClip, ...] = ()


ONLY_2D = "2D only"  # what is learnt from, as descriptions say
FILMED = {
    Film.MANY: "a new virtual camera at every draw (--film many)",
    Film.SINGLE: "one virtual camera for each moment (--film single)",
}


def from_mocap(
    folder: Path, film: Film, seed: int, progress: Progress = silent, only: str | None = None, subject: str = "human"
) -> TrainingSet:
    """Motion capture clips (``.npz``), filmed by level virtual cameras. Those that cannot be read are skipped and
    named. ``only``: patterns of the names to learn from, see `choose_clips`. Raises TrainingError."""
    clips, skipped, fingerprint = read_clips(folder, progress, only, subject)
    what = f"{len(clips)} motion capture clips{_named(only)}"
    return filmed(clips, film, seed, subject, what, skipped, fingerprint)


def _named(only: str | None) -> str:
    """Which clips were learnt from, for the card, where not all were."""
    return f" named {', '.join(word.strip() for word in only.split(',') if word.strip())}" if only else ""


def read_clips(
    folder: Path, progress: Progress, only: str | None, subject: str
) -> tuple[list[MocapClip], tuple[str, ...], str]:
    """A subject's motion capture clips of a folder, a line for each that is left out, and the set's fingerprint."""
    wanted = get_subject(subject)
    paths = choose_clips(sorted(_folder(folder, "motion capture clips (*.npz)").glob("*.npz")), only)
    clips, skipped = _read(paths, lambda path: _of_subject(read_mocap(path), wanted), progress)
    if not clips:
        raise TrainingError(_none_of(paths, folder, f"motion capture clip (*.npz) of a {subject}", skipped))
    return clips, skipped, _fingerprint(paths, "mocap")


def filmed(
    clips: list[MocapClip], film: Film, seed: int, subject: str, what: str, skipped: tuple[str, ...], fingerprint: str,
    weights: list[float] | None = None,
) -> TrainingSet:  # fmt: skip
    """The training set that virtual cameras make of motions; weights: how often each is drawn beside its length."""
    frames = sum(len(clip.keypoints) for clip in clips)
    description = f"{what}, {frames / 30 / 60:.0f} minutes, {ONLY_2D}, {FILMED[film]}"
    licences = tuple(sorted({clip.licence for clip in clips}))
    footage = MocapFootage([_thought_large(clip) for clip in clips], WINDOW, film, seed, weights)
    marked = hashlib.sha256(f"{film.value} {fingerprint}".encode()).hexdigest()[:16]
    return TrainingSet(footage, description, licences, skipped, marked, subject)


def _of_subject(clip: MocapClip, wanted: Subject) -> MocapClip:
    shown = subject_of_count(clip.keypoints.shape[1])
    if shown is not wanted:
        raise TrainingError(f"shows a {shown.name}, not a {wanted.name}")
    return clip


def _thought_large(clip: MocapClip) -> MocapClip:
    """A person as tall as they are; any other subject in canonical metres, for which virtual cameras are put up."""
    if anatomy_of(clip.keypoints.shape[1]).person:
        return clip
    points = torch.as_tensor(clip.keypoints)
    size = limb_sum(limb_lengths(points)).median().clamp_min(1e-6)
    return replace(clip, keypoints=(points * (LIMB_METRES / size)).numpy())


def from_quadrupeds(
    folder: Path | None, minutes: float, film: Film, seed: int, progress: Progress = silent, only: str | None = None
) -> TrainingSet:
    """Procedural motion of quadrupeds, so many minutes, and motion capture of a folder if one is given. Raises
    TrainingError."""
    made = make_procedural(minutes, seed, progress)
    clips, skipped, fingerprint, what = list(made.clips), (), made.fingerprint, f"{len(made.clips)} procedural clips"
    weights, captured = None, []
    if folder is not None:
        captured, skipped, captured_print = read_clips(folder, progress, only, "cat")
        weights = _shared(captured, CAPTURED_SHARE) + _shared(clips, 1 - CAPTURED_SHARE)
        clips, fingerprint = captured + clips, fingerprint + captured_print
        what = f"{len(captured)} motion capture clips{_named(only)} and {what}"
    data = filmed(clips, film, seed, "cat", what, skipped, fingerprint, weights)
    return replace(data, poses=made.poses, captured=tuple(captured))


def from_boxes(
    folder: Path, film: Film, seed: int, progress: Progress = silent, only: str | None = None
) -> TrainingSet:
    """People with boxes, made from motion capture of people alone, see `make_box_clips`. Raises TrainingError."""
    clips, skipped, fingerprint = read_clips(folder, progress, only, "human")
    generator = torch.Generator().manual_seed(seed)
    # Here and not at every draw: hands that lie on a box have to be where the arms of that body reach.
    others = [
        replace(clip, keypoints=other_bodies(torch.as_tensor(clip.keypoints)[None], generator)[0].numpy())
        for clip in clips
    ]
    made = make_box_clips(others, seed, progress)
    digest = hashlib.sha256(fingerprint.encode())
    for clip in made:
        digest.update(clip.keypoints.tobytes())
    what = f"{len(made)} clips of people with boxes, made from {len(clips)} motion capture clips of people alone"
    what += _named(only)
    return filmed(made, film, seed, "human_box", what, skipped, digest.hexdigest())


#: How much procedural motion suits a preset, where the user does not say.
PROCEDURAL_MINUTES = {"tiny": 5.0, "cpu": 150.0, "gpu": 1500.0}
CAPTURED_SHARE = 0.35  # of the windows drawn show captured motion, little as there is of it


def _shared(clips: list[MocapClip], share: float) -> list[float]:
    """A weight for each clip, by which all of them together are drawn with this share."""
    total = sum(math.sqrt(len(clip.keypoints)) for clip in clips)
    return [share / total] * len(clips)


def from_clips(folder: Path, progress: Progress = silent, subject: str = "human") -> TrainingSet:
    """2D keypoint files, or folders of them, one clip each. Those that cannot be read are skipped and named.

    Raises TrainingError.
    """
    wanted = get_subject(subject)
    entries = _folder(folder, "2D keypoint clips").iterdir()
    paths = sorted(path for path in entries if not path.name.startswith("."))
    rays, skipped = _read(paths, lambda path: prepare(read_keypoints(path), None, wanted).rays, progress)
    if not rays:
        raise TrainingError(_none_of(paths, folder, "2D clip", skipped))
    frames = sum(len(clip) for clip in rays)
    description = f"{len(rays)} 2D clips, {frames / 30 / 60:.1f} minutes, as they are"
    footage = ClipFootage(rays, WINDOW)
    return TrainingSet(footage, description, ("the clips' own",), skipped, _fingerprint(paths, "clips"), subject)


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
