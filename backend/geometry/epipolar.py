# SPDX-License-Identifier: GPL-3.0-or-later
"""Two-view geometry: essential and fundamental matrices, epipoles, and the lines which condition stage 1.

A line (a, b, c) holds the points with a x + b y + c = 0. Points and lines are in pixels, or in any other image
coordinates as long as both are the same.
"""

from __future__ import annotations

import torch
from torch import Tensor

from .cameras import Camera

_SMALLEST_SQUARE = 1e-24


def _cross_matrix(vector: Tensor) -> Tensor:
    x, y, z = vector.unbind(-1)
    zero = torch.zeros_like(x)
    return torch.stack([zero, -z, y, z, zero, -x, -y, x, zero], -1).unflatten(-1, (3, 3))


def _relative(a: Camera, b: Camera) -> tuple[Tensor, Tensor]:
    rotation = b.rotation @ a.rotation.transpose(-1, -2)
    return rotation, b.translation - (rotation @ a.translation[..., None])[..., 0]


def essential_matrix(a: Camera, b: Camera) -> Tensor:
    """E (..., 3, 3) with y_b^T E y_a = 0 for the normalised image points y = K^-1 x of one world point."""
    rotation, translation = _relative(a, b)
    return _cross_matrix(translation) @ rotation


def fundamental_matrix(a: Camera, b: Camera) -> Tensor:
    """F (..., 3, 3) with x_b^T F x_a = 0 for the homogeneous pixels of one world point in both cameras."""
    return torch.linalg.inv(b.matrix).transpose(-1, -2) @ essential_matrix(a, b) @ torch.linalg.inv(a.matrix)


def epipole(a: Camera, b: Camera) -> Tensor:
    """The image of a's centre in b, (..., 3) homogeneous pixels (the third is the depth in metres, 0 at infinity)."""
    _, translation = _relative(a, b)
    return (b.matrix @ translation[..., None])[..., 0]


def epipolar_lines(fundamental: Tensor, points: Tensor) -> Tensor:
    """The lines (..., P, 3) in image b on which the points (..., P, 2) of image a lie, normalised.

    fundamental (..., 3, 3) as fundamental_matrix(a, b).
    """
    homogeneous = torch.cat([points, torch.ones_like(points[..., :1])], -1)
    return normalise_lines(homogeneous @ fundamental.transpose(-1, -2))


def normalise_lines(lines: Tensor) -> Tensor:
    """The same lines (..., 3) with a^2 + b^2 = 1 and a >= 0; a line without a direction stays (nearly) zero."""
    length = lines[..., :2].square().sum(-1, keepdim=True).clamp_min(_SMALLEST_SQUARE).sqrt()
    sign = torch.where(lines[..., :1] < 0, -torch.ones_like(length), torch.ones_like(length))
    return lines * (sign / length)


def lines_through(points: Tensor, epipole: Tensor) -> Tensor:
    """Lines (..., P, 3) through each of the points (..., P, 2) and the epipole (..., 2), normalised (sec. 3.1)."""
    x, y = points.unbind(-1)
    ex, ey = epipole[..., None, :].unbind(-1)
    # c from the rounded a and b, so that the line passes through the point itself as exactly as the type allows.
    a, b = y - ey, ex - x
    return normalise_lines(torch.stack([a, b, -(a * x + b * y)], -1))


def point_line_distance(points: Tensor, lines: Tensor) -> Tensor:
    """Unsigned distance (...) of points (..., 2) from normalised lines (..., 3), in the points' units (eq. 2 and 5)."""
    return ((points * lines[..., :2]).sum(-1) + lines[..., 2]).abs()
