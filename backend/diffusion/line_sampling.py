# SPDX-License-Identifier: GPL-3.0-or-later
"""Other views of a clip from the line-conditioned model: stage 1's sampling, and the consistent sampling of stage 2.

Both run a deterministic DDIM from noise over five unobserved views at once. Consistent sampling triangulates the five
predicted clean views with the input inside every step and goes on from the reprojections, so that the views agree
all the way: as accurate as the optimisation of stage 2 for a small part of its work.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from ..geometry.cameras import Camera
from ..geometry.epipolar import epipolar_lines, fundamental_matrix
from ..geometry.triangulation import triangulate
from .canonical import CanonicalClip, input_camera, join_cameras, view_cameras
from .denoisers import LineDenoiser
from .device import half_precision
from .schedule import Schedule, sampling_levels

RING_VIEWS = 5
INPUT_WEIGHT = 10.0
RADIUS = 8.0  # canonical units: far outside of any picture; keeps a bad guess from running away


@dataclass(frozen=True)
class Ring:
    """B clips and their six views at 60 degrees: the input camera first (paper section 3.2).

    cameras (B, 6); points (B, T, K, 2) and weight (B, T, K) of the input view (0 where a point is missing);
    lines (B, 5, T, K, 3): the epipolar lines of the input's points in the unobserved views; present (B, T).
    """

    cameras: Camera
    points: Tensor
    weight: Tensor
    lines: Tensor
    present: Tensor

    @property
    def others(self) -> Camera:
        return self.cameras[:, 1:]


def make_ring(clip: CanonicalClip, weight: Tensor, present: Tensor, elevation: Tensor, roll: Tensor) -> Ring:
    """Place the six cameras of each clip; elevation and roll (B,) are those of the input view."""
    azimuth = torch.arange(1, RING_VIEWS + 1, device=present.device) * math.radians(60)
    cameras = join_cameras(input_camera(clip, elevation, roll), view_cameras(azimuth.float()))
    fundamental = fundamental_matrix(cameras[:, :1], cameras[:, 1:])
    batch, time, points, _ = clip.points.shape
    lines = epipolar_lines(fundamental, clip.points.flatten(1, 2)[:, None])
    lines = lines.view(batch, RING_VIEWS, time, points, 3) * present[:, None, :, None, None]
    return Ring(cameras, clip.points, weight * present[..., None], lines, present)


def triangulate_ring(ring: Ring, views: Tensor, input_weight: float = INPUT_WEIGHT) -> Tensor:
    """3D points ``(B, T, K, 3)`` from the input and ``views (B, 5, T, K, 2)``, in closed form."""
    batch, _, time, points, _ = views.shape
    both = torch.cat([ring.points[:, None], views], 1).flatten(2, 3)
    weight = torch.cat([input_weight * ring.weight[:, None], torch.ones_like(views[..., 0])], 1).flatten(2, 3)
    return triangulate(both, ring.cameras, weight).view(batch, time, points, 3)


def project_views(cameras: Camera, points: Tensor) -> Tensor:
    """``points (B, T, K, 3)`` seen by ``cameras (B, V)`` or (V,): ``(B, V, T, K, 2)``."""
    batch, time, count, _ = points.shape
    images = cameras.project(points.flatten(1, 2)[:, None])
    return images.view(batch, -1, time, count, 2).clamp(-RADIUS, RADIUS)


@torch.no_grad()
def sample_views(
    network: LineDenoiser, schedule: Schedule, ring: Ring, steps: int, generator: torch.Generator, consistent: bool,
    start: tuple[Tensor, int] | None = None, progress: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Sample the unobserved views: ``(B, 5, T, K, 2)``, and the 3D points ``(B, T, K, 3)`` they give with the input.

    start: points ``(B, T, K, 3)`` to refine and the noise level to begin at, instead of pure noise.
    progress(i, n) is called before every step and may raise.
    """
    batch, time, points, _ = ring.points.shape
    device = ring.points.device
    shape = (batch * RING_VIEWS, time, points, 2)
    lines = ring.lines.flatten(0, 1)
    present = ring.present.repeat_interleave(RING_VIEWS, 0)
    mask = present[:, :, None, None].to(ring.points.dtype)
    x = torch.randn(shape, generator=generator).to(device)
    levels = sampling_levels(steps) if start is None else sampling_levels(steps, start[1])
    if start is not None:
        level = torch.full((shape[0],), levels[0], device=device)
        x = schedule.add_noise(project_views(ring.others, start[0]).flatten(0, 1), x, level)
    for index, (now, after) in enumerate(zip(levels, [*levels[1:], None], strict=True)):
        progress(index, len(levels))
        level = torch.full((shape[0],), now, device=device)
        with half_precision(device):
            clean = network(x * mask, level, lines, present).clamp(-RADIUS, RADIUS)
        if consistent:
            views = clean.view(batch, RING_VIEWS, time, points, 2)
            clean = project_views(ring.others, triangulate_ring(ring, views)).flatten(0, 1)
        if after is None:
            break
        noise = schedule.noise_of(x, clean, level)
        x = schedule.add_noise(clean, noise, torch.full_like(level, after))
    views = (clean * mask).view(batch, RING_VIEWS, time, points, 2)
    return views, triangulate_ring(ring, views)
