# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture that the backend has made of a frame, as pixels for Blender."""

from pathlib import Path

import numpy as np

_LARGEST = 2048  # pixels a side


def read_picture(path: Path) -> np.ndarray | None:
    """Pixels (H, W, 4) float32, 0 to 1, the first row the lowest, of an .npy (H, W, 3) uint8; None if it is none."""
    try:
        found = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    if found.dtype != np.uint8 or found.ndim != 3 or found.shape[2] != 3 or not 0 < max(found.shape[:2]) <= _LARGEST:
        return None
    pixels = np.ones((*found.shape[:2], 4), np.float32)
    pixels[..., :3] = found[::-1] / np.float32(255)
    return pixels
