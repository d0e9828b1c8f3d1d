# SPDX-License-Identifier: GPL-3.0-or-later
"""Several people of one shot lifted together: one world, one camera that filmed them all, one floor."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor

from ..diffusion.canonical import mid_hip
from ..geometry.cameras import Camera
from ..keypoints import KeypointClip
from ..progress import Progress, silent
from .body_fit import BodyFit, on_floor, upwards
from .fit_skeleton import FitSkeleton
from .fitting import at_own_size, enlargement, is_quadruped, resized, standing_limbs
from .input_view import InputView, prepare
from .lift import body_limbs, fit_seen, lift_keypoints, motion_of, on_its_floor, standing_height, under_hips
from .models import LiftModels
from .motion_file import Motion, MotionError
from .options import LiftOptions, check_options
from .rigs import rig_of
from .shared_floor import ASSUMED_ERROR, GIVEN_ERROR, LOWEST_CAMERA, MOST, shared_floor
from .space import SpacePoints, lift_points, upright
from .steady_size import steady_size


@dataclass(frozen=True)
class _Person:
    """What is known of one person on the way: the fit stands in a world with the camera at its origin."""

    clip: KeypointClip
    view: InputView
    space: SpacePoints
    height: float | None
    fit: BodyFit | None = None
    on_floor: bool = True

    @property
    def error(self) -> float:
        return ASSUMED_ERROR if self.height is None else GIVEN_ERROR

    @property
    def weight(self) -> float:
        """How much this person says of the camera: frames, as far as they are seen."""
        return float(self.view.weight.sum())


def lift_together(
    clips: Sequence[KeypointClip], options: LiftOptions, models: LiftModels, method: str = "full",
    progress: Progress = silent,
) -> list[Motion]:  # fmt: skip
    """Lift the people of one shot: clips of one image size, rate and camera. Raises UserError.

    The first frame's mid-hip of the first of them is over the origin. A person alone is lifted as `lift_keypoints`
    does it.
    """
    check_options(options)
    heights = heights_of(options, len(clips))
    if len(clips) == 1:
        return [lift_keypoints(clips[0], replace(options, height=heights[0]), models, method, progress)]
    if options.betas is not None:
        raise MotionError("one shape is one person's: lift people one by one to keep their shapes")
    people = []
    for number, (clip, height) in enumerate(zip(clips, heights, strict=True)):
        told = _part_of(progress, number, len(clips))
        view = prepare(clip, options.focal, models.subject)
        limbs = _limbs(models, height)
        space = lift_points(view, models, method, limbs, options.steps, options.samples, options.seed, told)
        if is_quadruped(models.body):
            space = replace(space, points=steady_size(space.points))
        people.append(_Person(clip, view, space, height))
    to_world = _upright(people)
    for number, person in enumerate(people):
        told = _part_of(progress, number, len(people))
        people[number] = replace(person, fit=_fitted(person, to_world, models, told))
    people, to_world = _on_one_floor(people, to_world, models)
    camera = Camera(torch.eye(3, device=to_world.device), to_world.T, to_world.new_zeros(3))
    return _motions(people, camera, models, options)


def heights_of(options: LiftOptions, count: int) -> list[float | None]:
    """The height of each of the people, None where it is not known."""
    if isinstance(options.height, tuple):
        return [*options.height, *[None] * count][:count]
    return [options.height] * count


def _limbs(models: LiftModels, height: float | None) -> float:
    """The limb sum in metres at which a person's points are made: an animal's is canonical."""
    height = standing_height(height, None, models)  # says what heights there are
    if is_quadruped(models.body):
        return enlargement(models.body) * standing_limbs(models.body)
    return body_limbs(models.body, height)


def _upright(people: list[_Person]) -> Tensor:
    """The rotation (3, 3) from the camera's frame to a Z-up world, as all that is known before the bodies says."""
    up = F.normalize(sum(person.weight * person.space.up for person in people), dim=0)
    to_world = upright(up)
    points = [person.space.points @ to_world.T for person in people]
    # Of a network's points the size is less sure than of a body's.
    floor = shared_floor(points, [2 * ASSUMED_ERROR] * len(people))
    return upright(floor.normal @ to_world)


def _fitted(person: _Person, to_world: Tensor, models: LiftModels, progress: Progress) -> BodyFit:
    """The body fitted to one of the people, at its own size, in a world with the camera at its origin."""
    camera = Camera(torch.eye(3, device=to_world.device), to_world.T, to_world.new_zeros(3))
    points = person.space.points
    depth = float(mid_hip(points)[:, 2].median())
    fit = fit_seen(person.view, points @ to_world.T, camera, depth, models, person.height, progress)
    fit = _raised(fit, fit.floor[0])
    return at_own_size(fit, models.body, person.height, keep=False)[0] if is_quadruped(models.body) else fit


