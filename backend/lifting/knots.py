# SPDX-License-Identifier: GPL-3.0-or-later
"""Fewer moments than frames: what a clip says at evenly spaced knots, and smooth curves back through all frames."""

import numpy as np
import torch
from scipy.interpolate import CubicSpline
from torch import Tensor

from ..geometry.rotations import sixd_to_matrix


class Knots:
    """Evenly spaced moments of a clip of `frames` frames, about `stride` frames apart, the first and last included."""

    def __init__(self, frames: int, stride: int = 1):
        count = frames if stride <= 1 or frames < 4 else max(4, round((frames - 1) / stride) + 1)
        self.count, self.frames = min(count, frames), frames
        self.times = torch.linspace(0, frames - 1, self.count)
        #: Frames between knots.
        self.spacing = (frames - 1) / (self.count - 1) if self.count > 1 else 1.0

    def average(self, values: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
        """Weighted means about each knot of values (N, T, P, C) with weights (N, T, P): (N, S, P, C) and (N, S, P)."""
        if self.count == self.frames:
            return values, weights
        distance = (torch.arange(self.frames) - self.times[:, None]) / (0.5 * self.spacing)
        kernel = torch.exp(-0.5 * distance.square()).to(values)
        kernel = kernel / kernel.sum(-1, keepdim=True)
        total = torch.einsum("st,ntp->nsp", kernel, weights)
        mean = torch.einsum("st,ntpc->nspc", kernel, values * weights[..., None]) / total.clamp_min(1e-6)[..., None]
        return mean, total

    def nearest(self) -> Tensor:
        """The frame (S,) nearest to each knot."""
        return self.times.round().long()

    def spread(self, values: Tensor) -> Tensor:
        """Values (N, S, ...) at the knots to (N, T, ...) at all frames, along cubic splines."""
        if self.count == self.frames:
            return values
        curves = CubicSpline(self.times.numpy(), np.eye(self.count), axis=0, bc_type="natural")(np.arange(self.frames))
        return torch.einsum("ts,ns...->nt...", torch.from_numpy(curves).to(values), values)

    def spread_rotations(self, matrices: Tensor) -> Tensor:
        """Rotations (N, S, ..., 3, 3) to (N, T, ..., 3, 3): splines of the columns, made orthonormal again.

        Knots are tenths of a second apart, so neighbours differ by far less than a right angle.
        """
        if self.count == self.frames:
            return matrices
        return sixd_to_matrix(self.spread(matrices[..., :2]).flatten(-2))


def smooth_in_time(values: Tensor, weights: Tensor, sigma: float) -> Tensor:
    """Gaussian means over time of values (N, T, P, C) with weights (N, T, P), sigma in frames; gaps are bridged."""
    frames = torch.arange(values.shape[1], device=values.device, dtype=values.dtype)
    kernel = torch.exp(-0.5 * ((frames[:, None] - frames) / max(sigma, 1e-3)).square()) + 1e-9
    total = torch.einsum("st,ntp->nsp", kernel, weights)
    mean = torch.einsum("st,ntpc->nspc", kernel, values * weights[..., None])
    return mean / total.clamp_min(1e-12)[..., None]
