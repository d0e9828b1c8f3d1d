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
    planes = cameras.rotation[..., None, :2, :] - rays[..., :2, None] * cameras.rotation[..., None, 2:, :]
    offsets = cameras.translation[..., None, :2] - rays[..., :2] * cameras.translation[..., None, 2:]  # (..., V, P, 2)
    length = (1 + rays[..., :2].square()).sqrt()
    planes, offsets = planes / length[..., None], offsets / length
    weighted = planes if weights is None else planes * weights[..., None, None]
    normal = (weighted.transpose(-1, -2) @ planes).sum(-4)  # (..., P, 3, 3), summed over V
    right = -(weighted * offsets[..., None]).sum((-4, -2))  # (..., P, 3)
    return _solve_symmetric(normal, right)


def _solve_symmetric(matrix: Tensor, right: Tensor) -> Tensor:
    """x of matrix @ x = right for symmetric 3 x 3 matrices: by cofactors, far faster than LAPACK on many."""
    first, second, third = matrix.unbind(-2)
    cofactors = torch.stack(
        [
            torch.linalg.cross(second, third),
            torch.linalg.cross(third, first),
            torch.linalg.cross(first, second),
        ],
        -1,
    )
    determinant = (first * cofactors[..., 0]).sum(-1)
    scale = (matrix.diagonal(dim1=-2, dim2=-1).sum(-1) / 3) ** 3
    solvable = determinant > 10 * torch.finfo(matrix.dtype).eps * scale
    determinant = torch.where(solvable, determinant, torch.full_like(determinant, float("nan")))
    return (cofactors @ right[..., None])[..., 0] / determinant[..., None]
