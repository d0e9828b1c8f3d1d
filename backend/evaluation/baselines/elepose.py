# SPDX-License-Identifier: GPL-3.0-or-later
"""ElePose (Wandt et al., CVPR 2022): lifts single frames, taught by 2D poses and a camera whose elevation it predicts.

Every frame is lifted by itself. Of the root's path ElePose says nothing (N/A in the paper's table): here the mid-hip
stays on its line of sight at the one distance that the subject's apparent size in the clip gives, so that its T_root is
no better than the plane's. Which way is up follows from the median of the predicted elevations.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from ...diffusion.canonical import canonicalise, mid_hip
from ...diffusion.checkpoint import load_network
from ...geometry.cameras import Camera
from ...lifting.body_fit import BodyFit
from ...lifting.input_view import InputView
from ...lifting.lift import Fitted
from ...lifting.models import LiftModels
from ...lifting.space import SpacePoints
from ...progress import Progress
from .elepose_network import EleposeConfig, EleposeNetwork, image_poses, lift, up
from .elepose_training import SOURCE, train_form
from .lifter_network import in_source
from .plain_fit import fit_points

train = partial(train_form, SOURCE)


def lifter(models: LiftModels, weights: Path | None, form: str | None, seed: int, progress: Progress) -> Fitted:
    """ElePose as `lift_by` takes it; nothing in it is random. Raises CheckpointError for other weights."""
    network = load_network(weights, EleposeNetwork, EleposeConfig)[0].to(models.device)

    def fitted(view: InputView, limbs: float, betas: Tensor | None) -> tuple[BodyFit, Camera]:
        progress("Lifting", 0, 1)
        space = lift_points(view, network, limbs, models.device)
        progress("Lifting", 1, 1)
        # Where a point is missing the network was given a guess: what comes of that does not count.
        return fit_points(space, view.weight.to(models.device), models, progress)

    return fitted


@torch.no_grad()
def lift_points(
    view: InputView, network: Callable[[Tensor], tuple[Tensor, Tensor]], limbs: float, device: torch.device
) -> SpacePoints:
    """The points of a clip of any length in the source camera's frame, limb sums as ``limbs`` metres."""
    rays, seen = view.rays.to(device)[None], view.seen.to(device)[None]
    clip = canonicalise(rays, torch.ones(rays.shape[:2], dtype=torch.bool, device=device))
    poses = image_poses(clip.points, seen)[0]
    depth, elevation = network(poses)
    pose, scale = in_source(lift(poses, depth)[None], clip, limbs)
    sight = torch.cat([mid_hip(clip.points) / clip.focal[:, None, None], torch.ones_like(depth)[None, :, :1]], -1)
    root = (sight * clip.distance[:, None, None] * scale[:, None, None]) @ clip.rotation
    return SpacePoints((pose + root[:, :, None])[0], up(elevation.median()) @ clip.rotation[0])
