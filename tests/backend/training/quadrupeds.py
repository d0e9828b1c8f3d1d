# SPDX-License-Identifier: GPL-3.0-or-later
"""A small quadruped for the tests of training, and the motion capture file that it would come from."""

from pathlib import Path

import numpy as np

from backend.keypoints.layouts import get_layout
from backend.training.quadruped_mocap import SOURCE

LAYOUT = get_layout("ap10k")
HEIGHT = 0.5  # of the back, metres


def trotter(frames: int = 60, travel: float = 1.5) -> np.ndarray:
    """Keypoints (T, 17, 3) in metres, Z up: it faces -X and goes there, diagonal legs together."""
    upright = LAYOUT.upright * HEIGHT
    rest = np.stack([upright[:, 0], np.zeros(17), 0.95 * HEIGHT - upright[:, 1]], -1)
    for index, name in enumerate(LAYOUT.names):
        # Facing -X its left is towards -Y.
        rest[index, 1] = {"left": -0.08, "right": 0.08}.get(name.split("_")[0], 0.0)
        if name.endswith("eye"):
            rest[index, 1] /= 3
        if name.endswith("paw"):
            rest[index, 2] = 0.0
    time = np.linspace(0, 6 * np.pi, frames)
    motion = np.repeat(rest[None], frames, 0)
    for side, end, phase in (("left", "front", 0), ("right", "back", 0), ("right", "front", 1), ("left", "back", 1)):
        swing = np.sin(time + np.pi * phase)
        motion[:, LAYOUT.names.index(f"{side}_{end}_paw"), 0] += 0.12 * swing
        motion[:, LAYOUT.names.index(f"{side}_{end}_paw"), 2] += 0.05 * np.maximum(np.cos(time + np.pi * phase), 0)
    motion[..., 0] -= np.linspace(0, travel, frames)[:, None]
    return motion


def write_dog(path: Path, keypoints: np.ndarray, fps: float = 60.0) -> None:
    """The joints that keypoints (T, 17, 3) are read from, as a motion capture clip."""
    joints = {joint: keypoints[:, LAYOUT.names.index(point)] for point, joint in SOURCE.items()}
    joints["Head"] = joints["HeadSite"] + [0.15, 0.0, 0.05]
    np.savez(
        path, names=np.array(list(joints)), positions=np.stack(list(joints.values()), 1), fps=fps, licence="CC0-1.0",
        parents=np.zeros(len(joints), int), source="made up", description="a trot",
    )  # fmt: skip
