# SPDX-License-Identifier: GPL-3.0-or-later
"""The motion file: read ours and AMASS's, check every array, say in one line what is wrong."""

import math
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from . import CoreError
from .arrays import numbers, read_arrays, words
from .body_family import FAMILIES, SMPL, BodyFamily, family_of_type
from .box import ESTIMATED, GIVEN, SMALLEST, Box
from .box import LARGEST as LARGEST_BOX
from .camera import Camera
from .source_keypoints import SourceKeypoints

FORMAT_VERSION = 1
BODY_JOINTS = 22  # joints that every AMASS file has; what follows are fingers and face, not SMPL's own hands
LAST_FRAME = 1_000_000  # Blender's frames end at 1,048,574
LARGEST = 1e6  # metres, radians and the like; far beyond it Blender's single precision is of no use
LARGEST_WHOLE = 2**31 - 1  # that Blender keeps

_WHAT = "a motion file (.npz with poses, trans and mocap_framerate)"
_RATES = ("mocap_framerate", "mocap_frame_rate")
_NAMES = (
    *("poses", "trans", "betas", *_RATES, "format_version", "model_type", "joints", "source", "body_file", "warnings"),
    *("camera_matrix", "camera_rotation", "camera_translation", "camera_zoom", "image_size", "frame_start"),
    *("box_rotation", "box_translation", "box_size", "box_size_source"),
    *("focal_source",),
    *("keypoint_names", "keypoints_2d", "keypoints", "confidence", "height", "person", "seed", "model", "world"),
)


class MotionFileError(CoreError):
    """A motion file that cannot be used."""


@dataclass(frozen=True)
class Motion:
    """A body's motion in the Z-up world, in metres, and that of the box that it handles, if its family has one.

    poses: local axis-angle (T, J, 3), root first. trans: (T, 3), added to the posed body about its rest root.
    betas: (B,). fps: the source's. frame_start: the source's number of the first frame. joints: (T, J, 3) or None.
    camera: what filmed it, or None. body_file: where the body is, None for the bundled one. ours: False for a file
    of another program, whose betas then belong to a body of its own. path: the file. source: the clip's name. person:
    its number in the clip. height: metres, a quadruped's to the withers. focal_source: where the focal length is
    from. keypoints: what was lifted. family: of the body that moves. world:
    what motions have in common that were lifted together and share world and camera, "" for others; then the name is
    the clip's with the person's number.
    """

    name: str
    poses: np.ndarray
    trans: np.ndarray
    betas: np.ndarray
    fps: float
    frame_start: int = 1
    joints: np.ndarray | None = None
    camera: Camera | None = None
    body_file: Path | None = None
    ours: bool = True
    warnings: list[str] = field(default_factory=list)
    path: Path | None = None
    source: str = ""
    person: int | None = None
    seed: int | None = None
    model: str = ""
    height: float | None = None
    box: Box | None = None
    focal_source: str = ""
    keypoints: SourceKeypoints | None = None
    family: BodyFamily = SMPL
    world: str = ""

    @property
    def model_type(self) -> str:
        return self.family.model_type

    def __len__(self) -> int:
        return len(self.poses)


