# SPDX-License-Identifier: GPL-3.0-or-later
"""Noise schedule of the diffusion models: cosine, 1,000 levels, predicting the clean sample (paper eq. 1 and 2)."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

LEVELS = 1000


@dataclass(frozen=True)
class Schedule:
    """Cumulative signal levels ``alpha_bar (LEVELS,)`` in (0, 1], float32, decreasing with the noise level."""

    alpha_bar: Tensor

    def to(self, device: torch.device) -> "Schedule":
        return Schedule(self.alpha_bar.to(device))

    def signal(self, level: Tensor, like: Tensor) -> Tensor:
        """alpha_bar at integer ``level (B,)``, shaped to broadcast over ``like (B, ...)``."""
        return self.alpha_bar[level].view(-1, *[1] * (like.dim() - 1))

    def add_noise(self, clean: Tensor, noise: Tensor, level: Tensor) -> Tensor:
        """The forward process: X_n from X_0 ``(B, ...)``, unit noise and levels ``(B,)``."""
        signal = self.signal(level, clean)
        return signal.sqrt() * clean + (1 - signal).sqrt() * noise

    def noise_of(self, noisy: Tensor, clean: Tensor, level: Tensor) -> Tensor:
        """The noise that turns ``clean`` into ``noisy`` at ``level``: epsilon of eq. 4 from an x0 prediction."""
        signal = self.signal(level, clean)
        return (noisy - signal.sqrt() * clean) / (1 - signal).clamp_min(1e-8).sqrt()


def cosine_schedule(levels: int = LEVELS, offset: float = 0.008, power: int = 2) -> Schedule:
    """Nichol & Dhariwal's cosine schedule (power 2); the last level is kept a hair above zero signal."""
    steps = torch.arange(levels + 1, dtype=torch.float64) / levels
    curve = torch.cos((steps + offset) / (1 + offset) * math.pi / 2) ** power
    beta = (1 - curve[1:] / curve[:-1]).clamp(max=0.999)
    return Schedule(torch.cumprod(1 - beta, 0).float())


def sampling_levels(steps: int, levels: int = LEVELS) -> list[int]:
    """``steps`` noise levels from the highest down, evenly spaced, for few-step sampling."""
    if not 1 <= steps <= levels:
        raise ValueError(f"sampling steps must be between 1 and {levels}, got {steps}")
    return [round((levels - 1) * (steps - i) / steps) for i in range(steps)]
