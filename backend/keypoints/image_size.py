# SPDX-License-Identifier: GPL-3.0-or-later
"""Guess the size of the image that keypoints were found in, for the formats that do not say."""

import numpy as np

COMMON_SIZES = (
    (640, 360), (640, 480), (854, 480), (1280, 720), (1920, 1080), (2560, 1440), (3840, 2160),
    (7680, 4320), (720, 1280), (1080, 1920), (1440, 2560), (2160, 3840), (4320, 7680),
)  # fmt: skip


def estimate_image_size(points: np.ndarray, confidence: np.ndarray) -> tuple[int, int]:
    """The smallest common video size (width, height) that contains the points, landscape before portrait.

    points (...,2) pixels, confidence (...,). Only points a detector is fairly sure of count, when there are any:
    the others may lie far outside. Beyond the largest common size, the extent itself.
    """
    sure = confidence >= 0.3
    seen = points[sure if sure.any() else confidence > 0]
    if not len(seen):
        return 1280, 720
    width, height = np.ceil(np.maximum(seen.max(axis=0), 1)).astype(int)
    # stable sort: of two sizes with one area the landscape one comes first
    for size in sorted(COMMON_SIZES, key=lambda size: size[0] * size[1]):
        if width <= size[0] and height <= size[1]:
            return size
    return min(int(width), 100_000), min(int(height), 100_000)
