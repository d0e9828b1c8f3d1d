# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage by stage, the points of a clip in space: what each method makes of the input view before the body is fitted."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from ..diffusion.canonical import CanonicalClip, canonicalise, input_camera, limb_lengths, limb_sum
from ..diffusion.line_sampling import make_ring, sample_views
from ..diffusion.multiview_sampling import sample_multiview, triangulate_multiview
from ..diffusion.view_optimisation import OptimisationConfig, optimise_views
from .input_view import InputView
from .models import LiftModels
from .windows import cross_fade, cut, window_starts

#: Denoising (or optimisation) steps of each method unless the user gives another number.
STEPS = {"full": 4, "stage2": 50, "stage2_sds": 100, "stage1": 50, "plane": 1}
SAMPLES = 3
AT_ONCE = 16

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class SpacePoints:
    """points (T, 18, 3) in the source camera's frame, limb sums as ``limbs`` metres; up (3,) the world's up there."""

    points: Tensor
    up: Tensor


def lift_points(
    view: InputView, models: LiftModels, method: str, limbs: float, steps: int | None, samples: int | None, seed: int,
    progress: Progress,
) -> SpacePoints:  # fmt: skip
    """Lift an input view by ``method``: 'full' (stage 4), 'stage2' (consistent sampling), 'stage2_sds' (the paper's
    optimisation), 'stage1', or 'plane' (every joint at the constant depth of the subject)."""
    device = models.device
    starts = window_starts(len(view.rays))
    rays, weight, seen = (cut(x, starts).to(device) for x in (view.rays, view.weight, view.seen))
    points, ups = [], []
    for first in range(0, len(starts), AT_ONCE):
        progress("Generating views", first, len(starts))
        rows = slice(first, first + AT_ONCE)
        generator = torch.Generator().manual_seed(seed + first)
        present = torch.ones(rays[rows].shape[:2], dtype=torch.bool, device=device)
        clip = canonicalise(rays[rows], present)
        used = steps or STEPS[method]
        views, tilt = sample_multiview(
            models.multiview, models.schedule, clip, seen[rows], present, used if method == "full" else 1,
            (samples or SAMPLES) if method == "full" else 1, generator,
        )  # fmt: skip
        camera = input_camera(clip, tilt[:, 0], tilt[:, 1])
        if method == "full":
            space = triangulate_multiview(clip, weight[rows], views, tilt)
        elif method == "plane":
            depth = clip.distance[:, None].expand(-1, clip.points[0, :, :, 0].numel())
            space = camera.back_project(clip.points.flatten(1, 2), depth).view(*clip.points.shape[:3], 3)
        else:
            ring = make_ring(clip, weight[rows], present, tilt[:, 0], tilt[:, 1])
            if method == "stage2_sds":
                config = OptimisationConfig(steps=used)
                _, space = optimise_views(models.line, models.schedule, ring, config, generator)
            else:
                consistent = method == "stage2"
                _, space = sample_views(models.line, models.schedule, ring, used, generator, consistent)
        local, up = to_source(space, clip, camera, limbs)
        points.append(local)
        ups.append(up)
    progress("Generating views", len(starts), len(starts))
    up = torch.nn.functional.normalize(torch.cat(ups).mean(0), dim=-1)
    return SpacePoints(cross_fade(torch.cat(points), starts, len(view.rays)), up)


def to_source(space: Tensor, clip: CanonicalClip, camera, limbs: float) -> tuple[Tensor, Tensor]:
    """Canonical points (B, T, 18, 3) in the source camera's frame, scaled about it to limb sums of ``limbs`` metres,
    and the up direction there (B, 3)."""
    size = limb_sum(limb_lengths(space).median(1).values)
    turned = camera.to_camera(space.flatten(1, 2)) * (limbs / size)[:, None, None]
    local = (turned @ clip.rotation).view_as(space)
    up = (camera.rotation[:, :, 2:].transpose(1, 2) @ clip.rotation)[:, 0]
    return local, up


def upright(up: Tensor) -> Tensor:
    """The rotation (3, 3) from the source camera's frame to a Z-up world that the camera looks into along +Y."""
    right = torch.nn.functional.normalize(torch.eye(3, device=up.device)[0] - up[0] * up, dim=-1)
    return torch.stack([right, torch.linalg.cross(up, right), up])
