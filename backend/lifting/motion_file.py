# SPDX-License-Identifier: GPL-3.0-or-later
"""A lifted motion, and the ``.npz`` it is kept in: AMASS-compatible, plain arrays, no pickle."""

import os
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..bodies.skeleton import JOINT_NAMES
from ..errors import UserError
from ..geometry.cameras import Camera
from ..keypoints.layouts import LAYOUTS

FORMAT_VERSION = 1


class MotionError(UserError):
    """A motion that cannot be made, read or written."""


@dataclass(frozen=True)
class Motion:
    """T frames of SMPL in the world (Z up, metres, floor at 0, first-frame mid-hip over the origin), at ``fps``.

    poses (T, 72) axis-angle, the first three the root's; trans (T, 3) as AMASS; betas (B,); joints (T, 24, 3) and
    keypoints (T, 18, 3) by forward kinematics; keypoints_2d (T, 18, 2) and confidence (T, 18) as the source has them
    (NaN and 0 where missing); camera: static, pixels of ``image_size``.
    """

    poses: np.ndarray
    trans: np.ndarray
    betas: np.ndarray
    joints: np.ndarray
    keypoints: np.ndarray
    keypoints_2d: np.ndarray
    confidence: np.ndarray
    camera: Camera
    fps: float
    image_size: tuple[int, int]
    frame_start: int
    source: str
    height: float
    focal_source: str
    gender: str = "neutral"
    body_file: str = ""
    warnings: tuple[str, ...] = ()

    def reprojection_error(self) -> float:
        """Mean distance in pixels between the projected keypoints and those the source has."""
        import torch

        images = self.camera.project(torch.as_tensor(self.keypoints, dtype=self.camera.matrix.dtype)).numpy()
        distance = np.linalg.norm(images - self.keypoints_2d, axis=-1)
        return float(distance[self.confidence > 0].mean())


def write_motion(motion: Motion, path: Path) -> None:
    """Write in one atomic step. Raises MotionError."""
    path = Path(path)
    fields = {
        "format_version": FORMAT_VERSION, "model_type": "smpl", "gender": motion.gender,
        "mocap_framerate": float(motion.fps), "camera_matrix": motion.camera.matrix.numpy(),
        "camera_rotation": motion.camera.rotation.numpy(), "camera_translation": motion.camera.translation.numpy(),
        "image_size": np.array(motion.image_size), "joint_names": np.array(JOINT_NAMES),
        "keypoint_names": np.array(LAYOUTS["openpose18"].names), "warnings": np.array(motion.warnings, dtype=str),
    }  # fmt: skip
    for name in ("poses", "trans", "betas", "joints", "keypoints", "keypoints_2d", "confidence", "frame_start",
                 "source", "height", "focal_source", "body_file"):  # fmt: skip
        fields[name] = getattr(motion, name)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.npz")
    try:
        np.savez_compressed(temporary, **fields)
        os.replace(temporary, path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise MotionError(f"cannot write {path}: {error.strerror}; choose a folder that exists and is yours") from None


def read_motion(path: Path) -> dict[str, np.ndarray]:
    """All fields of a motion file as plain arrays. Raises MotionError."""
    try:
        with np.load(path, allow_pickle=False) as data:
            fields = {name: data[name] for name in data.files}
    except (OSError, ValueError, EOFError, TypeError, zipfile.BadZipFile, zlib.error):  # TypeError: an .npy
        raise MotionError(f"{Path(path).name} is no motion file (.npz of plain arrays)") from None
    missing = {"poses", "trans", "joints", "camera_matrix", "mocap_framerate"} - set(fields)
    if missing:
        raise MotionError(
            f"{Path(path).name} is no motion file of this program: it has no {', '.join(sorted(missing))}"
        )
    return fields
