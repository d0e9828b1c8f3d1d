# SPDX-License-Identifier: GPL-3.0-or-later
"""The fit that every baseline's 3D keypoints get: SMPL by VPoser through the points alone (release's stage 3 fit).

The product's own fit also sees the source's view and the floor that the feet show. Neither belongs to a baseline.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from ...geometry.cameras import Camera
from ...lifting.body_fit import BodyFit
from ...lifting.fitting import fit_body
from ...lifting.input_view import InputView
from ...lifting.lift import Fitted, fit_iterations, in_world, on_its_floor
from ...lifting.models import LiftModels
from ...lifting.space import SpacePoints, upright
from ...progress import Progress

#: The world's up in the frame of a camera that is held level: what a baseline that knows no better assumes.
LEVEL_UP = (0.0, -1.0, 0.0)


def fit_points(space: SpacePoints, weight: Tensor, models: LiftModels, progress: Progress) -> tuple[BodyFit, Camera]:
    """The body fitted to points (T, K, 3) of the source camera's frame, metres, with weight (T, K), in a Z-up world
    whose floor is at 0; and the source camera (focal length 1) there."""
    points, camera = in_world(space.points, upright(space.up))
    fit = fit_body(
        points[None], models.body, models.prior, weights=weight.to(points)[None], iterations=fit_iterations(models),
        progress=lambda done, total: progress("Fitting the body", done, total),
    )  # fmt: skip
    return fit, on_its_floor(camera, fit)


def fitted_by(lift: Callable[[InputView, float], SpacePoints], models: LiftModels, progress: Progress) -> Fitted:
    """The baseline whose ``lift`` (input view, limb sum in metres) answers for missing points too: all count."""

    def fitted(view: InputView, limbs: float, betas: Tensor | None) -> tuple[BodyFit, Camera]:
        space = lift(view, limbs)
        return fit_points(space, torch.ones_like(space.points[..., 0]), models, progress)

    return fitted
