# SPDX-License-Identifier: GPL-3.0-or-later
"""Clips of any length as overlapping windows of the networks' length, and back by cross-fading."""

import torch
from torch import Tensor

WINDOW = 120
OVERLAP = 40


def window_starts(frames: int, window: int = WINDOW, overlap: int = OVERLAP) -> list[int]:
    """First frames of windows that cover ``frames``, neighbours sharing at least ``overlap`` of them."""
    if frames <= window:
        return [0]
    hop = window - overlap
    return [*range(0, frames - window, hop), frames - window]


def cut(values: Tensor, starts: list[int], window: int = WINDOW) -> Tensor:
    """``values (T, ...)`` to windows ``(N, min(T, window), ...)``."""
    return torch.stack([values[start : start + window] for start in starts])


def cross_fade(windows: Tensor, starts: list[int], frames: int, overlap: int = OVERLAP) -> Tensor:
    """Windows ``(N, W, ...)`` to ``(frames, ...)``, weights rising smoothly from the windows' ends."""
    length = windows.shape[1]
    edge = torch.arange(length, dtype=windows.dtype, device=windows.device) + 1
    ramp = (torch.minimum(edge, edge.flip(0)) / overlap).clamp(max=1)
    weight = (ramp * ramp * (3 - 2 * ramp)).view(-1, *[1] * (windows.dim() - 2))
    total = windows.new_zeros(frames, *windows.shape[2:])
    norm = windows.new_zeros(frames, *[1] * (windows.dim() - 2))
    for part, start in zip(windows, starts, strict=True):
        total[start : start + length] += weight * part
        norm[start : start + length] += weight
    return total / norm
