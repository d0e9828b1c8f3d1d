# SPDX-License-Identifier: GPL-3.0-or-later
"""A small moving skeleton for the evaluation's tests."""

import numpy as np

from backend.keypoints.layouts import get_layout

LAYOUT = get_layout("openpose18")


def walker(frames: int = 60, travel: float = 1.0, height: float = 1.7) -> np.ndarray:
    """Keypoints (T, 18, 3): an upright figure facing -Y that walks `travel` metres along +Y, swinging its limbs."""
    upright = LAYOUT.upright * height
    # Seen from the front, image x to the right is the body's left; facing -Y that is +X.
    rest = np.stack([upright[:, 0], np.zeros(18), height - upright[:, 1]], -1)
    for name, forward in (("nose", 0.11), ("right_eye", 0.08), ("left_eye", 0.08)):
        rest[LAYOUT.names.index(name), 1] -= forward
    time = np.linspace(0, 2 * np.pi, frames)
    motion = np.repeat(rest[None], frames, 0)
    for side, phase in (("left", 0.0), ("right", np.pi)):
        for limb, reach in (("wrist", 0.25), ("elbow", 0.12), ("ankle", -0.25), ("knee", -0.12)):
            motion[:, LAYOUT.names.index(f"{side}_{limb}"), 1] += reach * np.sin(time + phase)
    motion[:, :, 1] += np.linspace(0, travel, frames)[:, None]
    return motion
