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

        #: Splines (T, S): the value at each frame of a natural cubic spline through one at each knot.
        self.curves = torch.eye(self.count)
        if self.count < frames:
            splines = CubicSpline(self.times.numpy(), np.eye(self.count), axis=0, bc_type="natural")
            self.curves = torch.from_numpy(splines(np.arange(frames))).float()

    def average(self, values: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
        """Weighted means about each knot of values (N, T, P, C) with weights (N, T, P): (N, S, P, C) and (N, S, P)."""
        if self.count == self.frames:
            return values, weights
        return smooth_at(values, weights, self.times.to(values), 0.75 * self.spacing)

    def nearest(self) -> Tensor:
        """The frame (S,) nearest to each knot."""
        return self.times.round().long()

    def spread(self, values: Tensor) -> Tensor:
        """Values (N, S, ...) at the knots to (N, T, ...) at all frames, along cubic splines."""
        if self.count == self.frames:
            return values
        return torch.einsum("ts,ns...->nt...", self.curves.to(values), values)

    def spread_rotations(self, matrices: Tensor) -> Tensor:
        """Rotations (N, S, ..., 3, 3) to (N, T, ..., 3, 3): splines of the columns, made orthonormal again.

        Knots are tenths of a second apart, so neighbours differ by far less than a right angle.
        """
        if self.count == self.frames:
            return matrices
        return sixd_to_matrix(self.spread(matrices[..., :2]).flatten(-2))


def smooth_at(values: Tensor, weights: Tensor, times: Tensor, sigma: float) -> tuple[Tensor, Tensor]:
    """Values (N, T, P, C) with weights (N, T, P) smoothed at times (S,) in frames: (N, S, P, C), weights (N, S, P).

    A parabola is fitted about each time under a Gaussian of sigma frames: unlike a plain mean it neither drags the ends
    of a movement inwards nor flattens its turning points. Where little was seen it falls back to a line, then a mean;
    gaps are bridged from far away.
    """
    offset = (torch.arange(values.shape[1], device=values.device) - times[:, None]) / sigma
    kernel = torch.exp(-0.5 * offset.square()) + 1e-7
    kernel = kernel / kernel.sum(-1, keepdim=True)
    offset = offset.clamp(-4, 4)
    moments = [torch.einsum("st,ntp->nsp", kernel * offset**power, weights) for power in range(5)]
    total = moments[0].clamp_min(1e-12)
    given = values * weights[..., None]
    sums = [torch.einsum("st,ntpc->nspc", kernel * offset**power, given) / total[..., None] for power in range(3)]
    m1, m2, m3, m4 = (moment / total for moment in moments[1:])
    # The parabola's value at the time: the mean, less slope and curvature times their moments. These two come from
    # central moments: the plain ones cancel to nothing where all that was seen lies far to one side.
    spread, skew, tail = (m2 - m1**2).clamp_min(0) + 0.005, m3 - m1 * m2, (m4 - m2**2).clamp_min(0) + 0.02
    determinant = (spread * tail - skew**2).clamp_min(0.005 * 0.02)  # its least value, whatever rounding makes of it
    mean = sums[0]
    rise, bend = sums[1] - m1[..., None] * mean, sums[2] - m2[..., None] * mean
    slope = (tail / determinant)[..., None] * rise - (skew / determinant)[..., None] * bend
    curvature = (spread / determinant)[..., None] * bend - (skew / determinant)[..., None] * rise
    return mean - m1[..., None] * slope - m2[..., None] * curvature, moments[0]
