# SPDX-License-Identifier: GPL-3.0-or-later
"""The pose of a box of known size from its points in one image (Levenberg's and Marquardt's descent on them)."""

import math

import torch
from torch import Tensor

from ..geometry.rotations import axis_angle_to_matrix
from .box_pose import edge_lengths, marked, rigid_pose

#: Fewer points than these do not tell a pose.
_FEWEST = 3
_NEAREST = 0.05  # metres before the camera, at least


def refine(
    rays: Tensor, weights: Tensor, size: Tensor, rotation: Tensor, translation: Tensor, iterations: int = 25
) -> tuple[Tensor, Tensor, Tensor]:
    """Rotations (N, 3, 3) and centres (N, 3) in the camera's frame, descended from those given, and the weighted mean
    of the squared distances (N,) that are left.

    rays (N, 5, 2): x / z, y / z of the box's points, with weights (N, 5); size (3,) or (N, 3) metres.
    """
    corner = marked(torch.eye(3).to(rays), torch.zeros_like(size), size).expand(*rays.shape[:-1], 3)
    damping = torch.full_like(rays[:, 0, 0], 1e-3)
    error, residual = _errors(corner, rotation, translation, rays, weights)
    for _ in range(iterations):
        turned = (rotation[:, None] @ corner[..., None])[..., 0]
        x, y, z = (turned + translation[:, None]).unbind(-1)
        z = z.clamp_min(_NEAREST)
        zero = torch.zeros_like(z)
        of_point = torch.stack(
            [torch.stack([1 / z, zero, -x / z**2], -1), torch.stack([zero, 1 / z, -y / z**2], -1)], -2
        )
        jacobian = torch.cat([of_point @ -_cross(turned), of_point], -1).flatten(1, 2)  # (N, 10, 6)
        weighted = jacobian * weights.repeat_interleave(2, -1)[..., None]
        normal = weighted.transpose(1, 2) @ jacobian
        slope = (weighted.transpose(1, 2) @ residual.flatten(1)[..., None])[..., 0]
        diagonal = normal.diagonal(dim1=1, dim2=2) * damping[:, None] + 1e-9
        step = -torch.linalg.solve(normal + torch.diag_embed(diagonal), slope)
        tried = axis_angle_to_matrix(step[:, :3]) @ rotation, translation + step[:, 3:]
        new, new_residual = _errors(corner, *tried, rays, weights)
        better = new < error
        rotation = torch.where(better[:, None, None], tried[0], rotation)
        translation = torch.where(better[:, None], tried[1], translation)
        residual = torch.where(better[:, None, None], new_residual, residual)
        error = torch.where(better, new, error)
        damping = torch.where(better, damping / 5, damping * 5).clamp(1e-9, 1e6)
    return rotation, translation, error


def track(rays: Tensor, weights: Tensor, size: Tensor) -> tuple[Tensor, Tensor]:
    """Rotations (T, 3, 3) and centres (T, 3) of a box with edges (3,) through rays (T, 5, 2) with weights (T, 5).

    Many facings are tried in the frame that shows most of it and shows it largest; from there on each frame begins
    where its neighbour ended, and stays there where too little is seen.
    """
    rays, weights, size = rays.double(), weights.double(), size.double()
    shown = (weights > 0).sum(1)
    span = (rays.amax(1) - rays.amin(1)).norm(dim=-1).clamp_min(1e-6)
    first = int((shown + span / span.max() / 2).argmax())
    facings = _facings().to(rays)
    middle = torch.cat([rays[first].mean(0), torch.ones(1).to(rays)]) * size.norm() / span[first]
    poses = refine(
        rays[first].expand(len(facings), -1, -1), weights[first].expand(len(facings), -1), size, facings,
        middle.expand(len(facings), -1), iterations=60,
    )  # fmt: skip
    best = poses[2].argmin()
    rotation, translation = (pose[best].expand(len(rays), *pose.shape[1:]).clone() for pose in poses[:2])
    for order in (range(first + 1, len(rays)), range(first - 1, -1, -1)):
        at = first
        for frame in order:
            here = slice(frame, frame + 1)
            rotation[here], translation[here] = rotation[at], translation[at]
            if shown[frame] >= _FEWEST:
                found = refine(rays[here], weights[here], size, rotation[here], translation[here], iterations=10)
                rotation[here], translation[here] = found[:2]
            at = frame
    return rotation.float(), translation.float()


def farther_by(points: Tensor, rays: Tensor, weights: Tensor, size: Tensor) -> float | None:
    """How many times as far from the camera a box with edges (3,) is as its points (T, 5, 3) in the camera's frame have
    it, so that it fills as much of the image as it does; None where too little of it is ever seen.

    rays (T, 5, 2) with weights (T, 5). One camera never tells near and small from far and large; a known size does.
    """
    whole = (weights > 0).sum(1) > _FEWEST
    if not whole.any():
        return None
    points, rays, weights, size = (each.double() for each in (points[whole], rays[whole], weights[whole], size))
    guess = size.mean() / edge_lengths(points[None], weights[None]).mean()
    start = rigid_pose(points * guess, torch.ones_like(weights), size.expand(len(points), 3))
    rotation, translation, _ = refine(rays, weights, size, *start)
    depth = marked(rotation, translation, size)[..., 2].mean(-1)
    factor = (depth / points[..., 2].mean(-1).clamp_min(_NEAREST)).median()
    return float(factor) if factor.isfinite() else None


def _errors(corner, rotation, translation, rays, weights) -> tuple[Tensor, Tensor]:
    """Mean squares (N,) and distances (N, 5, 2) from the rays to the images of the box's points."""
    points = corner @ rotation.transpose(-1, -2) + translation[:, None]
    residual = points[..., :2] / points[..., 2:].clamp_min(_NEAREST) - rays
    behind = torch.relu(_NEAREST - points[..., 2]).square().sum(-1)
    return (weights * residual.square().sum(-1)).sum(-1) / weights.sum(-1).clamp_min(1e-9) + behind, residual


def _cross(vectors: Tensor) -> Tensor:
    """The matrices (..., 3, 3) of the cross products with vectors (..., 3)."""
    x, y, z = vectors.unbind(-1)
    zero = torch.zeros_like(x)
    return torch.stack([zero, -z, y, z, zero, -x, -y, x, zero], -1).unflatten(-1, (3, 3))


def _facings() -> Tensor:
    """Rotations (96, 3, 3) all around: eight headings, four rolls, and from above, level and below."""
    headings, rolls = (torch.arange(count) * 2 * math.pi / count for count in (8, 4))
    tilts = torch.tensor([-0.6, 0.0, 0.6])

    def about(axis: int, angles: Tensor) -> Tensor:
        return axis_angle_to_matrix(angles[:, None] * torch.eye(3)[axis])

    turned = about(0, tilts)[:, None, None] @ about(1, headings)[None, :, None] @ about(2, rolls)[None, None]
    return turned.flatten(0, 2)
