# SPDX-License-Identifier: GPL-3.0-or-later
"""2D keypoints: one clip type, its layouts, a reader for each format people have, and filling of gaps."""

from .clip import KeypointClip
from .description import describe
from .errors import KeypointError
from .gaps import FilledKeypoints, fill_gaps
from .layouts import LAYOUTS, get_layout
from .readers.ours import write_keypoints
from .reading import read_keypoints
from .resampling import resample, resampled_length, sample_positions

__all__ = [
    "LAYOUTS",
    "FilledKeypoints",
    "KeypointClip",
    "KeypointError",
    "describe",
    "fill_gaps",
    "get_layout",
    "read_keypoints",
    "resample",
    "resampled_length",
    "sample_positions",
    "write_keypoints",
]
