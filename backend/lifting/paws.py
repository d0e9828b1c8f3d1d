# SPDX-License-Identifier: GPL-3.0-or-later
"""When an animal's paws stand: they are low, and the picture shows them still.

A network's depth drifts and trembles more than a paw's whole stride is long, but along the picture a point is where it
is seen: a paw that stands there, under a camera whose movement is known, stands.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from ..geometry.cameras import Camera
from .fit_losses import View

SPEED, LOW = 0.3, 0.10  # of a standing paw (canonical): m/s along the picture, metres above the lowest one about
STRIDE = 8  # frames at 30 fps about a moment, in which some paw stands
BRIEF = 2  # frames at 30 fps over whose double a speed is taken


def paw_stances(paws: Tensor, view: View | None, rows: list[int], fps: float) -> Tensor:
    """How surely each paw stands, 0 to 1, (N, S, 4), of smoothed paws (N, S, 4, 3), world, Z up, canonical metres.

    view: the source's, at the same moments; rows: of the paws among its points; fps: of the moments.
    """
    moments = paws.shape[1]
    if moments < 3:
        return torch.zeros(paws.shape[:-1], device=paws.device)
    brief, stride = (max(1, round(frames * fps / 30)) for frames in (BRIEF, STRIDE))
    speed = _mean_step(paws.diff(dim=1), brief).norm(dim=-1) * fps
    if view is not None:
        steps, known = _steps_seen(paws, view, rows)
        seen = _mean_step(steps, brief).norm(dim=-1) * fps
        speed = torch.where(_mean_step(known[..., None], brief)[..., 0] > 0.99, seen, speed)
    height = paws[..., 2]
    lowest = -F.max_pool1d(-height.amin(-1)[:, None], 2 * stride + 1, 1, stride)[:, 0, :, None]
    still = torch.sigmoid((SPEED - speed) / (0.2 * SPEED))
    return still * torch.sigmoid((LOW - (height - lowest)) / (0.2 * LOW))


def _steps_seen(paws: Tensor, view: View, rows: list[int]) -> tuple[Tensor, Tensor]:
    """How far (N, S - 1, 4, 2) in metres across the line of sight paws are seen from where they would be had they stood
    since the moment before, and whether both moments show them (N, S - 1, 4)."""
    count, moments = paws.shape[:2]
    camera = view.camera
    camera = Camera(
        camera.matrix.expand(count, moments, 3, 3), camera.rotation.expand(count, moments, 3, 3),
        camera.translation.expand(count, moments, 3),
    )  # fmt: skip
    seen = view.points[..., rows, :]
    depth = camera.to_camera(paws)[..., 2].clamp_min(0.1)
    placed = camera.back_project(seen, depth)
    after = camera[:, 1:]
    steps = (seen[:, 1:] - after.project(placed[:, :-1])) * depth[:, 1:, :, None] / after.focal[..., None, :]
    shown = (view.weights[..., rows] > 0).to(paws)
    return steps, torch.minimum(shown[:, 1:], shown[:, :-1])


def _mean_step(steps: Tensor, brief: int) -> Tensor:
    """Means (N, S, 4, C) about each of S moments of the steps (N, S - 1, 4, C) between them."""
    batch, count, feet, size = steps.shape
    flat = steps.permute(0, 2, 3, 1).reshape(batch, -1, count)
    padded = F.pad(flat, (brief, brief), mode="replicate")
    return F.avg_pool1d(padded, 2 * brief, 1).reshape(batch, feet, size, -1).permute(0, 3, 1, 2)


def stance_means(contacts: Tensor) -> Tensor:
    """Matrices (N, 4, S, S) that take what is at S moments to its mean over the stance that each moment is in, and
    leave it where a paw does not stand; contacts (N, S, 4)."""
    on = (contacts > 0.5).transpose(1, 2)
    stance = (on[..., 1:] != on[..., :-1]).cumsum(-1)
    stance = F.pad(stance, (1, 0))
    same = (stance[..., :, None] == stance[..., None, :]) & (on[..., :, None] == on[..., None, :])
    same = torch.where(on[..., None], same, torch.eye(on.shape[-1], dtype=torch.bool, device=on.device))
    return same.to(contacts) / same.sum(-1, keepdim=True)
