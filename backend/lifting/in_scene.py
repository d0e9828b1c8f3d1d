# SPDX-License-Identifier: GPL-3.0-or-later
"""The body in the world of a camera that was solved or matched before: its floor, its metres, its camera's path.

What the network gives is seen from the camera, however that moves. Scaling it about the camera changes nothing in the
picture, so the size at which the feet stand on the floor is the right one; where the size is given, it stays.
"""

from dataclasses import replace

import torch
from torch import Tensor

from ..diffusion.canonical import mid_hip
from ..geometry.cameras import Camera
from ..keypoints.anatomy import HUMAN, QUADRUPED
from ..progress import Progress
from . import rigs
from .body_fit import BodyFit
from .fit_skeleton import FitSkeleton
from .fitting import at_own_size, enlargement, expected_errors, fit_body, is_quadruped
from .input_view import InputView
from .keypoint_noise import image_error
from .models import LiftModels
from .motion_file import MotionError
from .space import SpacePoints

NO_FLOOR = "the feet are above the camera's horizon: the scene's floor is not the film's"
LOWEST_CAMERA = 0.1  # metres above the floor: from lower, the floor tells no size
STANDING = 0.3  # of the frames have a lower foot than one that stands, by noise
OFF_THE_FLOOR = 0.06  # metres that are worth a word
_FEET = {
    len(HUMAN): [HUMAN.index(name) for name in rigs.SMPL.feet],
    len(QUADRUPED): [QUADRUPED.index(name) for name in rigs.SMAL.feet],
}


def fit_in_scene(
    view: InputView, space: SpacePoints, models: LiftModels, height: float | None, heights: tuple[float, float],
    iterations: int, progress: Progress, betas: Tensor | None = None,
) -> BodyFit:  # fmt: skip
    """The body fitted in the scene's world, not moved to its floor: `floor` (1,) is how high its soles are over z = 0.
    An animal's is in canonical metres about the middle of the camera's path, see `place_animal`.

    height: standing, metres; None: at which the feet are on the floor, within heights. betas (B,): a shape to keep,
    whatever the height. MotionError where the scene's floor or scale make no sense of the subject.
    """
    scene, body = view.scene, models.body
    if space.points.shape[1] not in _FEET:
        raise MotionError("a box cannot be placed into the scene yet: lift it without the scene's floor")
    relative = space.points @ scene.orientation.to(space.points)
    positions = scene.positions.to(relative)
    size, of_height = 1.0, {}
    if is_quadruped(body):
        positions = (positions - positions.mean(0)) / _unit(relative, positions, body, height, betas)
    elif betas is None:
        if height is None:
            size = scale_by_floor(relative, positions, foot_height(body))
            height = checked_height(size * mean_stature(body), "person", heights)
        of_height = {"height": height}
    points = size * relative + positions[:, None]
    rotation = scene.orientation.to(relative).expand(len(points), 3, 3)
    matrix = torch.eye(3, device=points.device).expand(len(points), 3, 3)
    camera = Camera(matrix, rotation, -(rotation @ positions[..., None])[..., 0])
    rays, weight = view.rays.to(points), view.weight.to(points)
    error = image_error(rays, weight, size * float(mid_hip(space.points)[:, 2].median()))
    fit = fit_body(
        points[None], body, models.prior, betas=betas, **of_height, views=(camera[None], rays[None], weight[None]),
        settings=expected_errors(body, image=error), iterations=iterations,
        progress=lambda done, total: progress("Fitting the body", done, total),
    )  # fmt: skip
    if not (fit.translation.isfinite().all() and fit.rotations.isfinite().all()):
        raise MotionError("no body fits these keypoints: too little of it is seen, or it is not one body")
    return fit.moved(torch.stack([torch.zeros_like(fit.floor), torch.zeros_like(fit.floor), fit.floor], -1)[:, None])


def place_animal(
    fit: BodyFit, view: InputView, models: LiftModels, height: float | None, heights: tuple[float, float], keep: bool
) -> BodyFit:
    """An animal's fit of `fit_in_scene` at its own size, in the scene's world. height: of the withers, metres; None: at
    which its paws are on the floor, within heights. keep: the betas are given and stay. MotionError."""
    place = view.scene.positions.to(fit.floor).mean(0)
    if height is None and not keep:
        if fit.floor[0] > -LOWEST_CAMERA:
            raise MotionError(NO_FLOOR)
        canonical = enlargement(models.body) * float(models.body.stature(fit.betas[0]))
        height = checked_height(float(place[2] / -fit.floor[0]) * canonical, "animal", heights)
    fit, _ = at_own_size(fit, models.body, height, keep)
    return replace(fit.moved(place), floor=fit.floor + place[2])


def scale_by_floor(relative: Tensor, positions: Tensor, foot: float) -> float:
    """By how much points (T, K, 3) seen from a camera at positions (T, 3) are to be scaled about it for the feet to
    stand on z = 0; foot: how high one is above its sole, in the points' own metres. MotionError."""
    above = positions[:, 2]
    if above.min() < LOWEST_CAMERA:
        raise MotionError(
            f"the camera is {float(above.min()):.2f} m over the scene's floor, which tells no size from there: give the"
            " height, or set the scene's floor to the film's"
        )
    below = foot - relative[:, _FEET[relative.shape[1]], 2].amin(1)
    if (below < LOWEST_CAMERA).float().mean() > 0.5:
        raise MotionError(NO_FLOOR)
    return float((above / below.clamp_min(LOWEST_CAMERA)).quantile(STANDING))


def checked_height(height: float, what: str, heights: tuple[float, float]) -> float:
    """A height that the floor tells; MotionError for one that nobody has."""
    low, high = heights
    if not low <= height <= high:
        raise MotionError(
            f"standing on the scene's floor the {what} would be {height:.2f} m tall: set the scene's floor and scale to"
            " the film's, or lift without them"
        )
    return height


def mean_stature(body) -> float:
    return float(body.stature(torch.zeros(body.num_betas, device=body.device)))


def _unit(relative: Tensor, positions: Tensor, body, height: float | None, betas: Tensor | None) -> float:
    """How many metres of the scene a canonical one of an animal is, before its proportions are known."""
    if betas is not None:
        return 1 / enlargement(body)
    if height is not None:
        return height / (enlargement(body) * mean_stature(body))
    return scale_by_floor(relative, positions, foot_height(body))


def foot_height(body) -> float:
    """How high the keypoints of the mean body's feet are over its soles, metres; an animal's canonical ones."""
    rig, scale = (rigs.rig_of(body), enlargement(body)) if is_quadruped(body) else (rigs.SMPL, 1.0)
    skeleton = FitSkeleton(body, rig, scale)
    rest = skeleton.rest(torch.zeros(body.num_betas, device=body.device))
    turns = torch.eye(3, device=body.device).expand(rig.fitted, 3, 3)
    _, keypoints, soles = skeleton.pose(turns, rest, rest.new_zeros(3))
    return float(keypoints[_FEET[len(keypoints)], rig.up].mean() - soles[:, rig.up].min())


def off_the_floor(fit: BodyFit) -> tuple[str, ...]:
    """What to say of feet that do not stand on the scene's floor."""
    away = float(fit.floor[0])
    if abs(away) < OFF_THE_FLOOR:
        return ()
    where = "over" if away > 0 else "under"
    return (f"the feet are {abs(away):.2f} m {where} the scene's floor: its scale, its floor or the height is off",)