def read_motion(path: Path | str) -> Motion:
    """The motion in a file. Raises MotionFileError for anything that is no sound motion."""
    path = Path(path)
    file = _File(path, read_arrays(path, _NAMES, MotionFileError, _WHAT))
    rate = next((name for name in _RATES if name in file), _RATES[0])
    if missing := [name for name in ("poses", "trans", rate) if name not in file]:
        raise MotionFileError(f"{path} has no {', '.join(missing)}; expected {_WHAT}")
    ours = "format_version" in file
    if ours and (version := file.number("format_version")) != FORMAT_VERSION:
        raise file.error(f"format version {version:g}, this add-on reads {FORMAT_VERSION}; update one of them")
    family = _family(file) if ours else SMPL
    poses = _poses(file, ours, family)
    frames, fps = len(poses), file.number(rate)
    if not 0.1 <= fps <= 10_000:
        raise file.error(f"{fps:g} frames a second is no frame rate")
    start = file.number("frame_start", 1.0)
    if start != round(start) or not 0 <= start <= start + frames <= LAST_FRAME:
        raise file.error(f"{frames} frames from {start:g} on are not in Blender's range 0 to {LAST_FRAME}")
    body, source = file.text("body_file"), file.text("source")
    person, world = (file.whole("person", LARGEST_WHOLE), file.text("world")) if ours else (None, "")
    name = Path(source.replace("\\", "/")).stem or path.stem
    return Motion(
        name=f"{name} {person}" if world else name,
        poses=poses,
        trans=file.shaped("trans", frames, 3),
        betas=file.numbers("betas").ravel() if "betas" in file else np.zeros(0),
        fps=fps,
        frame_start=int(start),
        joints=file.shaped("joints", frames, family.joints, 3) if "joints" in file else None,
        camera=_camera(file, frames) if "camera_matrix" in file else None,
        body_file=path.parent / body if body else None,
        ours=ours,
        warnings=words(file.held["warnings"]) if "warnings" in file else [],
        path=path.absolute(),
        source=source,
        person=person,
        seed=file.whole("seed") if ours else None,
        model=file.text("model") if ours else "",
        box=_box(file, frames) if family.box else None,
        height=file.number("height") if ours and "height" in file else None,
        focal_source=file.text("focal_source") if ours else "",
        keypoints=_keypoints(file, frames) if ours and "keypoints_2d" in file else None,
        family=family,
        world=world,
    )


@dataclass(frozen=True)
class _File:
    """The arrays of a file, checked as they are taken out."""

    path: Path
    held: dict[str, np.ndarray]

    def __contains__(self, name: str) -> bool:
        return name in self.held

    def error(self, problem: str) -> MotionFileError:
        return MotionFileError(f"{self.path}: {problem}")

    def numbers(self, name: str) -> np.ndarray:
        found = numbers(self.held[name], name, self.path, MotionFileError)
        if found.size and np.abs(found).max() > LARGEST:
            raise self.error(f"{name} holds values beyond {LARGEST:,.0f}")
        return found

    def shaped(self, name: str, *shape: int) -> np.ndarray:
        array = self.numbers(name)
        if array.shape != shape:
            raise self.error(f"{name} has shape {array.shape}; expected {shape}")
        return array

    def number(self, name: str, default: float | None = None) -> float:
        if default is not None and name not in self:
            return default
        array = numbers(self.held[name], name, self.path, MotionFileError)
        if array.size != 1:
            raise self.error(f"{name} holds {array.size} numbers; expected one")
        return float(array.ravel()[0])

    def whole(self, name: str, largest: float = math.inf) -> int | None:
        """A whole number, None where the file has none of that name."""
        if name not in self:
            return None
        number = self.number(name)
        if number != round(number):
            raise self.error(f"{name} is {number:g}; expected a whole number")
        if not abs(number) <= largest:
            raise self.error(f"{name} is {number:g}; expected at most {largest:,.0f}")
        return int(number)

    def text(self, name: str, default: str = "") -> str:
        found = words(self.held[name]) if name in self else []
        if any("\0" in each for each in found):
            raise self.error(f"{name} holds a character that no text has")
        return found[0] if len(found) == 1 else default


def _family(file: _File) -> BodyFamily:
    """The family of the body that a file of ours moves."""
    model = file.text("model_type", SMPL.model_type)
    if (family := family_of_type(model)) is None:
        known = ", ".join(each.model_type for each in FAMILIES)
        raise file.error(f"a body of type {model!r}; this add-on reads {known}")
    return family


def _box(file: _File, frames: int) -> Box:
    """The box of a file that has one by its model type."""
    if absent := [name for name in ("box_rotation", "box_translation", "box_size") if name not in file]:
        raise file.error(f"a motion with a box but no {', '.join(absent)}")
    size = file.shaped("box_size", 3)
    if not SMALLEST <= size.min() <= size.max() <= LARGEST_BOX:
        edges = " x ".join(f"{edge:g}" for edge in size)
        raise file.error(f"a box of {edges} m; expected edges between {SMALLEST:g} and {LARGEST_BOX:g} m")
    source = file.text("box_size_source")
    rotations, places = file.shaped("box_rotation", frames, 3), file.shaped("box_translation", frames, 3)
    return Box(rotations, places, size, source if source in (GIVEN, ESTIMATED) else "")


