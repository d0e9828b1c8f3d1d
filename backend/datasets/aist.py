# SPDX-License-Identifier: GPL-3.0-or-later
"""AIST++ (Li et al. 2021): dances filmed by nine cameras, with SMPL motions and 2D keypoints.

A folder as its archives unpack: motions/NAME.pkl (smpl_poses (N, 72), smpl_trans (N, 3), smpl_scaling (1,)),
keypoints2d/NAME.pkl (keypoints2d (9, N, 17, 3), COCO's 17 points), splits/*.txt and ignore_list.txt; 60 fps, Y up.
"""

from functools import partial
from pathlib import Path

import numpy as np

from ..evaluation import EvaluationError
from ..evaluation.filming import generator_for
from ..keypoints.clip import KeypointClip
from .pickles import load_values
from .smpl_motion import Sequences, SmplMotion, field, numbers

SOURCE_FPS = 60.0
IMAGE_SIZE = (1920, 1080)
_SPLITS = ("pose_{}.txt", "crossmodal_{}.txt")


def test_sequences(folder: Path) -> Sequences:
    """The sequences of the test split without those on the ignore list. Raises EvaluationError."""
    return {name: partial(read_motion, folder / "motions" / f"{name}.pkl") for name in split(folder, "test")}


def training_sequences(folder: Path) -> Sequences:
    """The sequences of the training split without those on the ignore list. Raises EvaluationError."""
    return {name: partial(read_motion, folder / "motions" / f"{name}.pkl") for name in split(folder, "train")}


def read_motion(path: Path) -> SmplMotion:
    """One motion: SMPL's mean male body at scale 1, so that the truth has the skeleton of the paper's evaluation.

    AIST++ scales its body instead of choosing a shape; dividing the translation by the scale gives SMPL's metres.
    Raises EvaluationError.
    """
    values = load_values(path)
    try:
        scaling = numbers(field(values, "smpl_scaling"), "smpl_scaling")
        if scaling.size != 1 or scaling.item() <= 0:
            raise EvaluationError(f"expected one positive smpl_scaling, got {scaling.ravel()[:3].tolist()}")
        translation = numbers(field(values, "smpl_trans"), "smpl_trans") / scaling.item()
        return SmplMotion(path.stem, field(values, "smpl_poses"), translation, SOURCE_FPS, up="y")
    except EvaluationError as error:
        raise EvaluationError(f"{path.name}: {error}") from None


def training_clips(folder: Path) -> list[Path]:
    """The 2D keypoint files of the training split. Raises EvaluationError."""
    return [folder / "keypoints2d" / f"{name}.pkl" for name in split(folder, "train")]


def read_clip(path: Path, seed: int = 0) -> KeypointClip:
    """One camera's 2D keypoints at 30 fps, the camera chosen by the seed among those that see anybody.

    One only, as the paper trains: no moment is ever seen twice. Raises UserError.
    """
    points = np.asarray(field(load_values(path), "keypoints2d"))
    if points.ndim != 4 or points.shape[2:] != (17, 3) or 0 in points.shape or points.dtype.kind not in "fiu":
        raise EvaluationError(f"{path.name}: expected keypoints2d (cameras, N, 17, 3), got {points.shape}")
    present = np.isfinite(points).all(-1) & (points[..., 2] > 0)
    cameras = np.flatnonzero(present.any((1, 2)))
    if not len(cameras):
        raise EvaluationError(f"{path.name}: expected keypoints2d of at least one camera, got none that sees anybody")
    camera = cameras[generator_for(seed, path.stem, "camera").integers(len(cameras))]
    chosen, seen = points[camera, ::2].astype(np.float64), present[camera, ::2]
    confidence = np.where(seen, chosen[..., 2], 0.0).clip(0, 1)
    return KeypointClip(chosen[..., :2], confidence, SOURCE_FPS / 2, IMAGE_SIZE, "coco17", source=path.stem)


def split(folder: Path, part: str) -> list[str]:
    """The names of a split ('train', 'val', 'test') in its own order, without those on the ignore list.

    The split for pose estimation where there is one, as it parts by performers. Raises EvaluationError.
    """
    paths = [folder / "splits" / name.format(part) for name in _SPLITS]
    path = next((path for path in paths if path.is_file()), None)
    if path is None:
        raise EvaluationError(f"expected AIST++'s {_SPLITS[0].format(part)} in {str(folder / 'splits')!r}, found none")
    ignore = folder / "ignore_list.txt"
    ignored = set(_words(ignore)) if ignore.is_file() else set()
    names = [name for name in dict.fromkeys(_words(path)) if name not in ignored]
    wrong = [name for name in names if not name.replace("_", "").isalnum()]
    if wrong or not names:
        raise EvaluationError(f"expected names of sequences in {path.name}, got {(wrong or ['none'])[0][:60]!r}")
    return names


def _words(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").split()
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationError(f"expected a list of names in {path.name}, which cannot be read: {error}") from None
