# SPDX-License-Identifier: GPL-3.0-or-later
"""Readers of the data sets that motion lifting is measured on, one a module, for whoever has their files.

Sets with a truth in space give windows to film and to compare with; sets without give 2D clips as they were detected.
"""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from ..errors import UserError
from ..evaluation import EvaluationError
from ..evaluation.windows import Window, evenly, load_windows
from ..keypoints.clip import KeypointClip
from ..training.mocap import MocapClip, choose_clips, read_mocap
from . import aist, amass, clips, omomo
from .omomo_box import add_boxes
from .smpl_motion import Bodies, Sequences, SmplMotion, truth_of
from .training import LICENCES, clip_of

NAMES = ("mocap", "aist", "omomo", "amass", "clips")
_WITH_TRUTH = {"aist": aist, "omomo": omomo, "amass": amass}


def _on_stderr(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def load_test_windows(
    name: str, folder: Path, body_path: Path | None = None, limit: int | None = None, only: str | None = None,
    notice: Callable[[str], None] = _on_stderr, subject: str = "human",
) -> list[Window]:  # fmt: skip
    """The first 120 frames at 30 fps of every test sequence of a set with truth ('mocap', 'aist', 'omomo', 'amass').

    body_path: what SMPL's parameters are posed on, None: the bundled body. limit keeps that many sequences, spread
    evenly; only: patterns of their names, such as 'sub16_*,sub17_*'. notice is told of every sequence that is left out,
    and why, and of the body. For the subject human_box OMOMO's have their box. Raises UserError.
    """
    folder = _checked(folder, name)
    if name == "mocap":
        return load_windows(folder, limit, only)
    sequences = _with_truth(name).test_sequences(folder)
    add = add_boxes(folder) if (name, subject) == ("omomo", "human_box") else lambda window: window
    bodies = _bodies(body_path, notice)
    return _motions(sequences, lambda motion: add(truth_of(motion, bodies)), limit, only, notice)


def training_clips(
    name: str, folder: Path, body_path: Path | None = None, limit: int | None = None, only: str | None = None,
    notice: Callable[[str], None] = _on_stderr,
) -> list[MocapClip]:  # fmt: skip
    """The whole motions of a set's training split ('mocap' and 'amass': of all), for virtual cameras to film.

    Arguments and errors as for load_test_windows; of OMOMO the subjects 1 to 15 with the large box.
    """
    folder = _checked(folder, name)
    if name == "mocap":
        paths = _chosen(sorted(folder.glob("*.npz")), limit, only)
        return _readable({path.name: partial(read_mocap, path) for path in paths}, notice)
    sequences = _with_truth(name).training_sequences(folder)
    bodies = _bodies(body_path, notice)
    return _motions(sequences, lambda motion: clip_of(motion, bodies, LICENCES[name]), limit, only, notice)


def _with_truth(name: str):
    if name not in _WITH_TRUTH:
        raise EvaluationError(f"expected a data set with truth among mocap, {', '.join(_WITH_TRUTH)}, got {name!r}")
    return _WITH_TRUTH[name]


def _bodies(path: Path | None, notice: Callable[[str], None]) -> Bodies:
    """The bodies, one tried: what cannot be used is told of once, not for every sequence. Raises BodyError."""
    bodies = Bodies(path)
    bodies.of("male")
    notice(f"posed on {bodies.name()}")
    return bodies


def _motions(
    sequences: Sequences, finish: Callable[[SmplMotion], object], limit: int | None, only: str | None,
    notice: Callable[[str], None],
) -> list:  # fmt: skip
    chosen = [path.as_posix() for path in _chosen([Path(each) for each in sequences], limit, only)]
    return _readable({each: lambda read=sequences[each]: finish(read()) for each in chosen}, notice)


def load_2d(
    name: str, folder: Path, limit: int | None = None, only: str | None = None, seed: int = 0,
    notice: Callable[[str], None] = _on_stderr,
) -> list[KeypointClip]:  # fmt: skip
    """The 2D clips of a folder ('clips'), or of a training split ('aist': of one camera a sequence, by the seed).

    limit, only and notice as for load_test_windows. Raises UserError.
    """
    folder = _checked(folder, name)
    if name == "clips":
        paths, read = clips.clip_paths(folder), clips.read_clip
    elif name == "aist":
        paths, read = aist.training_clips(folder), partial(aist.read_clip, seed=seed)
    else:
        raise EvaluationError(f"expected a data set of 2D clips, clips or aist, got {name!r}")
    return _readable({path.name: partial(read, path) for path in _chosen(paths, limit, only)}, notice)


def _checked(folder: Path, name: str) -> Path:
    if not Path(folder).is_dir():
        raise EvaluationError(f"expected the folder of the data set {name}, got {str(folder)!r}, which is none")
    return Path(folder)


def _chosen(paths: list[Path], limit: int | None, only: str | None) -> list[Path]:
    """Those whose names are wanted, and `limit` of them, spread evenly. Raises UserError."""
    if limit is not None and limit < 1:
        raise EvaluationError(f"expected to keep at least one clip, got a limit of {limit}")
    return evenly(choose_clips(paths, only), limit)


def _readable(readers: dict[str, Callable], notice: Callable[[str], None]) -> list:
    """What can be read, after telling what cannot. Raises EvaluationError where nothing can."""
    read, reasons = [], []
    for name, reader in readers.items():
        try:
            read.append(reader())
        except UserError as error:
            reason = str(error)
            reasons.append(reason if name in reason else f"{name}: {reason}")
            notice(f"left out: {reasons[-1]}")
    if not read:
        first = f"; the first is not: {reasons[0]}" if reasons else ", found none"
        raise EvaluationError(f"expected at least one of {len(readers)} to be usable{first}")
    return read
