# SPDX-License-Identifier: GPL-3.0-or-later
"""A camera of Blender's as the file that a lift takes, the backend's `lift3d-camera`: pixels from the top left corner,
rotations from the world to a camera that looks along its z, y down."""

import json
from dataclasses import dataclass

import numpy as np

from . import CoreError
from .camera import FLIP
from .rotations import continuous, quaternion_from_matrix

#: The coefficients of each of Blender's distortion models, as its tracking camera calls them, in the file's order.
COEFFICIENTS = {
    "POLYNOMIAL": ("k1", "k2", "k3"),
    "DIVISION": ("division_k1", "division_k2"),
    "NUKE": ("nuke_k1", "nuke_k2"),
    "BROWN": ("brown_k1", "brown_k2", "brown_k3", "brown_k4", "brown_p1", "brown_p2"),
}


class FilmError(CoreError):
    """A film or a camera of the scene that a lift cannot take."""


@dataclass(frozen=True)
class FilmLens:
    """A tracking camera: focal length and centre in pixels, the distortion model with its coefficients."""

    focal: float
    centre: tuple[float, float]
    model: str
    coefficients: tuple[float, ...]

    @property
    def distorts(self) -> bool:
        return any(self.coefficients)


@dataclass(frozen=True)
class FilmMotion:
    """frame_start: the clip's number of the first frame. matrices (T, 4, 4): camera to world, as Blender has them.
    focal (T,) and centre in pixels of the picture without distortion. in_scene: the world's floor and scale hold."""

    frame_start: int
    matrices: np.ndarray
    focal: np.ndarray
    centre: tuple[float, float]
    in_scene: bool


def camera_text(
    image_size: tuple[int, int], lens: FilmLens | None, motion: FilmMotion | None, scene_offset: int = 0
) -> str:
    """The file's JSON; one of lens and motion may be None. scene_offset: how much higher the scene numbers the clip's
    frames. FilmError for a camera that is none."""
    seen = motion or lens
    focal = np.atleast_1d(np.asarray(seen.focal, np.float64))
    document = {
        "format": "lift3d-camera",
        "version": 1,
        "image_size": list(image_size),
        "focal": focal.round(4).tolist() if np.ptp(focal) > 1e-4 else round(float(focal[0]), 4),
        "centre": [round(side, 4) for side in seen.centre],
        "frame_start": motion.frame_start if motion else 0,
        "scene_start": (motion.frame_start if motion else 0) + scene_offset,
    }
    if document["scene_start"] < 0:
        raise FilmError("the film begins before frame 0 of the scene: let it begin later, in the film's Start Frame")
    if lens is not None and lens.distorts:
        document["lens"] = {
            "model": lens.model,
            "focal": lens.focal,
            "centre": list(lens.centre),
            "coefficients": list(lens.coefficients),
        }
    if motion is not None:
        rotations = rotations_of(motion.matrices)
        document["rotations"] = continuous(quaternion_from_matrix(rotations)).round(9).tolist()
        document["positions"] = motion.matrices[:, :3, 3].round(6).tolist()
        document["in_scene"] = motion.in_scene
    try:
        return json.dumps(document, allow_nan=False, separators=(",", ":"))
    except ValueError:
        raise FilmError("the camera has places or a lens that are no numbers: solve or key it again") from None


def rotations_of(matrices: np.ndarray) -> np.ndarray:
    """World-to-camera rotations (T, 3, 3) of Blender's matrices (T, 4, 4), whatever they are scaled by. FilmError for
    a camera that is flat, mirrored or sheared."""
    axes = matrices[:, :3, :3]
    with np.errstate(invalid="ignore", divide="ignore"):
        axes = axes / np.linalg.norm(axes, axis=1, keepdims=True)
    if not np.abs(axes.swapaxes(-1, -2) @ axes - np.eye(3)).max() < 1e-3 or (np.linalg.det(axes) < 0).any():
        raise FilmError("the camera is scaled to nothing, mirrored or sheared: apply its scale and that of its parents")
    return FLIP @ axes.swapaxes(-1, -2)


def centre_in_pixels(shift: tuple[float, float], sensor_fit: str, image_size: tuple[int, int]) -> tuple[float, float]:
    """Where in a picture (width, height) the axis of a Blender camera with this shift is."""
    width, height = image_size
    wide = sensor_fit == "HORIZONTAL" or (sensor_fit == "AUTO" and width >= height)
    unit = width if wide else height
    return width / 2 - shift[0] * unit, height / 2 + shift[1] * unit
