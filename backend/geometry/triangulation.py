# SPDX-License-Identifier: GPL-3.0-or-later
"""World points from their images in several cameras, in closed form and differentiable."""

from __future__ import annotations

import torch
from torch import Tensor

from .cameras import Camera


def triangulate(points: Tensor, cameras: Camera, weights: Tensor | None = None) -> Tensor:
    """World points (..., P, 3) in metres from pixels (..., V, P, 2) in V cameras (leading dimensions (..., V)).

    Weighted linear least squares: every image coordinate is a plane through its camera's centre, each plane equation is
    divided by the length of its normal, so that a residual is a distance in metres, and weights (..., V, P) multiply
    the squared residuals. Solved by 3 x 3 normal equations. A pixel of weight 0 may be NaN. A point which
    fewer than two different viewing directions determine comes back as NaN.
    """
    if weights is not None:
        points = torch.where(weights[..., None] > 0, points, torch.zeros_like(points))
    ones = torch.ones_like(points[..., :1])
    rays = torch.cat([points, ones], -1) @ torch.linalg.inv(cameras.matrix).transpose(-1, -2)
    # Component by component, (..., V, P) each: a product of many tiny matrices is several times slower on a processor.
    x, y = rays[..., 0], rays[..., 1]
    turn = cameras.rotation[..., None]  # (..., V, 3, 3, 1)
    shift = cameras.translation[..., None]
    normal, right = 0, 0
    for ray, row in ((x, 0), (y, 1)):
        scale = 1 / (1 + ray.square())
        scale = scale if weights is None else scale * weights
        plane = [turn[..., row, axis, :] - ray * turn[..., 2, axis, :] for axis in range(3)]
        offset = shift[..., row, :] - ray * shift[..., 2, :]
        weighted = [scale * component for component in plane]
        upper = [(weighted[i] * plane[j]).sum(-2) for i, j in ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))]
        normal = normal + torch.stack(upper, -1)
        right = right - torch.stack([(component * offset).sum(-2) for component in weighted], -1)
    return _solve_symmetric(normal, right)


def _solve_symmetric(upper: Tensor, right: Tensor) -> Tensor:
    """x (..., 3) of A x = right for A given by its upper triangle (..., 6), row by row: by cofactors."""
    a, b, c, d, e, f = upper.unbind(-1)
    ca, cb, cc = d * f - e * e, c * e - b * f, b * e - c * d
    cd, ce, cf = a * f - c * c, b * c - a * e, a * d - b * b
    determinant = a * ca + b * cb + c * cc
    scale = ((a + d + f) / 3) ** 3
    solvable = determinant > 10 * torch.finfo(upper.dtype).eps * scale
    determinant = torch.where(solvable, determinant, torch.full_like(determinant, float("nan")))
    x, y, z = right.unbind(-1)
    solution = torch.stack([ca * x + cb * y + cc * z, cb * x + cd * y + ce * z, cc * x + ce * y + cf * z], -1)
    return solution / determinant[..., None]
