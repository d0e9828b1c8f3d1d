# SPDX-License-Identifier: GPL-3.0-or-later
"""FID of motion lifted from 2D clips without truth: its new views against the clips themselves (paper section 4.1)."""

from __future__ import annotations

import numpy as np
import torch

from ..diffusion.canonical import canonicalise
from ..keypoints.clip import KeypointClip
from ..lifting.input_view import prepare
from .fid import frechet_distance, lifted_features
from .methods import LiftedMotion
from .motion_features import MotionAutoencoder, pad


@torch.no_grad()
def seen_features(clips: list[KeypointClip], extractor: MotionAutoencoder) -> np.ndarray:
    """Features ``(N, F)`` of N clips of at most a window at 30 fps, as they were seen. Raises UserError."""
    rows = []
    for clip in clips:
        rays = prepare(clip, None).rays[None]
        rows.append(extractor.features(*pad(canonicalise(rays, torch.ones(rays.shape[:2], dtype=torch.bool)).points)))
    return torch.cat(rows).double().numpy()


def add_fid_2d(
    report: dict, motions: dict[str, list[LiftedMotion]], clips: list[KeypointClip], extractor: MotionAutoencoder
) -> None:
    """Give every row of `benchmark_2d.run_2d`'s report its ``fid``, in hundredths, from each method's motions.

    clips: those that were lifted, cut to their first window. Raises EvaluationError for fewer than two.
    """
    truth = seen_features(clips, extractor)
    for row in report["rows"]:
        row["fid"] = 100 * frechet_distance(lifted_features(motions[row["method"]], extractor), truth)
