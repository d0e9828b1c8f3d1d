# SPDX-License-Identifier: GPL-3.0-or-later
"""Motion capture clips as keypoints in space, to be filmed by virtual cameras and to measure against."""

import zipfile
import zlib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from scipy.spatial.transform import Rotation

from ..bodies.smpl import load_body
from ..diffusion.canonical import MODEL_FPS
from ..errors import UserError
from ..keypoints.box import box_points, upright_first
from ..keypoints.layouts import LAYOUTS
from .quadruped_mocap import is_quadruped, quadruped_keypoints

_NAMES = LAYOUTS["openpose18"].names
_BOX = ("box_position", "box_rotation", "box_size")
_FACE = ("nose", "eye", "ear")
#: What reading arrays of any content and shape from any file may raise; TypeError also for an .npy under this name.
_NOT_A_CLIP = (OSError, EOFError, ValueError, TypeError, KeyError, IndexError, zipfile.BadZipFile, zlib.error)


class TrainingError(UserError):
    """A training set or a training folder that cannot be used."""


@dataclass(frozen=True)
class MocapClip:
    """keypoints (T, K, 3) metres in the world (Z up, floor near 0) at ``fps``; where it comes from and its licence.

    K tells the subject: 18 points of a person, 17 of a quadruped, 23 of a person with a box, whose edges in metres are
    box_size (3,).
    """

    keypoints: np.ndarray
    fps: float
    name: str
    licence: str
    box_size: np.ndarray | None = None


def choose_clips(paths: list[Path], only: str | None) -> list[Path]:
    """Those of ``paths`` whose names without ending match one of the patterns in ``only``, such as '60_*,pirouette'.

    None keeps all. Raises TrainingError for a pattern that no name matches: a set that is smaller than was meant would
    not be noticed otherwise.
    """
    if only is None:
        return paths
    patterns = [word.strip() for word in only.split(",") if word.strip()]
    idle = [pattern for pattern in patterns if not any(fnmatchcase(path.stem, pattern) for path in paths)]
    if idle or not patterns:
        wrong = ", ".join(idle) or repr(only)
        raise TrainingError(f"expected names of clips such as '60_*,pirouette', none is like {wrong}")
    return [path for path in paths if any(fnmatchcase(path.stem, pattern) for pattern in patterns)]


def read_mocap(path: Path, fps: float = MODEL_FPS) -> MocapClip:
    """Read one ``.npz`` clip (fields: names, parents, positions, optionally rotations wxyz; fps) resampled to ``fps``.

    Which subject it is, its joints' names say. Nose, eyes and ears are placed from the head's orientation; where the
    clip has no rotations, from neck, head and shoulders. Where it has a box (box_position (T, 3), box_rotation (T, 4)
    wxyz from the box's frame, box_size (3,)), the box's points follow those of the person. Raises TrainingError.
    """
    path, size = Path(path), None
    try:
        with np.load(path, allow_pickle=False) as data:
            names = [str(name) for name in data["names"]]
            positions = np.asarray(data["positions"], np.float64)
            rotations = np.asarray(data["rotations"], np.float64) if "rotations" in data.files else None
            box = [np.asarray(data[name], np.float64) for name in _BOX] if _BOX[0] in data.files else None
            source_fps, licence = float(data["fps"]), str(data["licence"]) if "licence" in data.files else "not stated"
        joints = {name: positions[:, names.index(name)] for name in names}
        if is_quadruped(names):
            keypoints = quadruped_keypoints(joints)
        else:
            heading = _head_from_rotations(rotations[:, names.index("head")]) if rotations is not None else None
            keypoints = _keypoints(joints, heading if heading is not None else _head_from_joints(joints))
            if box is not None:
                points, size = _box(*box, len(keypoints))
                keypoints = np.concatenate([keypoints, points], 1)
    except _NOT_A_CLIP as error:
        raise TrainingError(f"{path.name} is no motion capture clip (names, positions, fps): {error}") from None
    if not len(keypoints) or not np.isfinite(keypoints).all():
        raise TrainingError(f"{path.name}: expected finite positions of at least one frame of motion capture")
    if not 1 <= source_fps <= 1000:
        raise TrainingError(f"{path.name}: expected 1 to 1000 frames a second of motion capture, got {source_fps:g}")
    return MocapClip(_resample(keypoints, source_fps, fps), fps, path.stem, licence, size)


