# SPDX-License-Identifier: GPL-3.0-or-later
"""Pinhole cameras: OpenCV axes (x right, y down, z forward), a world with Z up, metres and pixels."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

# A point in the camera's own plane has no image. Depths nearer to it than this are held there, so that neither the
# projection nor its gradient turns infinite while an optimiser passes through.
_SMALLEST_DEPTH = 1e-6


@dataclass(frozen=True)
class Camera:
    """One pinhole camera or a batch of them: x_cam = rotation @ x_world + translation.

    matrix (..., 3, 3) intrinsics in pixels, rotation (..., 3, 3) world to camera, translation (..., 3) metres.
    The leading dimensions of the three are equal (or broadcast).
    """

    matrix: Tensor
    rotation: Tensor
    translation: Tensor

    @property
    def centre(self) -> Tensor:
        """Where the camera stands in the world, (..., 3) metres."""
        return -(self.rotation.transpose(-1, -2) @ self.translation[..., None])[..., 0]

    @property
    def focal(self) -> Tensor:
        """Focal lengths (fx, fy) in pixels, (..., 2)."""
        return torch.stack([self.matrix[..., 0, 0], self.matrix[..., 1, 1]], -1)

    @property
    def forward(self) -> Tensor:
        """The viewing direction in the world, (..., 3), unit length."""
        return self.rotation[..., 2, :]

    def to_camera(self, points: Tensor) -> Tensor:
        """World points (..., P, 3) in the camera's frame, metres."""
        return points @ self.rotation.transpose(-1, -2) + self.translation[..., None, :]

    def to_world(self, points: Tensor) -> Tensor:
        """Points (..., P, 3) of the camera's frame in the world, metres."""
        return (points - self.translation[..., None, :]) @ self.rotation

    def project(self, points: Tensor) -> Tensor:
        """Pixels (..., P, 2) of world points (..., P, 3). Points behind the camera are not cut away."""
        local = self.to_camera(points)
        depth = local[..., 2:]
        sign = torch.where(depth < 0, -torch.ones_like(depth), torch.ones_like(depth))
        depth = torch.where(depth.abs() < _SMALLEST_DEPTH, sign * _SMALLEST_DEPTH, depth)
        return (local / depth @ self.matrix.transpose(-1, -2))[..., :2]

    def back_project(self, pixels: Tensor, depth: Tensor) -> Tensor:
        """World points (..., P, 3) seen at pixels (..., P, 2), at depth (..., P) metres along the viewing direction."""
        ones = torch.ones_like(pixels[..., :1])
        rays = torch.cat([pixels, ones], -1) @ torch.linalg.inv(self.matrix).transpose(-1, -2)
        return self.to_world(rays * depth[..., None])

    def to(self, *args, **kwargs) -> Camera:
        """The same camera on another device or in another floating type, as torch.Tensor.to."""
        return Camera(
            self.matrix.to(*args, **kwargs), self.rotation.to(*args, **kwargs), self.translation.to(*args, **kwargs)
        )

    def __getitem__(self, index) -> Camera:
        """Some of the cameras, by an index over the leading dimensions."""
        return Camera(self.matrix[index], self.rotation[index], self.translation[index])


def intrinsics(focal: Tensor, centre: Tensor) -> Tensor:
    """Camera matrices (..., 3, 3) from one focal length for both axes (...) and a principal point (..., 2), pixels."""
    shape = torch.broadcast_shapes(focal.shape, centre.shape[:-1])
    matrix = torch.zeros(*shape, 3, 3, dtype=focal.dtype, device=focal.device)
    matrix[..., 0, 0] = focal
    matrix[..., 1, 1] = focal
    matrix[..., :2, 2] = centre.to(focal)
    matrix[..., 2, 2] = 1
    return matrix


def look_at(centre: Tensor, target: Tensor, roll: Tensor | float = 0.0) -> tuple[Tensor, Tensor]:
    """World-to-camera rotation (..., 3, 3) and translation (..., 3) of a camera at `centre` looking at `target`.

    centre, target (..., 3) metres; the world's up is +Z, so the camera's y axis points down. roll (...) radians turns
    the camera about its own viewing direction, x towards y (clockwise as its operator sees it). Looking straight up or
    down leaves the horizon undefined; the image's x axis then is the world's X.
    """
    centre, target = torch.broadcast_tensors(centre, target)
    forward = torch.nn.functional.normalize(target - centre, dim=-1)
    right = torch.stack([forward[..., 1], -forward[..., 0], torch.zeros_like(forward[..., 0])], -1)  # forward x Z
    length = right.norm(dim=-1, keepdim=True)
    east = torch.zeros_like(right)
    east[..., 0] = 1
    right = torch.where(length > 1e-9, right / length.clamp_min(1e-9), east)
    down = torch.linalg.cross(forward, right)
    roll = torch.as_tensor(roll, dtype=centre.dtype, device=centre.device)[..., None]
    cos, sin = torch.cos(roll), torch.sin(roll)
    forward = forward.expand(torch.broadcast_shapes(forward.shape, (right * cos).shape))
    rotation = torch.stack([right * cos + down * sin, down * cos - right * sin, forward], -2)
    return rotation, -(rotation @ centre[..., None])[..., 0]


def ring(azimuth: Tensor, distance: Tensor | float, focal: Tensor | float, elevation: Tensor | float = 0.0,
         target: Tensor | None = None, image_size: tuple[int, int] = (1920, 1080)) -> Camera:
    """Cameras around a target, all looking at it, the principal point in the middle of the image.

    azimuth (V,) or (..., V) and elevation in radians, distance in metres, focal in pixels, target (..., 3) (the origin
    by default; broadcasts over V). Each stands at target + distance (cos el sin az, -cos el cos az, sin el): azimuth 0
    is at -Y looking along +Y, so that image x is world X, and the azimuth grows anticlockwise seen from above.
    """
    elevation = torch.as_tensor(elevation, dtype=azimuth.dtype, device=azimuth.device)
    distance = torch.as_tensor(distance, dtype=azimuth.dtype, device=azimuth.device)
    azimuth, elevation, distance = torch.broadcast_tensors(azimuth, elevation, distance)
    level = torch.cos(elevation)
    offset = torch.stack([level * torch.sin(azimuth), -level * torch.cos(azimuth), torch.sin(elevation)], -1)
    target = torch.zeros(3, dtype=azimuth.dtype, device=azimuth.device) if target is None else target[..., None, :]
    rotation, translation = look_at(target + distance[..., None] * offset, target)
    focal = torch.as_tensor(focal, dtype=azimuth.dtype, device=azimuth.device).expand(translation.shape[:-1])
    middle = torch.tensor(image_size, dtype=azimuth.dtype, device=azimuth.device) / 2
    return Camera(intrinsics(focal, middle), rotation, translation)
