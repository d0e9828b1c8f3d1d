# SPDX-License-Identifier: GPL-3.0-or-later
"""A camera that somebody has solved or matched already, as a JSON file beside a clip or a video.

{"format": "lift3d-camera", "version": 1, "image_size": [1920, 1080],
 "focal": 1400 | [1400, ...], "centre": [960, 540],
 "lens": {"model": "POLYNOMIAL", "focal": 1400, "centre": [960, 540], "coefficients": [-0.1, 0, 0]},
 "frame_start": 0, "scene_start": 1,
 "rotations": [[w, x, y, z], ...], "positions": [[x, y, z], ...], "in_scene": true}

All but format, version, image_size and focal may be left out. focal and centre (pixels, from the top left corner) are
those of the picture once the lens's distortion is taken out of it, see `lens`. rotations: from the world (Z up) to the
camera's frame (x right, y down, z forward), for each frame from frame_start on, as the clip counts its frames;
positions in the world. scene_start: the number that frame is to have from now on. in_scene: the world's floor is at
z = 0 and its unit the metre, so that the motion is to be in that world; else only how the camera turned and zoomed is
taken, and that it moved from its place is not known.
"""

import math
import os
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from .camera_track import CameraPath, CameraTrack, quaternions_to_matrices
from .clip import MAXIMUM_FRAMES, KeypointClip, checked_focal, checked_image_size
from .detections import number_array, whole_number
from .documents import load_document
from .errors import KeypointError
from .lens import Lens

FORMAT, VERSION = "lift3d-camera", 1
SOURCE = "of the camera file"


@dataclass(frozen=True, eq=False)
class FilmCamera:
    """focal (T,) or (1,) pixels; centre pixels; rotations (T, 3, 3) and positions (T, 3), None where they are not
    known; the rest as in the file."""

    image_size: tuple[int, int]
    focal: np.ndarray
    centre: tuple[float, float]
    lens: Lens | None = None
    frame_start: int = 0
    scene_start: int | None = None
    rotations: np.ndarray | None = None
    positions: np.ndarray | None = None
    in_scene: bool = False

    @property
    def usual_focal(self) -> float:
        return float(np.median(self.focal))

    @property
    def tells_motion(self) -> bool:
        return self.rotations is not None

    def of(self, clip: KeypointClip) -> KeypointClip:
        """The clip as this camera filmed it: the lens's distortion taken out of its points, the camera its own, its
        frames numbered anew where the file wants that. Points that the lens cannot have shown are missing.
        KeypointError where the camera is of another picture, or not known in all of the frames."""
        if clip.image_size != self.image_size:
            raise KeypointError(
                f"The camera is of pictures of {self.image_size[0]} x {self.image_size[1]}, the clip's are"
                f" {clip.image_size[0]} x {clip.image_size[1]}: choose the clip's own film."
            )
        if self.lens is not None and self.lens.distorts:
            points = self.lens.undistorted(clip.points)
            clip = replace(clip, points=points, confidence=np.where(np.isfinite(points).all(-1), clip.confidence, 0.0))
        focal = self.usual_focal
        if self.tells_motion:
            clip = replace(clip, camera=self._track(clip.frame_start, len(clip)))
        elif clip.camera is not None:
            clip = replace(clip, camera=replace(clip.camera, focal=focal, centre=self.centre))
        else:
            still = np.broadcast_to(np.eye(3), (len(clip), 3, 3))
            clip = replace(clip, camera=CameraTrack(still, np.ones(len(clip)), focal, clip.frame_start, self.centre))
        clip = replace(clip, focal=clip.camera.focal, focal_source=SOURCE)
        if self.scene_start is None:
            return clip
        start = clip.frame_start + self.scene_start - self.frame_start
        return replace(clip, frame_start=start, camera=replace(clip.camera, frame_start=start))

    def _track(self, first: int, count: int) -> CameraTrack:
        from scipy.spatial.transform import Rotation

        start = first - self.frame_start
        if start < 0 or start + count > len(self.rotations):
            last = self.frame_start + len(self.rotations) - 1
            raise KeypointError(
                f"The camera is known in the frames {self.frame_start} to {last}, the clip has {first} to"
                f" {first + count - 1}: solve it for all of them, or lift a part of the clip."
            )
        rotations = self.rotations[start : start + count]
        reference = Rotation.from_matrix(rotations).mean().as_matrix()
        focal = np.broadcast_to(self.focal, len(self.rotations))[start : start + count]
        middle = float(np.median(focal))
        path = None
        if self.in_scene:
            path = CameraPath(reference, self.positions[start : start + count])
        return CameraTrack(rotations @ reference.T, focal / middle, middle, first, self.centre, path)


