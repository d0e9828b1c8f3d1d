# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage 4's lifting: three more views of a clip, generated together in a few denoising steps (paper section 3.4)."""

import math

import torch
from torch import Tensor

from ..geometry.triangulation import triangulate
from .canonical import CanonicalClip, input_camera, join_cameras, view_cameras
from .denoisers import VIEWS, MultiviewDenoiser
from .device import half_precision
from .line_sampling import INPUT_WEIGHT, RADIUS
from .schedule import Schedule, sampling_levels

AZIMUTHS = tuple(math.radians(90 * view) for view in range(1, VIEWS))


@torch.no_grad()
def sample_multiview(
    network: MultiviewDenoiser, schedule: Schedule, clip: CanonicalClip, seen: Tensor, present: Tensor,
    steps: int, samples: int, generator: torch.Generator,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """The mean of several samples of the unobserved views ``(B, 3, T, K, 2)``, and the input camera's tilt (B, 2).

    seen (B, T, K) bool: points of the input that count; present (B, T) bool: frames that do.
    """
    batch, time, points, _ = clip.points.shape
    device = clip.points.device
    mask = present[:, None, :, None, None].to(clip.points.dtype)
    total = torch.zeros(batch, VIEWS - 1, time, points, 2, device=device)
    tilt = torch.zeros(batch, 2, device=device)
    levels = sampling_levels(steps)
    for _ in range(samples):
        x = torch.randn(total.shape, generator=generator).to(device)
        for now, after in zip(levels, [*levels[1:], None], strict=True):
            level = torch.full((batch,), now, device=device)
            with half_precision(device):
                clean, angles = network(x * mask, level, clip.points, seen, clip.nearness, present)
            clean = clean.clamp(-RADIUS, RADIUS)
            if after is not None:
                x = schedule.add_noise(clean, schedule.noise_of(x, clean, level), torch.full_like(level, after))
        total += clean / samples
        tilt += angles / samples
    return total * mask, tilt


def triangulate_multiview(clip: CanonicalClip, weight: Tensor, views: Tensor, tilt: Tensor) -> Tensor:
    """Canonical points ``(B, T, K, 3)`` from the input (weight (B, T, K)) and ``views (B, 3, T, K, 2)``."""
    azimuth = torch.tensor(AZIMUTHS, device=views.device)
    cameras = join_cameras(input_camera(clip, tilt[:, 0], tilt[:, 1]), view_cameras(azimuth))
    batch, _, time, points, _ = views.shape
    images = torch.cat([clip.points[:, None], views], 1).flatten(2, 3)
    weights = torch.cat([INPUT_WEIGHT * weight[:, None], torch.ones_like(views[..., 0])], 1).flatten(2, 3)
    return triangulate(images, cameras, weights).view(batch, time, points, 3)
