# SPDX-License-Identifier: GPL-3.0-or-later
"""When feet and paws stand: they are low, and the picture shows them still.

A network's depth drifts and trembles more than a paw's whole stride is long, but along the picture a point is where it
is seen: a foot that stands there, under a camera whose movement is known, stands.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from ..geometry.cameras import Camera
from .contacts import foot_contacts
from .fit_losses import Stances, View

SPEED, LOW = 0.3, 0.10  # of a standing ankle or paw: m/s along the picture, metres above the lowest one about
STRIDE = 8  # frames at 30 fps about a moment, in which some foot stands
BRIEF = 2  # frames at 30 fps over whose double a speed is taken
#: Where no picture shows feet, their standing is guessed from noisy points in space: it counts so much.
GUESSED = 0.01


def find_stances(feet: Tensor, view: View | None, rows: list[int], fps: float) -> Stances:
    """When feet stand, see `stances_seen`; without a view two feet's stances are guessed by `foot_contacts`."""
    if view is None and len(rows) == 2:
        contacts = foot_contacts(feet, fps)
        return Stances(contacts, stance_means(contacts), GUESSED)
    contacts = stances_seen(feet, view, rows, fps)
    return Stances(contacts, stance_means(contacts))


def stances_seen(feet: Tensor, view: View | None, rows: list[int], fps: float) -> Tensor:
    """How surely each of F feet stands, 0 to 1, (N, S, F), of smoothed points (N, S, F, 3), world, Z up, metres, an
    animal's canonical ones.

    view: the source's, at the same moments; rows: of the feet among its points; fps: of the moments.
    """
    moments = feet.shape[1]
    if moments < 3:
        return torch.zeros(feet.shape[:-1], device=feet.device)
    brief, stride = (max(1, round(frames * fps / 30)) for frames in (BRIEF, STRIDE))
    speed = _mean_step(feet.diff(dim=1), brief).norm(dim=-1) * fps
    if view is not None:
        steps, known = _steps_seen(feet, view, rows)
        seen = _mean_step(steps, brief).norm(dim=-1) * fps
        speed = torch.where(_mean_step(known[..., None], brief)[..., 0] > 0.99, seen, speed)
    height = feet[..., 2]
    lowest = -F.max_pool1d(-height.amin(-1)[:, None], 2 * stride + 1, 1, stride)[:, 0, :, None]
    still = torch.sigmoid((SPEED - speed) / (0.2 * SPEED))
    return still * torch.sigmoid((LOW - (height - lowest)) / (0.2 * LOW))


def _steps_seen(feet: Tensor, view: View, rows: list[int]) -> tuple[Tensor, Tensor]:
    """How far (N, S - 1, F, 2) in metres across the line of sight feet are seen from where they would be had they stood
    since the moment before, and whether both moments show them (N, S - 1, F)."""
    count, moments = feet.shape[:2]
    camera = view.camera
    camera = Camera(
        camera.matrix.expand(count, moments, 3, 3), camera.rotation.expand(count, moments, 3, 3),
        camera.translation.expand(count, moments, 3),
    )  # fmt: skip
    seen = view.points[..., rows, :]
    depth = camera.to_camera(feet)[..., 2].clamp_min(0.1)
    placed = camera.back_project(seen, depth)
    after = camera[:, 1:]
    steps = (seen[:, 1:] - after.project(placed[:, :-1])) * depth[:, 1:, :, None] / after.focal[..., None, :]
    shown = (view.weights[..., rows] > 0).to(feet)
    return steps, torch.minimum(shown[:, 1:], shown[:, :-1])


def _mean_step(steps: Tensor, brief: int) -> Tensor:
    """Means (N, S, F, C) about each of S moments of the steps (N, S - 1, F, C) between them."""
    batch, count, number, size = steps.shape
    flat = steps.permute(0, 2, 3, 1).reshape(batch, -1, count)
    padded = F.pad(flat, (brief, brief), mode="replicate")
    return F.avg_pool1d(padded, 2 * brief, 1).reshape(batch, number, size, -1).permute(0, 3, 1, 2)


def stance_means(contacts: Tensor) -> Tensor:
    """Matrices (N, F, S, S) that take what is at S moments to its mean over the stance that each moment is in, and
    leave it where a foot does not stand; contacts (N, S, F)."""
    on = (contacts > 0.5).transpose(1, 2)
    stance = (on[..., 1:] != on[..., :-1]).cumsum(-1)
    stance = F.pad(stance, (1, 0))
    same = (stance[..., :, None] == stance[..., None, :]) & (on[..., :, None] == on[..., None, :])
    same = torch.where(on[..., None], same, torch.eye(on.shape[-1], dtype=torch.bool, device=on.device))
    return same.to(contacts) / same.sum(-1, keepdim=True)
