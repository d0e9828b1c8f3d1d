# SPDX-License-Identifier: GPL-3.0-or-later
"""A lifted motion, and the ``.npz`` it is kept in: AMASS-compatible, plain arrays, no pickle."""

import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .. import __version__
from ..bodies import skeleton, smal_skeleton
from ..errors import UserError
from ..geometry.cameras import Camera
from ..keypoints.anatomy import anatomy_of
from ..whole_file import disk_full, temporary_name, write_arrays

FORMAT_VERSION = 1
JOINT_NAMES = {
    "smpl": skeleton.JOINT_NAMES, "smal": smal_skeleton.JOINT_NAMES, "smpl_box": skeleton.JOINT_NAMES,
}  # fmt: skip
_BOX_FIELDS = ("box_rotation", "box_translation", "box_size", "box_size_source")


class MotionError(UserError):
    """A motion that cannot be made, read or written."""


@dataclass(frozen=True)
class Motion:
    """T frames of a body in the world (Z up, metres, floor at 0, first-frame mid-hip over the origin), at ``fps``.

    model_type: smpl (J = 24 joints, K = 18 keypoints, the rest pose Y up and facing +Z), smal (35, 17, Z up, the head
    to +X) or smpl_box (smpl and a box, K = 23). poses (T, 3 J) axis-angle, the root's first; trans (T, 3) as AMASS;
    betas (B,); joints (T, J, 3) and keypoints (T, K, 3) by forward kinematics; keypoints_2d (T, K, 2) and confidence
    (T, K) as the source has them (NaN and 0 where missing); camera: pixels of ``image_size``; one that turned has
    rotation (T, 3, 3) and translation (T, 3), one that zoomed also matrix (T, 3, 3). person: its number in the source;
    model: the name of the model's folder. Of a box: box_rotation (T, 3) axis-angle from its frame to the world,
    box_translation (T, 3) its centre, box_size (3,) its edges, metres, and box_size_source, given or estimated. world:
    the same for people who were lifted together and share world and camera, "" for others.
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
    person: int = 0
    seed: int = 0
    model: str = ""
    warnings: tuple[str, ...] = ()
    model_type: str = "smpl"
    box_rotation: np.ndarray | None = None
    box_translation: np.ndarray | None = None
    box_size: np.ndarray | None = None
    box_size_source: str = ""
    world: str = ""

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
        "format_version": FORMAT_VERSION, "model_type": motion.model_type, "gender": motion.gender,
        "mocap_framerate": float(motion.fps), **_intrinsics(motion.camera),
        "camera_rotation": motion.camera.rotation.numpy(), "camera_translation": motion.camera.translation.numpy(),
        "image_size": np.array(motion.image_size), "joint_names": np.array(JOINT_NAMES[motion.model_type]),
        "keypoint_names": np.array(anatomy_of(motion.keypoints.shape[1]).layout.names),
        "warnings": np.array(motion.warnings, dtype=str),
        "version": __version__,
    }  # fmt: skip
    for name in ("poses", "trans", "betas", "joints", "keypoints", "keypoints_2d", "confidence", "frame_start",
                 "source", "height", "focal_source", "body_file", "person", "seed", "model", "world"):  # fmt: skip
        fields[name] = getattr(motion, name)
    if motion.box_size is not None:
        fields |= {name: getattr(motion, name) for name in _BOX_FIELDS}
    try:
        write_arrays(path, fields)
    except OSError as error:
        raise unwritable(path, error) from None


def _intrinsics(camera: Camera) -> dict[str, np.ndarray]:
    """camera_matrix (3, 3) of the first frame, and the focal length of every frame over its one where it changes."""
    matrix = camera.matrix.numpy()
    if matrix.ndim == 2:
        return {"camera_matrix": matrix}
    return {"camera_matrix": matrix[0], "camera_zoom": matrix[:, 0, 0] / matrix[0, 0, 0]}


def claim(path: Path) -> None:
    """Raise MotionError, before any work, if a motion file of this path could not be written."""
    if path.suffix.lower() != ".npz":
        raise MotionError(f"expected the output to end in .npz, got {path.name}")
    if not path.parent.is_dir():
        raise MotionError(f"the folder {path.parent} is not there: make it, or choose another")
    if path.is_dir():
        raise MotionError(f"{path} is a folder: give the motion file another name")
    temporary = temporary_name(path)
    try:
        temporary.touch()
        temporary.unlink()
    except OSError as error:
        raise unwritable(path, error) from None


def unwritable(path: Path, error: OSError) -> MotionError:
    """What to tell of an error that kept a motion file from being written."""
    if disk_full(error):
        return MotionError(f"the disk is full: {path} was not written; make room, or choose another folder")
    return MotionError(f"cannot write {path}: {error.strerror or error}; choose a folder that is yours to write in")


def read_motion(path: Path) -> dict[str, np.ndarray]:
    """All fields of a motion file as plain arrays. Raises MotionError."""
    try:
        with np.load(path, allow_pickle=False) as data:
            fields = {name: data[name] for name in data.files}
    except (OSError, ValueError, EOFError, TypeError, zipfile.BadZipFile, zlib.error):  # TypeError: an .npy
        raise MotionError(f"{Path(path).name} is no motion file (.npz of plain arrays)") from None
    missing = {"poses", "trans", "joints", "camera_matrix", "mocap_framerate"} - set(fields)
    if str(fields.get("model_type", "")) == "smpl_box":
        missing |= set(_BOX_FIELDS) - set(fields)
    if missing:
        raise MotionError(
            f"{Path(path).name} is no motion file of this program: it has no {', '.join(sorted(missing))}"
        )
    return fields


def read_shape(path: Path, body: Path | None = None) -> tuple[float, ...]:
    """The betas of a motion of ours, for further motions of the same actor. Raises MotionError.

    body: the user's own that is to have the shape, None: the bundled one. Betas mean something for their own body only.
    """
    fields, name = read_motion(path), Path(path).name
    betas = fields.get("betas", np.zeros(0))
    if "format_version" not in fields or betas.ndim != 1 or betas.dtype.kind != "f" or not len(betas):
        raise MotionError(f"{name} has no shape to keep: expected a motion file that a lift has written")
    if bool(str(fields.get("body_file", ""))) != (body is not None):
        raise MotionError(f"the shape in {name} belongs to another body than this lift uses: give both the same body")
    return tuple(float(beta) for beta in betas)
