# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage 1: train the line-conditioned 2D motion diffusion model (paper section 3.1, eq. 1 to 3)."""

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

from ..diffusion.canonical import epipoles_anywhere, view_cameras
from ..diffusion.schedule import LEVELS, Schedule
from ..geometry.epipolar import lines_through, point_line_distance
from .filming import Footage, uniform

RING_STEP = math.radians(60)
LINE_WEIGHT = 1.0


def virtual_epipoles(batch: int, generator: torch.Generator) -> Tensor:
    """One virtual epipole for each sequence ``(batch, 2)`` in canonical coordinates.

    Half are those of the ring of stage 2 (the image of an input camera at 2.5 to 12 m in a level view some multiple of
    60 degrees away, a few degrees of freedom left), half lie anywhere.
    """
    azimuth = RING_STEP * torch.randint(1, 6, (batch,), generator=generator)
    azimuth = azimuth + 0.15 * torch.randn(batch, generator=generator)
    distance = uniform(math.log(2.5), math.log(12.0), (batch,), generator).exp()
    elevation = uniform(-0.1, 0.35, (batch,), generator)
    away = torch.stack([torch.zeros(batch), -elevation.cos(), elevation.sin()], -1)
    ring = view_cameras(azimuth).project((away * distance[:, None])[:, None])[:, 0]
    anywhere = epipoles_anywhere(batch, generator)
    on_ring = torch.rand(batch, 1, generator=generator) < 0.5
    return torch.where(on_ring, ring, anywhere).clamp(-50, 50)


def line_diffusion_loss(
    schedule: Schedule, draw: Callable[[torch.Generator], Footage], device: torch.device
) -> Callable[[nn.Module, torch.Generator], dict[str, Tensor]]:
    """The loss of one step: eq. 2 (reconstruction) + eq. 3 (distance to the lines), both as means."""

    def loss_of(network: nn.Module, generator: torch.Generator) -> dict[str, Tensor]:
        footage = draw(generator)
        batch = len(footage.present)
        clean = footage.clip.points
        lines = lines_through(clean.flatten(1, 2), virtual_epipoles(batch, generator)).view(*clean.shape[:3], 3)
        level = torch.randint(LEVELS, (batch,), generator=generator)
        noise = torch.randn(clean.shape, generator=generator)
        clean, lines, level, noise, present = (x.to(device) for x in (clean, lines, level, noise, footage.present))
        mask = present[:, :, None, None].to(clean.dtype)
        lines = lines * mask
        predicted = network(schedule.add_noise(clean, noise, level) * mask, level, lines, present)
        count = mask.sum() * clean.shape[2]
        reconstruction = ((predicted - clean).abs() * mask).sum() / (2 * count)
        line = (point_line_distance(predicted, lines) * mask[..., 0]).sum() / count
        return {"loss": reconstruction + LINE_WEIGHT * line, "reconstruction": reconstruction, "line": line}

    return loss_of
