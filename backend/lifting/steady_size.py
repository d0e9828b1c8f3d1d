# SPDX-License-Identifier: GPL-3.0-or-later
"""A subject neither grows nor shrinks: what seems to is nearer to the camera, or farther, than it was thought.

The views of a network show how a subject stands and moves, but where one runs far its depth is off by a good part, and
all its bones with it. Points in the camera's frame, scaled about the camera, keep their image; scaled until bones have
one length throughout, they are as deep as the size of the image says.
"""

import torch
from torch import Tensor

from .body_shape import stiff_lengths

SIGMA = 12.0  # frames: strides and bending average out over them, travel does not


def steady_size(points: Tensor) -> Tensor:
    """Points (T, K, 3) of the camera's frame, each frame scaled about the camera; the same ones for a single frame."""
    lengths = stiff_lengths(points[None])[0].clamp_min(1e-6).log()  # (T, P)
    # Sizes are measured from a typical one, so that a clip as a whole stays as large as it was.
    growth = (lengths - lengths.median(0, keepdim=True).values).median(1).values
    offset = torch.arange(len(points), device=points.device, dtype=points.dtype)
    kernel = torch.exp(-0.5 * ((offset[:, None] - offset) / SIGMA).square())
    slow = (kernel @ growth) / kernel.sum(1)
    return points * (-slow).exp()[:, None, None]