def _poses(file: _File, ours: bool, family: BodyFamily) -> np.ndarray:
    """Local axis-angle (T, J, 3) of poses (T, 3 J); (T, 24, 3) of AMASS's longer and shorter ones."""
    if (rows := file.held["poses"].shape[:1]) and rows[0] > LAST_FRAME:
        raise file.error(f"{rows[0]:,} frames; expected at most {LAST_FRAME:,}")
    poses = file.numbers("poses")
    whole = 3 * family.joints
    if poses.ndim != 2 or not len(poses) or poses.shape[1] < 3 * BODY_JOINTS or (ours and poses.shape[1] != whole):
        raise file.error(f"poses has shape {poses.shape}; expected (frames, {whole if ours else '66 or more'})")
    if poses.shape[1] == whole:
        return poses.reshape(-1, family.joints, 3)
    body = poses[:, : 3 * BODY_JOINTS].reshape(-1, BODY_JOINTS, 3)
    return np.concatenate([body, np.zeros((len(body), 2, 3))], axis=1)  # SMPL's two hand joints stay at rest


def _camera(file: _File, frames: int) -> Camera:
    """The camera of a file that has a camera_matrix; at rest, or with a place and direction for each frame."""
    if absent := [name for name in ("camera_rotation", "camera_translation", "image_size") if name not in file]:
        raise file.error(f"there is a camera_matrix but no {', '.join(absent)}")
    turns, travels = file.held["camera_rotation"].ndim == 3, file.held["camera_translation"].ndim == 2
    zoom = file.shaped("camera_zoom", frames) if "camera_zoom" in file else None
    count = frames if turns or travels or zoom is not None else 1
    rotation = file.shaped("camera_rotation", *((frames, 3, 3) if turns else (3, 3)))
    translation = file.shaped("camera_translation", *((frames, 3) if travels else (3,)))
    rotation, translation = np.broadcast_to(rotation, (count, 3, 3)), np.broadcast_to(translation, (count, 3))
    if np.abs(rotation @ rotation.swapaxes(-1, -2) - np.eye(3)).max() > 1e-3 or (np.linalg.det(rotation) < 0).any():
        raise file.error("camera_rotation holds matrices that are no rotations")
    matrix = file.shaped("camera_matrix", 3, 3)
    if min(matrix[0, 0], matrix[1, 1]) <= 0 or not 0.98 < matrix[0, 0] / matrix[1, 1] < 1.02:
        raise file.error(f"focal lengths {matrix[0, 0]:g} and {matrix[1, 1]:g}; expected positive, nearly equal ones")
    size = file.shaped("image_size", 2)
    if (size != size.round()).any() or size.min() < 4 or size.max() > 65_536:  # Blender's limits of a picture
        raise file.error(f"a picture of {size[0]:g} x {size[1]:g}; expected whole pixels, 4 to 65,536")
    if zoom is not None and not 0.01 < zoom.min() <= zoom.max() < 100:
        raise file.error("camera_zoom holds values that are not between 0.01 and 100")
    return Camera(matrix, rotation, translation, (int(size[0]), int(size[1])), zoom)


def _keypoints(file: _File, frames: int) -> SourceKeypoints:
    """What the motion was lifted from, of a file that has keypoints_2d."""
    if absent := [name for name in ("keypoint_names", "confidence") if name not in file]:
        raise file.error(f"there are keypoints_2d but no {', '.join(absent)}")
    names = words(file.held["keypoint_names"])
    confidence = file.shaped("confidence", frames, len(names))
    if confidence.size and not 0 <= confidence.min() <= confidence.max() <= 1:
        raise file.error("confidence holds values that are not between 0 and 1")
    points = file.held["keypoints_2d"]
    if points.dtype.kind != "f" or points.shape != (frames, len(names), 2):
        raise file.error(f"keypoints_2d has shape {points.shape}; expected {(frames, len(names), 2)} numbers")
    present = confidence > 0
    if not np.isfinite(points[present]).all():
        raise file.error("keypoints_2d has no position for some points that have a confidence")
    lifted = file.shaped("keypoints", frames, len(names), 3) if "keypoints" in file else None
    return SourceKeypoints(tuple(names), np.where(present[..., None], points, np.nan), confidence, lifted)
