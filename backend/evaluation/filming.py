# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual cameras that film motion capture for the evaluation, one a window.

`paper` is the published method's camera (level, f = 1000 px, 3 m); `wild` is what people film with (any height and
distance, a phone's or a camera's field of view, not quite upright). Either steps back as far as keeps every keypoint
of the window in the picture.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
import torch

from ..geometry.cameras import Camera, intrinsics, look_at
from . import EvaluationError
from .metrics import mid_hip

IMAGE_SIZE = (1920, 1080)
CAMERAS = ("paper", "wild")

# Keypoints stay this far inside the picture, and this far in front of the camera.
_MARGIN_PX = 20.0
_NEAREST_M = 0.5
_LOWEST_CAMERA_M = 0.2


@dataclass(frozen=True)
class Film:
    """One filmed window: pixels (T, K, 2), confidence (T, K) in 0..1, and the camera that nobody else may see."""

    pixels: np.ndarray
    confidence: np.ndarray
    camera: Camera
    image_size: tuple[int, int] = IMAGE_SIZE

    @property
    def focal(self) -> float:
        """The focal length in pixels, the same for both axes."""
        return float(self.camera.matrix[0, 0])


def generator_for(seed: int, name: str, purpose: str) -> np.random.Generator:
    """Random numbers that depend on the seed, the window and their purpose, not on which other windows are run."""
    return np.random.default_rng([seed, zlib.crc32(name.encode()), zlib.crc32(purpose.encode())])


def film(keypoints: np.ndarray, kind: str, random: np.random.Generator) -> Film:
    """Film keypoints (T, K, 3), metres, Z up, floor at 0, with a camera of this kind; full confidence everywhere."""
    camera = place_camera(keypoints, kind, random)
    pixels = camera.project(torch.from_numpy(np.asarray(keypoints, np.float64))).numpy()
    return Film(pixels, np.ones(pixels.shape[:2]), camera)


def place_camera(keypoints: np.ndarray, kind: str, random: np.random.Generator) -> Camera:
    """A camera (float64, no leading dimensions) that looks at the first frame's mid-hip and sees all keypoints.

    The azimuth is random. Moving back along the viewing direction until everything is in view is a closed form; a
    camera that would thereby sink below the floor looks less upwards instead.
    """
    keypoints = np.asarray(keypoints, np.float64)
    target = mid_hip(keypoints[0])[0]
    azimuth = random.uniform(0, 2 * np.pi)
    if kind == "paper":
        focal, distance, pitch, roll = 1000.0, 3.0, 0.0, 0.0
    elif kind == "wild":
        pitch = np.radians(random.uniform(-5, 25))  # downwards
        distance = random.uniform(2.5, 6)
        focal = IMAGE_SIZE[0] / 2 / np.tan(np.radians(random.uniform(50, 90)) / 2)
        roll = np.radians(random.uniform(-3, 3))
    else:
        raise EvaluationError(f"expected a camera among {', '.join(CAMERAS)}, got {kind!r}")
    lowest = min(_LOWEST_CAMERA_M, target[2])
    while True:
        direction = np.array([np.cos(pitch) * np.sin(azimuth), -np.cos(pitch) * np.cos(azimuth), np.sin(pitch)])
        rotation = look_at(torch.from_numpy(direction), torch.zeros(3, dtype=torch.float64), roll)[0]
        away = max(distance, _distance_in_frame((keypoints - target).reshape(-1, 3) @ rotation.numpy().T, focal))
        if pitch >= 0 or target[2] + away * np.sin(pitch) >= lowest:
            break
        # Each turn towards level; the distance it needs changes with it, so this may take a few.
        pitch = 0.0 if pitch > np.radians(-0.5) else 0.5 * pitch
    matrix = intrinsics(torch.tensor(focal, dtype=torch.float64), torch.tensor(IMAGE_SIZE, dtype=torch.float64) / 2)
    centre = torch.from_numpy(target + away * direction)
    return Camera(matrix, rotation, -rotation @ centre)


def _distance_in_frame(points: np.ndarray, focal: float) -> float:
    """How far from the target a camera must stand to see points (N, 3) given in its axes, relative to the target.

    f |x| / (z + distance) <= half the image, for both axes, is linear in the distance.
    """
    half = np.array(IMAGE_SIZE) / 2 - _MARGIN_PX
    needed = (focal * np.abs(points[:, :2]) / half).max(1) - points[:, 2]
    return float(max(needed.max(), _NEAREST_M - points[:, 2].min()))
