# SPDX-License-Identifier: GPL-3.0-or-later
"""Build walk_and_wave.json, the clip of the demo: python -m assets.clips.build_walk_and_wave [OUT.json]

The procedural person of walking_figure.py is filmed by a hand-height camera and passed through a made-up detector:
jitter that lasts a few frames, less sure and less exact about what the body hides, now and then losing a point.
"""

import sys
from pathlib import Path

import numpy as np
import torch

from backend.geometry.cameras import Camera, intrinsics, look_at
from backend.keypoints import KeypointClip, get_layout, write_keypoints

from . import walking_figure

CLIP = Path(__file__).with_name("walk_and_wave.json")
FRAMES, FPS, START = 120, 30, -0.2  # START: seconds before a right mid-stance
IMAGE = (1920, 1080)
FOCAL = 1400.0  # pixels: 69 degrees across
CAMERA_AT, LOOKING_AT = (-0.35, -4.7, 1.5), (-0.35, 0.0, 0.98)  # hand height, 6 degrees down
SEED = 3


def camera() -> Camera:
    """The camera that films the person, float64."""
    rotation, translation = look_at(torch.tensor(CAMERA_AT).double(), torch.tensor(LOOKING_AT).double())
    middle = torch.tensor(IMAGE).double() / 2
    return Camera(intrinsics(torch.tensor(FOCAL).double(), middle), rotation, translation)


def truth() -> np.ndarray:
    """The person's 18 points in the world, (T, 18, 3) metres, in the order of openpose18."""
    return walking_figure.person(np.arange(FRAMES) / FPS + START)


def hidden(depth: np.ndarray) -> np.ndarray:
    """How far each point (T, K) lies behind its other half, 0 in front or level, 1 from 25 cm: a far arm or leg."""
    return np.clip((depth - depth[:, get_layout("openpose18").mirror]) / 0.25, 0, 1)


def detect(points: np.ndarray, depth: np.ndarray, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """What a detector would say of exact pixels (T, K, 2) at depths (T, K): pixels and confidence (T, K), 0 if lost."""
    frames, count = depth.shape
    behind = hidden(depth)
    noise = random.standard_normal((frames, count, 2))
    for frame in range(1, frames):  # errors of neighbouring frames are alike
        noise[frame] = 0.7 * noise[frame - 1] + np.sqrt(1 - 0.7**2) * noise[frame]
    seen = points + noise * (1.6 + 3.5 * behind)[..., None]
    confidence = np.clip(0.93 - 0.38 * behind + 0.03 * random.standard_normal((frames, count)), 0.2, 0.99)
    # Losses last a few frames, and meet what is hidden first.
    chance = 0.002 + 0.02 * behind
    for frame, point in zip(*np.nonzero(random.random((frames, count)) < chance), strict=True):
        confidence[frame : frame + random.integers(1, 6), point] = 0
    return seen, confidence


def build() -> KeypointClip:
    """The clip, rounded to a tenth of a pixel."""
    filmed, world = camera(), torch.from_numpy(truth())
    depth = filmed.to_camera(world)[..., 2].numpy()
    points, confidence = detect(filmed.project(world).numpy(), depth, np.random.default_rng(SEED))
    return KeypointClip(points.round(1), confidence.round(2), FPS, IMAGE, "openpose18", frame_start=1)


if __name__ == "__main__":
    write_keypoints(build(), Path(sys.argv[1]) if len(sys.argv) > 1 else CLIP)
