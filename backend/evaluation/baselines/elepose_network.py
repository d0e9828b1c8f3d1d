# SPDX-License-Identifier: GPL-3.0-or-later
"""ElePose's lifter (Wandt et al., CVPR 2022), and the geometry by which it is taught: turned and seen anew.

Poses are centred at the mid-hip and in canonical metres: 2D ones in the plane through the mid-hip that faces a camera
``DISTANCE`` metres away, 3D ones in that camera's axes (x right, y down, z forward).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn

from ...diffusion.canonical import LIMB_METRES, mid_hip
from .lifter_network import apparent_size_by_frame

#: ElePose's unit of length, from the mid-hip to the nose of the open body at rest, and the distance that it has 10 of.
HIP_TO_HEAD = 0.69
DISTANCE = 10 * HIP_TO_HEAD
NEAREST = 1.0  # metres from the camera's plane: a bad guess does not pass through it


@dataclass(frozen=True)
class EleposeConfig:
    """Size of the lifter: K keypoints and the width of its residual blocks."""

    keypoints: int = 18
    width: int = 1024

    def as_dict(self) -> dict:
        return asdict(self)


class ResidualBlock(nn.Module):
    def __init__(self, width: int):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(width, width), nn.LeakyReLU(), nn.Linear(width, width), nn.LeakyReLU())

    def forward(self, x: Tensor) -> Tensor:
        return x + self.layers(x)


class EleposeNetwork(nn.Module):
    """``forward(pose (N, K, 2)) -> depth (N, K), elevation (N,)``: how far behind the mid-hip each point lies, metres,
    and by how many radians the camera looks down."""

    def __init__(self, config: EleposeConfig):
        super().__init__()
        self.config = config
        width = config.width
        self.common = nn.Sequential(nn.Linear(2 * config.keypoints, width), nn.LeakyReLU(), ResidualBlock(width))
        self.depth = nn.Sequential(ResidualBlock(width), ResidualBlock(width), nn.Linear(width, config.keypoints))
        self.elevation = nn.Sequential(ResidualBlock(width), ResidualBlock(width), nn.Linear(width, 1))
        for head in (self.depth, self.elevation):
            nn.init.normal_(head[-1].weight, std=1e-3)
            nn.init.zeros_(head[-1].bias)

    def forward(self, pose: Tensor) -> tuple[Tensor, Tensor]:
        features = self.common(pose.flatten(1))
        depth = self.depth(features)
        return depth - mid_hip(depth[..., None]), self.elevation(features)[:, 0]


def image_poses(points: Tensor, seen: Tensor) -> Tensor:
    """The 2D poses (B, T, K, 2) of canonical image points (B, T, K, 2): as large in every frame as they appear about
    then (`apparent_size_by_frame`), for ElePose knows no distance. seen (B, T, K): the points that tell the size."""
    metres = LIMB_METRES / apparent_size_by_frame(points, seen)
    return (points - mid_hip(points)[..., None, :]) * metres[..., None, None]


def lift(pose: Tensor, depth: Tensor) -> Tensor:
    """The 3D poses (N, K, 3) of 2D ones (N, K, 2) and depths (N, K)."""
    depth = depth.clamp_min(NEAREST - DISTANCE)[..., None]
    points = torch.cat([pose * (1 + depth / DISTANCE), depth], -1)
    return points - mid_hip(points)[..., None, :]


def project(points: Tensor) -> Tensor:
    """The 2D poses (N, K, 2) that the camera sees of 3D ones (N, K, 3)."""
    nearness = DISTANCE / (DISTANCE + points[..., 2:]).clamp_min(NEAREST)
    image = points[..., :2] * nearness
    return image - mid_hip(image)[..., None, :]


def turn(elevation: Tensor, azimuth: Tensor, other: Tensor) -> Tensor:
    """Rotations (N, 3, 3) from the axes of cameras that look down by ``elevation`` (N,) to those of others that look
    down by ``other`` (N,) from ``azimuth`` (N,) further around the subject (as `geometry.cameras.ring` counts it)."""
    return _about_x(other) @ _about_y(azimuth) @ _about_x(-elevation)


def up(elevation: Tensor) -> Tensor:
    """The way up (..., 3) in the axes of a camera that looks down by ``elevation`` (...) radians."""
    return torch.stack([torch.zeros_like(elevation), -elevation.cos(), -elevation.sin()], -1)


def _about_x(angle: Tensor) -> Tensor:
    one, zero, cos, sin = torch.ones_like(angle), torch.zeros_like(angle), angle.cos(), angle.sin()
    return torch.stack([one, zero, zero, zero, cos, -sin, zero, sin, cos], -1).unflatten(-1, (3, 3))


def _about_y(angle: Tensor) -> Tensor:
    one, zero, cos, sin = torch.ones_like(angle), torch.zeros_like(angle), angle.cos(), angle.sin()
    return torch.stack([cos, zero, sin, zero, one, zero, -sin, zero, cos], -1).unflatten(-1, (3, 3))