def _box(position: np.ndarray, quaternion: np.ndarray, size: np.ndarray, frames: int) -> tuple[np.ndarray, np.ndarray]:
    """The five points (T, 5, 3) of a box, begun with the face that is on top in the first frame, and its edges (3,)."""
    if position.shape != (frames, 3) or quaternion.shape != (frames, 4) or size.shape != (3,) or not (size > 0).all():
        raise ValueError(
            f"expected a box_position {(frames, 3)}, a box_rotation {(frames, 4)} and a positive box_size (3,), got "
            f"{position.shape}, {quaternion.shape} and {size.shape}"
        )
    rotation, size = upright_first(Rotation.from_quat(quaternion[:, [1, 2, 3, 0]]).as_matrix(), size)
    return box_points(position, rotation, size), size


def _keypoints(joints: dict[str, np.ndarray], head: np.ndarray) -> np.ndarray:
    """Joints (T, 3) by name and head frames (T, 3, 3: left, front, up as columns) to (T, 18, 3)."""
    out = np.empty((len(head), len(_NAMES), 3))
    face = _face_offsets()
    for index, name in enumerate(_NAMES):
        if name in face:
            out[:, index] = joints["head"] + head @ face[name]
        elif name == "neck":
            out[:, index] = (joints["left_shoulder"] + joints["right_shoulder"]) / 2
        else:
            out[:, index] = joints[name]
    return out


@lru_cache(maxsize=1)
def _face_offsets() -> dict[str, np.ndarray]:
    """Nose, eyes and ears of the bundled body, from its head joint, in metres to the left, front and up."""
    body = load_body()
    rest = torch.eye(3).expand(1, len(body.joint_names), 3, 3)
    joints, keypoints = body.keypoints(rest, torch.zeros(body.num_betas), torch.zeros(1, 3))
    offsets = (keypoints[0] - joints[0, body.joint_names.index("head")])[:, [0, 2, 1]].double().numpy()
    return {name: offset for name, offset in zip(_NAMES, offsets, strict=True) if name.endswith(_FACE)}


def _head_from_rotations(quaternions: np.ndarray) -> np.ndarray:
    """Head frames (T, 3, 3) from world orientations wxyz; the zero pose faces -Y with its left towards +X."""
    zero = np.array([[1.0, 0, 0], [0, -1, 0], [0, 0, 1]])
    return Rotation.from_quat(quaternions[:, [1, 2, 3, 0]]).as_matrix() @ zero


def _head_from_joints(joints: dict[str, np.ndarray]) -> np.ndarray:
    """Head frames (T, 3, 3) that follow the neck and face where the shoulders face."""
    up = _unit(joints["head"] - joints["neck"])
    left = joints["left_shoulder"] - joints["right_shoulder"]
    left = _unit(left - (left * up).sum(-1, keepdims=True) * up)
    return np.stack([left, np.cross(left, up), up], -1)


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True).clip(1e-9)


def _resample(keypoints: np.ndarray, source_fps: float, fps: float) -> np.ndarray:
    if abs(source_fps - fps) < 1e-6:
        return keypoints.astype(np.float32)
    duration = (len(keypoints) - 1) / source_fps
    times = np.arange(int(duration * fps + 1e-6) + 1) / fps * source_fps
    before = np.floor(times).astype(int).clip(0, len(keypoints) - 1)
    after = (before + 1).clip(max=len(keypoints) - 1)
    part = (times - before)[:, None, None]
    return ((1 - part) * keypoints[before] + part * keypoints[after]).astype(np.float32)
