# SPDX-License-Identifier: GPL-3.0-or-later
"""SDS for 3D (paper section 4.5, table 3): points in space optimised themselves instead of views.

Score distillation (eq. 4) judges their images in the five unobserved views, the input view is kept by reprojection, and
no consistency is needed: images of one set of points agree. The paper's ablation, to compare with; never the product's
way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from ..geometry.epipolar import lines_through
from .canonical import epipoles_anywhere
from .denoisers import LineDenoiser
from .device import half_precision
from .line_sampling import RING_VIEWS, Ring, project_views
from .schedule import LEVELS, Schedule


@dataclass(frozen=True)
class SpaceConfig:
    """Adam's steps and rate (metres); the weight of the input view's mean squared reprojection error against SDS.

    The release takes 3,000 steps of 0.01 and a weight of 1,000, from points that are all zero. From there these 300
    steps end twice as far from the truth as from the plane, and 1,000 do not make up for it.
    """

    steps: int = 300
    learning_rate: float = 0.02
    reprojection: float = 100.0


def optimise_space(
    network: LineDenoiser, schedule: Schedule, ring: Ring, config: SpaceConfig, generator: torch.Generator,
    lines: bool = True, progress: Callable[[int, int], None] = lambda done, total: None,
) -> Tensor:  # fmt: skip
    """Points ``(B, T, K, 3)`` of the canonical world, started in the plane in which the subject stands.

    lines: tell the network the epipolar lines of the input view. The row "without l_epi" is of an unconditional model
    in the paper; this network has always been told lines, and zeros, which it knows from absent frames alone, take the
    points further from the truth the more steps there are. Without lines it is told `empty_lines`, which know nothing
    of the input but hold on to where the points are: kinder than an unconditional model.
    progress(i, n) is called before every step and may raise.
    """
    batch, time, count, _ = ring.points.shape
    device = ring.points.device
    camera = ring.cameras[:, 0]
    depth = camera.to_camera(torch.zeros(batch, 1, 3, device=device))[..., 2].expand(-1, time * count)
    start = camera.back_project(ring.points.flatten(1, 2), depth).view(batch, time, count, 3)
    points = start.clone().requires_grad_()
    optimiser = torch.optim.Adam([points], lr=config.learning_rate)
    told = ring.lines.flatten(0, 1)
    present = ring.present.repeat_interleave(RING_VIEWS, 0)
    mask = present[:, :, None, None].to(start.dtype)
    for step in range(config.steps):
        progress(step, config.steps)
        level = torch.randint(1, LEVELS, (1,), generator=generator).expand(len(told)).to(device)
        noise = torch.randn(told.shape[:-1] + (2,), generator=generator).to(device)
        views = project_views(ring.others, points).flatten(0, 1)
        if not lines:
            told = empty_lines(views.detach(), generator) * mask
        with torch.no_grad(), half_precision(device):
            noisy = schedule.add_noise(views.detach(), noise, level)
            clean = network(noisy * mask, level, told, present)
            score = (schedule.noise_of(noisy, clean, level) - noise) * mask
        sds = (score * views).sum() / mask.sum() / count
        images = camera.project(points.flatten(1, 2)).view(ring.points.shape)
        squares = (images - ring.points).square().sum(-1) * ring.weight
        reprojection = squares.sum() / ring.weight.sum().clamp_min(1)
        optimiser.zero_grad()
        (sds + config.reprojection * reprojection).backward()
        optimiser.step()
    return points.detach()


def empty_lines(images: Tensor, generator: torch.Generator) -> Tensor:
    """Lines ``(N, T, K, 3)`` of images ``(N, T, K, 2)`` that say only where these are: through an epipole anywhere.

    One epipole a sequence, as in the half of stage 1's training that knows of no ring of cameras.
    """
    epipole = epipoles_anywhere(len(images), generator)
    return lines_through(images.flatten(1, 2), epipole.to(images.device)).view(*images.shape[:-1], 3)
