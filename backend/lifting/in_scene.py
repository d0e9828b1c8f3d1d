# SPDX-License-Identifier: GPL-3.0-or-later
"""The body in the world of a camera that was solved or matched before: its floor, its metres, its camera's path.

What the network gives is seen from the camera, however that moves. Scaling it about the camera changes nothing in the
picture, so the size at which the feet stand on the floor is the right one; where the size is given, it stays.
"""

from dataclasses import replace

import torch
from torch import Tensor

from ..geometry.cameras import Camera
from ..keypoints.anatomy import HUMAN
from ..progress import Progress
from . import rigs
from .body_fit import BodyFit
from .fit_skeleton import FitSkeleton
from .fitting import expected_errors, fit_body
from .input_view import InputView
from .keypoint_noise import image_error
from .models import LiftModels
from .motion_file import MotionError
from .space import SpacePoints

SHORTEST, TALLEST = 0.4, 2.6  # metres
LOWEST_CAMERA = 0.1  # metres above the floor: from lower, the floor tells no size
STANDING = 0.3  # of the frames have a lower foot than one that stands, by noise
OFF_THE_FLOOR = 0.06  # metres that are worth a word
_FEET = [HUMAN.index(name) for name in rigs.SMPL.feet]
_HIPS = [HUMAN.index("left_hip"), HUMAN.index("right_hip")]


def fit_in_scene(
    view: InputView, space: SpacePoints, models: LiftModels, height: float | None, iterations: int, progress: Progress,
    betas: Tensor | None = None,
) -> BodyFit:  # fmt: skip
    """The body fitted in the scene's world, not moved to its floor: `floor` (1,) is how high its soles stand over it.

    height: standing, metres; None: at which the feet are on the floor. betas (B,): a shape to keep, whatever the
    height. MotionError where the scene's floor or scale make no sense of the person.
    """
    scene = view.scene
    relative = space.points @ scene.orientation.to(space.points)
    positions = scene.positions.to(relative)
    size = 1.0
    if betas is None and height is None:
        size = scale_by_floor(relative, positions, ankle_height(models.body))
        height = size * float(models.body.stature(torch.zeros(models.body.num_betas, device=models.device)))
        if not SHORTEST <= height <= TALLEST:
            raise MotionError(
                f"standing on the scene's floor the person would be {height:.2f} m tall: set the scene's floor and"
                " scale to the film's, or lift without them"
            )
    points = size * relative + positions[:, None]
    rotation = scene.orientation.to(relative).expand(len(points), 3, 3)
    matrix = torch.eye(3, device=points.device).expand(len(points), 3, 3)
    camera = Camera(matrix, rotation, -(rotation @ positions[..., None])[..., 0])
    rays, weight = view.rays.to(points), view.weight.to(points)
    depth = float(camera.to_camera(points)[:, _HIPS].mean(1)[:, 2].median())
    fit = fit_body(
        points[None], models.body, models.prior, betas=betas, height=height if betas is None else None,
        views=(camera[None], rays[None], weight[None]),
        settings=expected_errors(models.body, image=image_error(rays, weight, depth)), iterations=iterations,
        progress=lambda done, total: progress("Fitting the body", done, total),
    )  # fmt: skip
    if not (fit.translation.isfinite().all() and fit.rotations.isfinite().all()):
        raise MotionError("no body fits these keypoints: too little of it is seen, or it is not one body")
    return _back(fit)


def scale_by_floor(relative: Tensor, positions: Tensor, ankle: float) -> float:
    """By how much points (T, K, 3) seen from a camera at positions (T, 3) are to be scaled about it for the feet to
    stand on z = 0; ankle: how high it is above the sole, in the points' own metres. MotionError."""
    above = positions[:, 2]
    if above.min() < LOWEST_CAMERA:
        raise MotionError(
            f"the camera is {float(above.min()):.2f} m over the scene's floor, which tells no size from there: give the"
            " height, or set the scene's floor to the film's"
        )
    below = ankle - relative[:, _FEET, 2].amin(1)
    if (below < LOWEST_CAMERA).float().mean() > 0.5:
        raise MotionError("the feet are above the camera's horizon: the scene's floor is not the film's")
    return float((above / below.clamp_min(LOWEST_CAMERA)).quantile(STANDING))


def ankle_height(body) -> float:
    """How high the mean body's ankles are over its soles, metres."""
    skeleton = FitSkeleton(body)
    rest = skeleton.rest(torch.zeros(body.num_betas, device=body.device))
    turns = torch.eye(3, device=body.device).expand(rigs.SMPL.fitted, 3, 3)
    _, keypoints, soles = skeleton.pose(turns, rest, rest.new_zeros(3))
    return float(keypoints[_FEET, rigs.SMPL.up].mean() - soles[:, rigs.SMPL.up].min())


def off_the_floor(fit: BodyFit) -> tuple[str, ...]:
    """What to say of feet that do not stand on the scene's floor."""
    away = float(fit.floor[0])
    if abs(away) < OFF_THE_FLOOR:
        return ()
    where = "over" if away > 0 else "under"
    return (f"the feet are {abs(away):.2f} m {where} the scene's floor: its scale, its floor or the height is off",)


def _back(fit: BodyFit) -> BodyFit:
    """A fit that was moved to the floor, where it was: what is seen in the picture counts."""
    shift = torch.stack([torch.zeros_like(fit.floor), torch.zeros_like(fit.floor), fit.floor], -1)[:, None]
    return replace(
        fit, translation=fit.translation + shift, joints=fit.joints + shift[:, None],
        keypoints=fit.keypoints + shift[:, None],
    )  # fmt: skip
