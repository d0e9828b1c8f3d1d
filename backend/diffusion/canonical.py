# SPDX-License-Identifier: GPL-3.0-or-later
"""The image coordinates in which the networks see a clip, and the cameras that belong to them.

A clip is turned and scaled so that every subject, near or far, fills the same part of the picture:

* the camera is turned (exactly: a homography) until the time mean of the mid-hip lies on the optical axis,
* the image is scaled until the subject's *limb sum* (trunk + leg, as long as they appear) is ``LIMB_IMAGE``.

Scaling an image is the same as choosing another focal length, so the perspective stays true: a subject of limb sum
``LIMB_METRES`` (a person's; a cat is thought as large) then stands ``focal * LIMB_METRES / LIMB_IMAGE`` metres from its
camera. The canonical world has its origin there, Z up, and the input camera on the -Y side. Unobserved views are seen
by level cameras at the one distance ``VIEW_DISTANCE``: far enough that somebody who walks for four seconds never passes
through one.
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from ..geometry.cameras import Camera, intrinsics, look_at, ring
from ..keypoints.anatomy import anatomy_of

MODEL_FPS = 30.0
LIMB_METRES = 1.30
LIMB_IMAGE = 0.8
VIEW_DISTANCE = 10.0
ENVELOPE_FRAMES = 15
EPIPOLE_RADII = (0.2, 12.0)  # canonical units, log-uniform


def mid_hip(points: Tensor) -> Tensor:
    """The root of a figure: ``points (..., K, C)`` to ``(..., C)``."""
    right, left = anatomy_of(points.shape[-2]).hips
    return (points[..., right, :] + points[..., left, :]) / 2


def limb_lengths(points: Tensor) -> Tensor:
    """Trunk, and the two bones of every leg, of ``points (..., K, C)``: ``(..., 1 + 2 legs)`` in the points' unit."""
    anatomy = anatomy_of(points.shape[-2])
    trunk = points[..., anatomy.trunk, :] - mid_hip(points)
    legs = [points[..., a, :] - points[..., b, :] for a, b in anatomy.leg_bones]
    return torch.stack([trunk, *legs], -2).norm(dim=-1)


def limb_sum(lengths: Tensor) -> Tensor:
    """``limb_lengths`` to trunk + mean upper + mean lower bone of the legs ``(...)``."""
    return lengths[..., 0] + 2 * lengths[..., 1:].mean(-1)


def apparent_size(points: Tensor, present: Tensor) -> Tensor:
    """How large the subject appears: ``points (B, T, K, 2)``, ``present (B, T)`` to ``(B,)`` in the points' unit.

    Foreshortening only ever shortens a limb, so each limb counts with its longest image within half a second; the
    median over time then ignores single bad frames.
    """
    lengths = limb_lengths(points) * present[..., None]
    longest = F.max_pool1d(lengths.transpose(1, 2), 2 * ENVELOPE_FRAMES + 1, 1, ENVELOPE_FRAMES).transpose(1, 2)
    return limb_sum(longest).masked_fill(~present, torch.nan).nanmedian(1).values


@dataclass(frozen=True)
class CanonicalClip:
    """B clips as the networks see them.

    points (B, T, K, 2) canonical image units; focal (B,) the input camera's focal length in those units; distance (B,)
    metres from it to the origin of the canonical world; rotation (B, 3, 3) from the source camera's frame to the turned
    camera's.
    """

    points: Tensor
    focal: Tensor
    distance: Tensor
    rotation: Tensor

    def to(self, device: torch.device) -> "CanonicalClip":
        return CanonicalClip(*(x.to(device) for x in (self.points, self.focal, self.distance, self.rotation)))

    @property
    def nearness(self) -> Tensor:
        """1 / distance (B,): how strong the perspective is."""
        return 1 / self.distance

    def level_tilt(self) -> tuple[Tensor, Tensor]:
        """Elevation and roll (B,) of the turned camera if the source camera was level."""
        up = self.rotation @ self.rotation.new_tensor([0.0, -1, 0])
        return tilt(up)


