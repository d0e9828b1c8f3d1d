# SPDX-License-Identifier: GPL-3.0-or-later
"""Multi-view ancestral sampling (MAS): one 2D model denoises seven views, which are made to agree at every noise level.

A step predicts the clean views, finds the points in space that fit them best, and draws the next, less noisy views
around their projections; the noise is drawn in space too, and projected orthographically, so that it agrees as well.
MAS finds the points by Adam, started from the last level's, on squared distances in the images, a point's depths held
fixed within an iteration. Held depths make that a linear least squares: here it is solved, the depths are taken anew,
and so on, which comes to rest where Adam does. (`geometry.triangulation` is another objective, in metres across the
rays: its points lie millimetres away where views disagree.) As the paper's table has it, the given 2D motion is one
more objective of that fit: it stands in for the prediction in the view that it was filmed in.
"""

from __future__ import annotations

import math
from typing import Protocol

import torch
from torch import Tensor
from torch.nn.functional import normalize

from ...diffusion.canonical import CanonicalClip, canonicalise, input_camera, join_cameras, view_cameras
from ...diffusion.device import half_precision
from ...diffusion.line_sampling import project_views
from ...diffusion.schedule import Schedule
from ...geometry.cameras import Camera
from ...lifting.input_view import InputView
from ...lifting.space import SpacePoints, to_source
from ...lifting.windows import cross_fade, cut, window_starts
from ...progress import Progress

VIEWS = 7
INPUT_WEIGHT = 10.0  # as in the product's own sampling, for what is given is true; the paper gives no number
ROUNDS = 6  # of solving with held depths, the first ones the origin's
NEAREST = 0.3  # metres: a depth is held no nearer to its camera than this
AT_ONCE = 16
REACH = 8.0  # spreads of a keypoint that a prediction may go: a bad one does not run away


class MotionModel(Protocol):
    """What is asked of the 2D motion model, see `mas.MotionDenoiser`."""

    def __call__(self, noisy: Tensor, level: Tensor, present: Tensor) -> Tensor: ...

    def standardise(self, points: Tensor) -> Tensor: ...

    def restore(self, standard: Tensor) -> Tensor: ...


def lift_points(
    view: InputView, network: MotionModel, schedule: Schedule, limbs: float, device: torch.device, seed: int,
    progress: Progress,
) -> SpacePoints:  # fmt: skip
    """The points of a clip in the source camera's frame, limb sums as ``limbs`` metres; the camera counts as level."""
    starts = window_starts(len(view.rays))
    rays, weight = (cut(x, starts).to(device) for x in (view.rays, view.weight))
    points, ups = [], []
    for first in range(0, len(starts), AT_ONCE):
        rows = slice(first, first + AT_ONCE)
        clip = canonicalise(rays[rows], torch.ones(rays[rows].shape[:2], dtype=torch.bool, device=device))
        camera = input_camera(clip, *clip.level_tilt())
        generator = torch.Generator().manual_seed(seed + first)
        space = sample_space(network, schedule, clip, weight[rows], camera, generator, progress)
        local, up = to_source(space, clip, camera, limbs)
        points.append(local)
        ups.append(up)
    up = normalize(torch.cat(ups).mean(0), dim=-1)
    return SpacePoints(cross_fade(torch.cat(points), starts, len(view.rays)), up)


@torch.no_grad()
def sample_space(
    network: MotionModel, schedule: Schedule, clip: CanonicalClip, weight: Tensor, camera: Camera,
    generator: torch.Generator, progress: Progress,
) -> Tensor:  # fmt: skip
    """Points (B, T, K, 3) of the canonical world that B clips of weight (B, T, K), filmed by camera (B,), show.

    Every noise level of ``schedule`` is gone through, from the highest down, by draws from the posterior of the level
    below given the clean sample (DDPM's ancestral sampling).
    """
    batch, time, count, _ = clip.points.shape
    device = clip.points.device
    azimuth = torch.arange(1, VIEWS, device=device) * (2 * math.pi / VIEWS)
    cameras = join_cameras(camera, view_cameras(azimuth))
    present = torch.ones(batch * VIEWS, time, dtype=torch.bool, device=device)

    def shared_noise() -> Tensor:
        noise = torch.randn(batch, time * count, 3, generator=generator).to(device)
        return (noise[:, None] @ cameras.rotation[:, :, :2].transpose(2, 3)).view(-1, time, count, 2)

    noisy = shared_noise()
    levels = len(schedule.alpha_bar)
    for now in reversed(range(levels)):
        progress("Generating views", levels - 1 - now, levels)
        level = torch.full((batch * VIEWS,), now, device=device)
        with half_precision(device):
            clean = network(noisy, level, present)
        views = network.restore(clean.clamp(-REACH, REACH)).view(batch, VIEWS, time, count, 2)
        space = fit_space(views, clip.points, weight, cameras)
        if now > 0:
            clean = network.standardise(project_views(cameras, space)).flatten(0, 1)
            mean, deviation = posterior(schedule, clean, noisy, now)
            noisy = mean + deviation * shared_noise()
    progress("Generating views", levels, levels)
    return space


def fit_space(views: Tensor, given: Tensor, weight: Tensor, cameras: Camera) -> Tensor:
    """The points (B, T, K, 3) whose images are nearest to views (B, V, T, K, 2) and, in the first one, to the points
    that are given (B, T, K, 2), the more the greater their weight (B, T, K): those that are missing are predicted."""
    batch, _, time, count, _ = views.shape
    images = torch.cat([given[:, None], views], 1).flatten(2, 3)
    weights = torch.ones_like(views[..., 0])
    weights[:, 0] = 1 - weight
    weights = torch.cat([INPUT_WEIGHT * weight[:, None], weights], 1).flatten(2, 3)
    points = torch.zeros_like(images[:, 0, :, :1]).expand(-1, -1, 3)
    every = join_cameras(cameras[:, 0], cameras)
    for _ in range(ROUNDS):
        depth = every.to_camera(points[:, None])[..., 2].clamp_min(NEAREST)
        points = points_at_depths(images, weights, depth, every)
    return points.view(batch, time, count, 3)


def points_at_depths(images: Tensor, weights: Tensor, depth: Tensor, cameras: Camera) -> Tensor:
    """The points (B, P, 3) that minimise the weighted squared distances from images (B, V, P, 2) in cameras (B, V)
    about the images' origin, if each is as far from each camera as depth (B, V, P) says; weights (B, V, P)."""
    scale = cameras.focal[..., :1] / depth  # image units to a metre across the line of sight
    across = cameras.rotation[:, :, :2]  # (B, V, 2, 3)
    normal = torch.einsum("bvp,bvci,bvcj->bpij", weights * scale.square(), across, across)
    offset = images - scale[..., None] * cameras.translation[:, :, None, :2]
    right = torch.einsum("bvp,bvpc,bvci->bpi", weights * scale, offset, across)
    return torch.linalg.solve(normal, right)


def posterior(schedule: Schedule, clean: Tensor, noisy: Tensor, level: int) -> tuple[Tensor, float]:
    """Mean and standard deviation of the sample one level below ``level`` > 0, given the clean one and the one there
    (DDPM, eq. 7)."""
    here, below = (float(schedule.alpha_bar[index]) for index in (level, level - 1))
    step = here / below
    mean = below**0.5 * (1 - step) / (1 - here) * clean + step**0.5 * (1 - below) / (1 - here) * noisy
    return mean, ((1 - below) / (1 - here) * (1 - step)) ** 0.5
