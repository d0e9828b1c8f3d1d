# SPDX-License-Identifier: GPL-3.0-or-later
"""A box's size and rigid pose from its five points, and how far other points are from its surface."""

import torch
from torch import Tensor

from ..keypoints.box import BOX_NAMES, CORNERS
from .body_fit import upwards
from .options import LARGEST_EDGE, SMALLEST_EDGE

#: Edges between the marked points along the box's x, y and z.
_EDGES = (((0, 1), (3, 2)), ((0, 3), (1, 2)), ((0, 4),))
#: Metres: a box of which nothing is known is as large.
USUAL = 0.4
#: Metres below the floor under feet at which a box that stands on it may be seen, for a person is taken for too large
#: or too small: of made motions of unseen people, up to 0.04.
DEEPEST = 0.05


def corners(rotation: Tensor, translation: Tensor, size: Tensor) -> Tensor:
    """All eight corners (..., 8, 3), the marked ones first, of boxes with rotation (..., 3, 3), centre (..., 3) and
    edges (..., 3), in one unit."""
    unit = torch.as_tensor(CORNERS, dtype=size.dtype, device=size.device)
    return (unit * size[..., None, :]) @ rotation.transpose(-1, -2) + translation[..., None, :]


def marked(rotation: Tensor, translation: Tensor, size: Tensor) -> Tensor:
    """The five marked points (..., 5, 3), as `corners`."""
    return corners(rotation, translation, size)[..., : len(BOX_NAMES), :]


def grounded(floor: Tensor, rotation: Tensor, place: Tensor, size: Tensor, low: Tensor) -> Tensor:
    """The centres (..., 3) of boxes moved vertically: out of a floor at heights (...), and down to it as far as they
    stand on it, low (...) from 0 to 1."""
    height = corners(rotation, place, size)[..., 2].amin(-1) - floor
    return place - upwards(height * torch.where(height < 0, torch.ones_like(low), low))


def far_below(floor: Tensor, every: Tensor) -> Tensor:
    """How far (N,) metres the corners (N, S, 8, 3) of boxes are under the floor at heights (N,) that feet stand on; 0
    where that is less than `DEEPEST`, for then the image may mean that they stand on one floor."""
    depth = floor - every[..., 2].amin(-1).quantile(0.05, dim=1)
    return torch.where(depth > DEEPEST, depth, torch.zeros_like(depth))


def edge_lengths(points: Tensor, weights: Tensor) -> Tensor:
    """Median edges (N, 3) of points (N, T, 5, 3) with weights (N, T, 5); smooth them first: noise makes edges longer.

    An edge whose ends were never seen together is as long as the others, or as usual.
    """
    lengths = []
    for pairs in _EDGES:
        each = [
            (points[:, :, a] - points[:, :, b])
            .norm(dim=-1)
            .masked_fill((weights[:, :, a] <= 0) | (weights[:, :, b] <= 0), torch.nan)
            for a, b in pairs
        ]
        lengths.append(torch.stack(each, -1).flatten(1).nanmedian(1).values)
    size = torch.stack(lengths, -1)
    size = torch.where(size.isnan(), size.nanmean(1, keepdim=True).expand_as(size), size)
    return size.nan_to_num(USUAL).clamp(SMALLEST_EDGE, LARGEST_EDGE)


def rigid_pose(points: Tensor, weights: Tensor, size: Tensor) -> tuple[Tensor, Tensor]:
    """Rotations (..., 3, 3) and centres (..., 3) of boxes with edges (..., 3) nearest to points (..., 5, 3) with
    weights (..., 5), by least squares (Kabsch)."""
    still = torch.eye(3, dtype=points.dtype, device=points.device)
    template = marked(still, torch.zeros_like(size), size)
    share = (weights / weights.sum(-1, keepdim=True).clamp_min(1e-9))[..., None]
    middle, template_middle = (share * points).sum(-2), (share * template).sum(-2)
    spread = (share * (points - middle[..., None, :])).transpose(-1, -2) @ (template - template_middle[..., None, :])
    u, _, vt = torch.linalg.svd(spread)
    sign = torch.det(u @ vt)
    rotation = torch.cat([u[..., :2], u[..., 2:] * sign[..., None, None]], -1) @ vt
    return rotation, middle - (rotation @ template_middle[..., None])[..., 0]


def in_box(points: Tensor, rotation: Tensor, translation: Tensor) -> Tensor:
    """Points (..., P, 3) in the frames of boxes with rotation (..., 3, 3) and centre (..., 3)."""
    return (points - translation[..., None, :]) @ rotation


def to_surface(inside: Tensor, size: Tensor) -> Tensor:
    """Signed distances (...) from the surface of boxes with edges (..., 3) to points (..., 3) in their frames, negative
    inside."""
    beyond = inside.abs() - size / 2
    outside = (torch.relu(beyond).square().sum(-1) + 1e-12).sqrt()
    return outside + beyond.amax(-1).clamp(max=0)