def tilt(up: Tensor) -> tuple[Tensor, Tensor]:
    """Elevation and roll (...) in radians of a camera in whose frame the world's up is ``up (..., 3)``."""
    return torch.asin((-up[..., 2]).clamp(-1, 1)), torch.atan2(-up[..., 0], -up[..., 1])


def canonicalise(rays: Tensor, present: Tensor) -> CanonicalClip:
    """Bring clips into canonical coordinates.

    rays (B, T, K, 2): pixels with the intrinsics removed (x / z, y / z), finite everywhere; present (B, T) bool.
    """
    weight = present.to(rays.dtype)[..., None]
    mean = (mid_hip(rays) * weight).sum(1) / weight.sum(1).clamp_min(1)
    rotation = turn_towards(mean)
    turned = torch.cat([rays, torch.ones_like(rays[..., :1])], -1).flatten(1, 2) @ rotation.transpose(1, 2)
    turned = (turned[..., :2] / turned[..., 2:].clamp_min(1e-3)).view_as(rays)
    size = apparent_size(turned, present).clamp_min(1e-6)
    focal = LIMB_IMAGE / size
    points = turned * focal[:, None, None, None] * weight[..., None]
    return CanonicalClip(points, focal, LIMB_METRES / size, rotation)


def turn_towards(rays: Tensor) -> Tensor:
    """Rotations (B, 3, 3) that bring rays (B, 2) onto the optical axis and keep the horizon of a level camera."""
    direction = torch.cat([rays, torch.ones_like(rays[:, :1])], -1)
    x, y, z = direction.unbind(-1)
    upright = torch.stack([x, z, -y], -1)  # the camera's frame as a Z-up world that looks along +Y
    turned, _ = look_at(torch.zeros_like(upright), upright)
    axes = turned.new_tensor([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]])
    return turned @ axes


def input_camera(clip: CanonicalClip, elevation: Tensor, roll: Tensor) -> Camera:
    """The input view's cameras in the canonical world, leading (B,): elevation and roll (B,) in radians."""
    zero = torch.zeros_like(elevation)
    centre = torch.stack([zero, -elevation.cos(), elevation.sin()], -1) * clip.distance[:, None]
    rotation, translation = look_at(centre, torch.zeros_like(centre), roll)
    return Camera(intrinsics(clip.focal, torch.zeros_like(centre[:, :2])), rotation, translation)


def view_cameras(azimuth: Tensor) -> Camera:
    """Level cameras of unobserved views at azimuths (...) radians, all at ``VIEW_DISTANCE``."""
    focal = LIMB_IMAGE * VIEW_DISTANCE / LIMB_METRES
    return ring(azimuth, VIEW_DISTANCE, focal, image_size=(0, 0))


def epipoles_anywhere(batch: int, generator: torch.Generator) -> Tensor:
    """Points ``(batch, 2)`` in any direction from the middle of a canonical image, near it or far outside."""
    direction = 2 * math.pi * torch.rand(batch, generator=generator)
    low, high = (math.log(radius) for radius in EPIPOLE_RADII)
    radius = (low + (high - low) * torch.rand(batch, generator=generator)).exp()
    return radius[:, None] * torch.stack([direction.cos(), direction.sin()], -1)


def join_cameras(first: Camera, others: Camera) -> Camera:
    """One camera (B,) before others (V,) or (B, V): a batch with leading (B, V + 1)."""
    batch = first.translation.shape[0]

    def join(a: Tensor, b: Tensor) -> Tensor:
        if b.dim() == a.dim():
            b = b.expand(batch, *b.shape)
        return torch.cat([a[:, None], b.to(a)], 1)

    return Camera(
        join(first.matrix, others.matrix),
        join(first.rotation, others.rotation),
        join(first.translation, others.translation),
    )
