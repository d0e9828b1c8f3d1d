# SPDX-License-Identifier: GPL-3.0-or-later
"""When feet stand on the floor, from noisy joints: low and slow."""

import torch
from torch import Tensor

#: A standing ankle moves slower than this (m/s) and lies at most so far (m) above the lowest; noise allows for both.
SPEED, RISE = 0.45, 0.07


def foot_contacts(ankles: Tensor, fps: float, speed: float = SPEED, rise: float = RISE) -> Tensor:
    """How surely each foot stands still on the floor, 0 to 1, (..., T, 2), of ankles (..., T, 2, 3), world, Z up.

    The floor lies where the low ankles of the whole clip are, so that one deep outlier does not lift everybody.
    """
    if ankles.shape[-3] < 2:
        return torch.zeros(ankles.shape[:-1])
    velocity = torch.gradient(ankles, dim=-3)[0].norm(dim=-1) * fps
    height = ankles[..., 2]
    floor = height.flatten(-2).quantile(0.08, dim=-1)[..., None, None]
    slow = torch.sigmoid((speed - velocity) / (0.2 * speed))
    low = torch.sigmoid((rise - (height - floor)) / (0.2 * rise))
    return slow * low
