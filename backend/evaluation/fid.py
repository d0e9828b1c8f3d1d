# SPDX-License-Identifier: GPL-3.0-or-later
"""FID of lifted motion, seen from where the camera did not stand (paper section 4.1): is it motion as people move?

Every lifted window is seen by the three level cameras 90 degrees apart that are not the input's, and the truth by its
own three: both tell then of the same views, and the truth, were it lifted, would be at 0. Both become features
(`motion_features`), whose means and covariances the Frechet distance compares.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import torch
from torch import Tensor

from ..diffusion.canonical import canonicalise, mid_hip, view_cameras
from ..diffusion.multiview_sampling import AZIMUTHS
from ..geometry.cameras import Camera
from . import EvaluationError
from .benchmark import Conditions, observe
from .methods import LiftedMotion
from .motion_features import MotionAutoencoder, pad
from .windows import Window


def seen_from(keypoints: np.ndarray, azimuths: Iterable[float]) -> tuple[Tensor, Tensor]:
    """Windows ``(V, WINDOW, K, 2)`` in canonical coordinates of a motion (T, K, 3), metres, Z up, by level cameras at
    azimuths in radians (0 looks along +Y), and their present frames."""
    motion = torch.as_tensor(keypoints, dtype=torch.float32)
    motion = motion - mid_hip(motion).mean(0)
    cameras = view_cameras(torch.tensor([float(azimuth) for azimuth in azimuths]))
    images = cameras.project(motion.flatten(0, 1)[None]).view(len(cameras.translation), *motion.shape[:2], 2)
    rays = images / cameras.focal[:, None, None, :]
    return pad(canonicalise(rays, torch.ones(rays.shape[:2], dtype=torch.bool)).points)


def azimuth_of(camera: Camera) -> float:
    """Where a camera stands, as `seen_from` counts it."""
    x, y = camera.forward.reshape(-1, 3)[0][:2].tolist()
    return math.atan2(-x, y)


@torch.no_grad()
def lifted_features(motions: list[LiftedMotion], extractor: MotionAutoencoder) -> np.ndarray:
    """Features ``(3 N, F)`` of N lifted motions from the three views that are not the input's."""
    return _features(((motion.keypoints, motion.camera) for motion in motions), extractor)


@torch.no_grad()
def true_features(windows: list[Window], extractor: MotionAutoencoder, conditions: Conditions) -> np.ndarray:
    """Features ``(3 N, F)`` of the truth of N windows filmed under these conditions, from the three views that are not
    the film's.

    Cameras put up anywhere would show the truth from other sides than the lifted motion, and of few windows the sides
    would tell more than the motions: six windows of a dog's truth, filmed twice by such cameras, were as far apart as
    the best methods were from either.
    """
    return _features(((window.keypoints, observe(window, conditions)[0].camera) for window in windows), extractor)


def _features(filmed: Iterable[tuple[np.ndarray | Tensor, Camera]], extractor: MotionAutoencoder) -> np.ndarray:
    """Features (3 N, F) of keypoints (T, K, 3) and the cameras that filmed them."""
    rows = []
    for keypoints, camera in filmed:
        keypoints = torch.as_tensor(keypoints).detach().cpu().double().numpy()
        place = azimuth_of(camera.to(device="cpu", dtype=torch.float64))
        rows.append(extractor.features(*seen_from(keypoints, (place + azimuth for azimuth in AZIMUTHS))))
    return torch.cat(rows).double().numpy()


def frechet_distance(first: np.ndarray, second: np.ndarray) -> float:
    """The squared Frechet distance of two Gaussians with the moments of features (N, F) and (M, F).

    Divided by the second's total variance, so that it does not depend on the unit an extractor happens to have learnt:
    1 means means as far apart as the truth's own spread. Fewer rows than features are no trouble to the arithmetic,
    but they lift the figure, for every method of a comparison alike. Raises EvaluationError.
    """
    for features in (first, second):
        if features.ndim != 2 or len(features) < 2 or not np.isfinite(features).all():
            raise EvaluationError(f"expected finite features of at least two motions for FID, got {features.shape}")
    if first.shape[1] != second.shape[1]:
        raise EvaluationError(
            f"expected features of one extractor on both sides of FID, got {first.shape[1]} and {second.shape[1]} each"
        )
    one, two = _spread(first), _spread(second)
    variance = (two**2).sum()
    if variance == 0:
        raise EvaluationError("expected true motions that differ for FID, got features that are all the same")
    apart = ((first.mean(0) - second.mean(0)) ** 2).sum()
    # The trace of the root of the covariances' product, without a matrix root, which a singular one may not have.
    common = np.linalg.svd(one @ two.T, compute_uv=False).sum()
    distance = apart + (one**2).sum() + variance - 2 * common
    return float(max(distance, 0.0) / variance)


def _spread(features: np.ndarray) -> np.ndarray:
    """A factor R (min(N, F), F) of the covariance of features (N, F): R^T R."""
    centred = features.astype(np.float64) - features.mean(0, dtype=np.float64)
    return np.linalg.qr(centred / math.sqrt(len(features) - 1), mode="r")


def add_fid(
    report: dict, motions: dict[str, list[LiftedMotion]], truth: np.ndarray, extractor: MotionAutoencoder
) -> None:
    """Give every row of a report its ``fid``, in hundredths: of the motions of each method against features (N, F) of
    the truth (`true_features`) or, where there is none, of what was seen (`fid_2d`). Raises EvaluationError."""
    for row in report["rows"]:
        row["fid"] = 100 * frechet_distance(lifted_features(motions[row["method"]], extractor), truth)
