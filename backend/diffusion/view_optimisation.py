# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage 2 in the paper's form: optimise five unobserved views with SDS and the multi-view consistency loss.

Score distillation (eq. 4) keeps each view a plausible 2D motion, the consistency loss (eq. 5 and 6) over all 15 pairs
of the six views, both ways, makes them agree. Started from a sample of stage 1: a few hundred steps then do what takes
thousands from zeros.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import torch
from torch import Tensor

from ..geometry.epipolar import epipolar_lines, fundamental_matrix, point_line_distance
from .denoisers import LineDenoiser
from .device import half_precision
from .line_sampling import RING_VIEWS, Ring, sample_views, triangulate_ring
from .schedule import LEVELS, Schedule


@dataclass(frozen=True)
class OptimisationConfig:
    """Adam's steps and rate; the consistency loss's weight against SDS; DDIM steps of the start (0: from zeros)."""

    steps: int = 100
    learning_rate: float = 0.02
    consistency: float = 20.0
    start_steps: int = 20


def pairwise_lines(ring: Ring) -> list[tuple[int, int, Tensor]]:
    """All ordered pairs of views (from, to, fundamental matrices (B, 3, 3)): 15 pairs, both directions."""
    views = range(RING_VIEWS + 1)
    pairs = [pair for a, b in combinations(views, 2) for pair in ((a, b), (b, a))]
    return [(a, b, fundamental_matrix(ring.cameras[:, a], ring.cameras[:, b])) for a, b in pairs]


def consistency_loss(ring: Ring, views: Tensor, pairs: list[tuple[int, int, Tensor]]) -> Tensor:
    """Eq. 5: the mean distance of ``views (B, 5, T, K, 2)`` and the input from each other's epipolar lines."""
    points = torch.cat([ring.points[:, None], views], 1).flatten(2, 3)
    weight = torch.cat([ring.weight[:, None], ring.present[:, None, :, None].expand(views.shape[:-1])], 1).flatten(2, 3)
    total = views.new_zeros(())
    for a, b, fundamental in pairs:
        lines = epipolar_lines(fundamental, points[:, a])
        both = weight[:, a] * weight[:, b]
        total = total + (point_line_distance(points[:, b], lines) * both).sum() / both.sum().clamp_min(1)
    return total / len(pairs)


def optimise_views(
    network: LineDenoiser, schedule: Schedule, ring: Ring, config: OptimisationConfig, generator: torch.Generator,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Optimise the unobserved views ``(B, 5, T, K, 2)``; also the points ``(B, T, K, 3)`` they give with the input."""
    batch, time, points, _ = ring.points.shape
    device = ring.points.device
    start = torch.zeros(batch, RING_VIEWS, time, points, 2, device=device)
    if config.start_steps:
        start, _ = sample_views(network, schedule, ring, config.start_steps, generator, consistent=False)
    views = start.clone().requires_grad_()
    optimiser = torch.optim.Adam([views], lr=config.learning_rate)
    pairs = pairwise_lines(ring)
    lines, present = ring.lines.flatten(0, 1), ring.present.repeat_interleave(RING_VIEWS, 0)
    mask = present[:, :, None, None].to(start.dtype)
    for step in range(config.steps):
        progress(step, config.steps)
        level = torch.randint(1, LEVELS, (1,), generator=generator).expand(len(lines)).to(device)
        noise = torch.randn(lines.shape[:-1] + (2,), generator=generator).to(device)
        with torch.no_grad(), half_precision(device):
            noisy = schedule.add_noise(views.detach().flatten(0, 1), noise, level)
            clean = network(noisy * mask, level, lines, present)
            score = (schedule.noise_of(noisy, clean, level) - noise) * mask
        # SDS gives its gradient directly; the mean over entries keeps it in proportion to the consistency loss.
        sds = (score.view_as(views) * views).sum() / mask.sum() / points
        optimiser.zero_grad()
        (sds + config.consistency * consistency_loss(ring, views, pairs)).backward()
        optimiser.step()
    views = views.detach() * mask.view(batch, RING_VIEWS, time, 1, 1)
    return views, triangulate_ring(ring, views)
