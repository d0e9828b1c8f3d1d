# SPDX-License-Identifier: GPL-3.0-or-later
"""A made scene whose truth is known, and networks that know it: what the tests of sampling and lifting stand on."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from backend.diffusion.canonical import CanonicalClip, canonicalise, input_camera, mid_hip, tilt
from backend.diffusion.denoisers import DenoiserConfig
from backend.diffusion.symmetry import mirror_points
from backend.geometry.cameras import Camera, intrinsics, look_at

from ..evaluation.figures import walker

SMALL = DenoiserConfig(width=32, blocks=2, heads=2)


@dataclass(frozen=True)
class Scene:
    """Two people filmed by two cameras of focal length 1: motion (2, T, 18, 3) in metres, what the networks see of it,
    the input cameras' true elevation and roll (2, 2), and the motion in the canonical world (2, T, 18, 3)."""

    motion: Tensor
    camera: Camera
    rays: Tensor
    present: Tensor
    clip: CanonicalClip
    tilt: Tensor
    truth: Tensor

    @property
    def input(self) -> Camera:
        return input_camera(self.clip, self.tilt[:, 0], self.tilt[:, 1])

    @property
    def weight(self) -> Tensor:
        return torch.ones(self.clip.points.shape[:3])


def make_scene(frames: int = 20, elevation: tuple[float, float] = (0.0, 0.3), roll: float = 0.05) -> Scene:
    """Somebody walks away from a level camera, somebody crosses the picture of one that looks down and is not upright.

    Neither camera looks straight at its subject.
    """
    away, across = (torch.as_tensor(walker(frames, travel), dtype=torch.float32) for travel in (0.6, 0.4))
    across = torch.stack([across[..., 1], -across[..., 0], across[..., 2]], -1)
    motion = torch.stack([away, across])
    elevation = torch.tensor(elevation)
    target = torch.tensor([[0.3, 0.2, 1.1], [-0.2, 0.3, 0.7]])
    azimuth = torch.tensor([0.4, -2.0])
    offset = torch.stack([elevation.cos() * azimuth.sin(), -elevation.cos() * azimuth.cos(), elevation.sin()], -1)
    rotation, translation = look_at(target + offset * torch.tensor([[4.0], [6.0]]), target, torch.tensor([0.0, roll]))
    camera = Camera(intrinsics(torch.ones(2), torch.zeros(2, 2)), rotation, translation)
    rays = camera.project(motion.flatten(1, 2)).view(2, frames, 18, 2)
    present = torch.ones(2, frames, dtype=torch.bool)
    clip = canonicalise(rays, present)
    angles = torch.stack(tilt((clip.rotation @ rotation)[..., 2]), -1)
    return Scene(motion, camera, rays, present, clip, angles, canonical_truth(motion, camera, clip, angles))


def canonical_truth(motion: Tensor, camera: Camera, clip: CanonicalClip, angles: Tensor) -> Tensor:
    """The motion (B, T, 18, 3) moved into the canonical world: seen from the turned camera, scaled about it."""
    local = camera.to_camera(motion.flatten(1, 2)) @ clip.rotation.transpose(1, 2)
    depth = mid_hip(local.view_as(motion))[..., 2].mean(1)
    placed = input_camera(clip, angles[:, 0], angles[:, 1])
    return placed.to_world(local * (clip.distance / depth)[:, None, None]).view_as(motion)


def awake(network: nn.Module, seed: int = 0) -> nn.Module:
    """The network with random parameters everywhere: as it is made, its blocks' gates are shut."""
    generator = torch.Generator().manual_seed(seed)
    for parameter in network.parameters():
        spread = 1 / math.sqrt(parameter.shape[-1]) if parameter.dim() > 1 else 0.1
        parameter.data = spread * torch.randn(parameter.shape, generator=generator)
    return network.eval().requires_grad_(False)


class KnowingLineDenoiser(nn.Module):
    """Stage 1's network as it ought to be: whatever the noise, it answers with the true views (B, 5, T, K, 2)."""

    def __init__(self, views: Tensor):
        super().__init__()
        self.views = views.flatten(0, 1)

    def forward(self, noisy: Tensor, level: Tensor, lines: Tensor, present: Tensor) -> Tensor:
        assert noisy.shape == self.views.shape and lines.shape == (*noisy.shape[:-1], 3)
        return self.views.clone()


class KnowingMultiviewDenoiser(nn.Module):
    """Stage 4's network as it ought to be; ``offsets`` are added to the views of one call after another.

    Asked for twice as many, it is asked in the mirror too, where the views come in the opposite order.
    """

    def __init__(self, views: Tensor, tilt: Tensor, offsets: tuple[float, ...] = (0.0,)):
        super().__init__()
        self.views, self.tilt, self.offsets, self.levels = views, tilt, offsets, []
        self.config = DenoiserConfig(keypoints=views.shape[-2])

    def forward(self, noisy, level, given, seen, nearness, present) -> tuple[Tensor, Tensor]:
        offset = self.offsets[len(self.levels) % len(self.offsets)]
        self.levels.append(int(level[0]))
        views, angles = self.views + offset, self.tilt + offset
        if len(noisy) == 2 * len(views):
            views = torch.cat([views, mirror_points(views.flip(1))])
            angles = torch.cat([angles, angles * angles.new_tensor([1, -1])])
        assert noisy.shape == views.shape
        return views, angles
