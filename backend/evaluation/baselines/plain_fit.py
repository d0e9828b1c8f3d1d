# SPDX-License-Identifier: GPL-3.0-or-later
"""The fit that every baseline's 3D keypoints get: SMPL by VPoser through the points alone (release's stage 3 fit).

The product's own fit also sees the source's view and the floor that the feet show. Neither belongs to a baseline.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ...diffusion.canonical import mid_hip
from ...geometry.cameras import Camera
from ...lifting.lift import FIT_ITERATIONS
from ...lifting.models import LiftModels
from ...lifting.smpl_fit import SmplFit, fit_smpl
from ...lifting.space import SpacePoints, upright
from ...progress import Progress

#: The world's up in the frame of a camera that is held level: what a baseline that knows no better assumes.
LEVEL_UP = (0.0, -1.0, 0.0)


def fit_points(space: SpacePoints, weight: Tensor, models: LiftModels, progress: Progress) -> tuple[SmplFit, Camera]:
    """The body fitted to points (T, 18, 3) of the source camera's frame, metres, with weight (T, 18), in a Z-up world
    whose floor is at 0; and the source camera (focal length 1) there."""
    to_world = upright(space.up)
    points = space.points @ to_world.T
    start = torch.cat([mid_hip(points[0])[:2], points.new_zeros(1)])
    fit = fit_smpl(
        (points - start)[None], models.body, models.prior, weights=weight.to(points)[None], iterations=FIT_ITERATIONS,
        progress=lambda done, total: progress("Fitting the body", done, total),
    )  # fmt: skip
    lowered = torch.cat([fit.floor.new_zeros(2), fit.floor])
    camera = Camera(torch.eye(3, device=points.device), to_world.T, to_world.T @ (start + lowered))
    return fit, camera
