# SPDX-License-Identifier: GPL-3.0-or-later
"""A plain folder of 2D clips without any truth: keypoint files of every known format, one clip each.

Also MVLift's own .npz: body_pose (T, 18, 2), the 18 points of OpenPose as fractions of the image.
"""

import zipfile
import zlib
from pathlib import Path

import numpy as np

from ..evaluation import EvaluationError
from ..keypoints.clip import KeypointClip
from ..keypoints.documents import load_document
from ..keypoints.endings import KEYPOINT_ENDINGS, is_map, may_be_keypoints
from ..keypoints.errors import KeypointError
from ..keypoints.layouts import get_layout
from ..keypoints.readers.openpose import is_frame
from ..keypoints.reading import read_keypoints

#: Of the images whose fractions body_pose are, which the file does not tell: the release's canvas.
IMAGE_SIZE = (1920, 1080)
FPS = 30.0
_FARTHEST = 2.0  # fractions of the image; farther out they are pixels
_NOT_ARRAYS = (OSError, EOFError, ValueError, TypeError, KeyError, MemoryError, zipfile.BadZipFile, zlib.error)


def clip_paths(folder: Path) -> list[Path]:
    """What a folder holds clips in: files of keypoints and subfolders of OpenPose's frames, or the folder itself.

    Raises EvaluationError where there is nothing.
    """
    entries = [path for path in sorted(folder.iterdir()) if not path.name.startswith(".")]
    documents = [path for path in entries if path.suffix.lower() == ".json" and path.is_file() and not is_map(path)]
    if documents and _is_frame(documents[0]):
        return [folder]
    paths = [path for path in entries if may_be_keypoints(path) or path.is_dir()]
    if not paths:
        raise EvaluationError(f"expected 2D keypoints ({', '.join(KEYPOINT_ENDINGS)}) in {str(folder)!r}, found none")
    return paths


def read_clip(path: Path) -> KeypointClip:
    """The clip of one file or folder: of the person seen most. Raises UserError."""
    body_pose = _body_pose(path) if path.suffix.lower() == ".npz" else None
    if body_pose is None:
        return read_keypoints(path)
    count = len(get_layout("openpose18"))
    shape = (max(len(body_pose), 1) if body_pose.ndim else 1, count, 2)
    if body_pose.dtype.kind not in "fiu" or body_pose.shape != shape:
        raise EvaluationError(f"{path.name}: expected body_pose (T, {count}, 2), got {body_pose.shape}")
    if not (np.abs(body_pose) <= _FARTHEST).all():  # also false for NaN
        raise EvaluationError(f"{path.name}: expected body_pose in fractions of the image, 0 to 1, got others or NaN")
    note = f"The file does not tell the image size: {IMAGE_SIZE[0]} x {IMAGE_SIZE[1]} is assumed."
    return KeypointClip(
        body_pose * np.array(IMAGE_SIZE, np.float64), np.ones(body_pose.shape[:2]), FPS, IMAGE_SIZE, "openpose18",
        source=path.stem, warnings=(note,),
    )  # fmt: skip


def _body_pose(path: Path) -> np.ndarray | None:
    """The array body_pose of an .npz; None for a file without one, which the usual reader then judges."""
    try:
        with np.load(path, allow_pickle=False) as data:
            return data["body_pose"] if "body_pose" in data.files else None
    except _NOT_ARRAYS as error:
        raise EvaluationError(f"{path.name}: expected arrays in an .npz: {error}") from None


def _is_frame(path: Path) -> bool:
    try:
        return is_frame(load_document(path))
    except KeypointError:
        return False