def read_camera(path: str | os.PathLike) -> FilmCamera:
    """A camera file. KeypointError, one line, for anything that is none."""
    path = Path(path)
    document = load_document(path)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise KeypointError(f"{path.name} is no camera file: expected JSON with the format {FORMAT}.")
    if whole_number(document.get("version"), f"version of a {FORMAT} file") > VERSION:
        raise KeypointError(f"{path.name} is of a later version than this program reads: update it.")
    size = checked_image_size(document.get("image_size"))
    if size is None:
        raise KeypointError(f"{path.name} has no image_size.")
    start = whole_number(document.get("frame_start", 0), "frame_start")
    later = document.get("scene_start")
    rotations, positions = _motion(document)
    in_scene = document.get("in_scene") is True
    if in_scene and positions is None:
        raise KeypointError(f"{path.name} has no positions, so that nothing can be placed in its scene.")
    return FilmCamera(
        size, _focal(document.get("focal"), rotations), _pair(document.get("centre"), size), _lens(document, size),
        start, None if later is None else whole_number(later, "scene_start"), rotations, positions, in_scene,
    )  # fmt: skip


def _focal(value, rotations: np.ndarray | None) -> np.ndarray:
    if not isinstance(value, list):
        return np.array([checked_focal(value)])
    if rotations is None or len(value) != len(rotations):
        raise KeypointError("The focal length of a camera file is one, or one for each of its rotations.")
    return np.array([checked_focal(each) for each in value])


def _pair(value, size: tuple[int, int]) -> tuple[float, float]:
    if value is None:
        return size[0] / 2, size[1] / 2
    if isinstance(value, list) and len(value) == 2 and all(isinstance(each, int | float) for each in value):
        if all(math.isfinite(each) and abs(each) <= 1e6 for each in value):
            return float(value[0]), float(value[1])
    raise KeypointError(f"The centre of a camera is x and y in pixels; this one is {str(value)[:40]}.")


def _lens(document: dict, size: tuple[int, int]) -> Lens | None:
    lens = document.get("lens")
    if lens is None:
        return None
    if not isinstance(lens, dict) or not isinstance(lens.get("coefficients"), list):
        raise KeypointError("The lens of a camera file has a model, a focal length, a centre and coefficients.")
    centre = _pair(lens.get("centre"), size)
    return Lens(str(lens.get("model")), checked_focal(lens.get("focal")), centre, tuple(lens["coefficients"]), size)


def _motion(document: dict) -> tuple[np.ndarray | None, np.ndarray | None]:
    if document.get("rotations") is None:
        return None, None
    quaternions = number_array(document["rotations"], "rotations of the camera")
    if quaternions.ndim != 2 or quaternions.shape[1] != 4 or not 1 <= len(quaternions) <= MAXIMUM_FRAMES:
        raise KeypointError("The rotations of a camera are quaternions w, x, y, z.")
    positions = document.get("positions")
    if positions is not None:
        positions = number_array(positions, "positions of the camera")
        if positions.shape != (len(quaternions), 3):
            raise KeypointError("The positions of a camera file are x, y, z, one for each of its rotations.")
    return quaternions_to_matrices(quaternions), positions