def _on_one_floor(people: list[_Person], to_world: Tensor, models: LiftModels) -> tuple[list[_Person], Tensor]:
    """The people on one level floor, z = 0, and the rotation (3, 3) from the camera's frame to their world."""
    keypoints = [_keypoints(person.fit, models) for person in people]
    errors = [person.error for person in people]
    floor = shared_floor(keypoints, errors)
    levelled = upright(floor.normal @ to_world)
    turn = levelled @ to_world.T
    turned = []
    for person, factor, here in zip(people, floor.sizes.tolist(), floor.on_it, strict=True):
        person = replace(person, fit=_turned(person.fit, turn, models), on_floor=here)
        turned.append(_nearer(person, factor, models) if here else person)
    return _standing(turned, models), levelled


def _turned(fit: BodyFit, turn: Tensor, models: LiftModels) -> BodyFit:
    """The fit in a world turned about its origin."""
    root = models.body.rest_joints(fit.betas[0])[0]
    rotations = fit.rotations.clone()
    rotations[..., 0, :, :] = turn @ rotations[..., 0, :, :]
    return replace(fit, rotations=rotations, translation=(fit.translation + root) @ turn.T - root)


def _keypoints(fit: BodyFit, models: LiftModels) -> Tensor:
    """The body's keypoints (T, K, 3), where its translation has it."""
    return models.body.keypoints(fit.rotations[0], fit.betas[0], fit.translation[0])[1]


def _standing(people: list[_Person], models: LiftModels) -> list[_Person]:
    """The people with their soles on one floor at z = 0."""
    levels = torch.stack([_level(person.fit, models) for person in people])
    trust = torch.tensor([person.on_floor / person.error**2 for person in people]).to(levels)
    level = (trust * levels).sum() / trust.sum()
    moved = []
    for person, own in zip(people, levels, strict=True):
        if person.on_floor and float(level) < -LOWEST_CAMERA and abs(float(level / own) - 1) < MOST:
            person = _nearer(person, float(level / own), models)
        moved.append(replace(person, fit=_raised(person.fit, -level)))
    return moved


def _level(fit: BodyFit, models: LiftModels) -> Tensor:
    """The height () of the floor that a fit stands on, as its soles have it."""
    skeleton = FitSkeleton(models.body, rig_of(models.body)) if is_quadruped(models.body) else FitSkeleton(models.body)
    return on_floor(fit, skeleton.soles(fit.rotations, fit.betas, fit.translation)).floor[0]


def _raised(fit: BodyFit, height: Tensor) -> BodyFit:
    """The fit in a world in which everything is higher by ``height`` ()."""
    return replace(fit, translation=fit.translation + upwards(height), floor=-height[None])


def _nearer(person: _Person, factor: float, models: LiftModels) -> _Person:
    """A person whose feet are ``factor`` times as far from the camera at the origin, and who looks as before."""
    fit, betas = person.fit, person.fit.betas
    before = models.body.rest_joints(betas[0])[0]
    if person.height is None:  # all of it grows about the camera
        betas = resized(models.body, betas[0], factor)[None]
        after = models.body.rest_joints(betas[0])[0]
        translation = factor * (fit.translation + before) - after
    else:  # the size stays: the feet go along their line of sight
        feet = fit.translation + before
        level = _level(fit, models)
        feet = torch.cat([feet[..., :2], level.expand(feet[..., :1].shape)], -1)
        translation = fit.translation + (factor - 1) * feet
    return replace(person, fit=replace(fit, betas=betas, translation=translation))


def _motions(people: list[_Person], camera: Camera, models: LiftModels, options: LiftOptions) -> list[Motion]:
    first = people[0].fit
    origin = under_hips(models, first.rotations[0, :1], first.betas[0], first.translation[0, :1])
    camera, world = on_its_floor(camera, first), _name(people)
    motions = []
    for person in people:
        view = person.view
        if not person.on_floor:
            words = f"person {person.clip.person} does not stand on the others' floor: nearness is a guess"
            view = replace(view, warnings=(*view.warnings, words))
        height = float(models.body.stature(person.fit.betas[0])) if person.height is None else person.height
        motions.append(motion_of(person.clip, view, person.fit, camera, models, height, options, origin, world))
    return motions


def _name(people: list[_Person]) -> str:
    """The same for the same result, and for no other: what those who are lifted together know one another by."""
    content = hashlib.sha256()
    for person in people:
        content.update(person.fit.translation.cpu().numpy().tobytes())
    return content.hexdigest()[:16]


def _part_of(progress: Progress, number: int, count: int) -> Progress:
    """The progress of one of several people, as a part of all."""
    return lambda stage, done, total: progress(stage, number * total + done, count * total)
