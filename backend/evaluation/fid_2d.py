# SPDX-License-Identifier: GPL-3.0-or-later
"""What FID compares new views of lifted motion with where there is no truth: the 2D clips themselves (section 4.1)."""

from __future__ import annotations

import numpy as np
import torch

from ..diffusion.canonical import canonicalise
from ..keypoints.clip import KeypointClip
from ..lifting.input_view import prepare
from .motion_features import MotionAutoencoder, pad


@torch.no_grad()
def seen_features(clips: list[KeypointClip], extractor: MotionAutoencoder) -> np.ndarray:
    """Features ``(N, F)`` of N clips of at most a window at 30 fps, as they were seen. Raises UserError."""
    rows = []
    for clip in clips:
        rays = prepare(clip, None).rays[None]
        rows.append(extractor.features(*pad(canonicalise(rays, torch.ones(rays.shape[:2], dtype=torch.bool)).points)))
    return torch.cat(rows).double().numpy()
