# SPDX-License-Identifier: GPL-3.0-or-later
"""SMPLify for animals: SMAL's keypoints brought onto the image's by descent, with nothing learnt of motion.

``release`` is the paper's authors' own: the mean body, joint rotations kept small, rigid joints more than those of the
legs, in three stages of 1000 steps: root and place in the first frame; both in every frame; the pose as well. ``sharp``
goes on from there with the product's own energies (robust distances, the pose prior, smooth accelerations, standing
paws), a shape of its own and no point in space.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ...bodies.smal_skeleton import JOINT_COUNT, joint
from ...diffusion.canonical import LIMB_METRES, CanonicalClip, canonicalise, input_camera
from ...geometry.cameras import Camera
from ...geometry.rotations import axis_angle_to_matrix, sixd_to_matrix
from ...lifting.body_fit import BodyFit, on_floor
from ...lifting.fit_skeleton import FitSkeleton
from ...lifting.fitting import enlargement, fit_body
from ...lifting.input_view import InputView
from ...lifting.lift import ANIMAL_ITERATIONS, Fitted, on_its_floor
from ...lifting.models import LiftModels
from ...lifting.rigs import SMAL, rig_of
from ...lifting.smal_fit import as_fit
from ...progress import Progress

STEPS = (1000, 1000, 1000)
RATE = 1e-2
RIGID_WEIGHT, LEG_WEIGHT, TEMPORAL = 1e-3, 1e-4, 1e-4
_LEGS = [joint(f"{side}{name}") - 1 for side in "LR"
         for name in ("Leg1", "Leg2", "Foot", "LegBack1", "LegBack2", "LegBack3", "Leg3", "FootBack")]  # fmt: skip
_NOTHING = 1e-6  # the weight of points in space where there are none: the image alone counts


def lifter(models: LiftModels, form: str | None, progress: Progress) -> Fitted:
    """The baseline in the ``form`` 'release' or 'sharp'."""

    def fitted(view: InputView, limbs: float, betas: Tensor | None) -> tuple[BodyFit, Camera]:
        body, scale = models.body, enlargement(models.body)
        skeleton = FitSkeleton(body, rig_of(body), scale)
        shape = torch.zeros(body.num_betas, device=models.device) if betas is None else betas
        rays = view.rays.to(models.device)[None]
        clip = canonicalise(rays, torch.ones(rays.shape[:2], dtype=torch.bool, device=models.device))
        clip = CanonicalClip(clip.points, clip.focal, clip.distance * limbs / LIMB_METRES, clip.rotation)
        camera, weights = input_camera(clip, *clip.level_tilt())[0], view.weight.to(models.device)
        rotations, translation = _descend(clip.points[0], weights, camera, skeleton, shape, progress)
        source = Camera(
            torch.eye(3, device=models.device), clip.rotation[0].T @ camera.rotation,
            -clip.rotation[0].T @ camera.rotation @ camera.centre,
        )  # fmt: skip
        if form == "release":
            nothing = torch.zeros(1, len(translation), len(SMAL.feet), device=models.device)
            fit = as_fit(body, scale, rotations[None], translation[None], shape[None], nothing)
            fit = on_floor(fit, skeleton.pose(rotations, skeleton.rest(shape), translation)[2][None])
        else:
            weights = weights[None]
            fit = fit_body(
                skeleton.pose(rotations, skeleton.rest(shape), translation)[1][None], body, models.prior, betas=betas,
                weights=torch.full_like(weights, _NOTHING), iterations=ANIMAL_ITERATIONS, views=(source, rays, weights),
            )  # fmt: skip
        return fit, on_its_floor(source, fit)

    return fitted


def _descend(
    points: Tensor, weights: Tensor, camera: Camera, skeleton: FitSkeleton, betas: Tensor, progress: Progress
) -> tuple[Tensor, Tensor]:
    """Rotations (T, 35, 3, 3) and translation (T, 3) of the body whose images fall on points (T, 17, 2).

    It begins seen from its left or its right, whichever ends nearer: an animal walks across pictures.
    """
    device, rest = points.device, skeleton.rest(betas)
    facings = torch.tensor([[0.0, 0.0, 0.0], [0.0, 0.0, torch.pi]], device=device)
    root = axis_angle_to_matrix(facings)[:, None, :, :2].clone()  # (F, 1, 3, 2)
    still = torch.eye(3, device=device).expand(skeleton.rig.fitted, 3, 3)
    hips = skeleton.pose(still, rest, rest.new_zeros(3))[0][0]
    place = -hips.expand(2, 1, 3).clone()
    turns = torch.zeros(2, 1, JOINT_COUNT - 1, 3, device=device)
    total, done = sum(STEPS), 0
    weight_of = torch.full((JOINT_COUNT - 1,), RIGID_WEIGHT, device=device)
    weight_of[_LEGS] = LEG_WEIGHT

    def solve(variables: list[Tensor], frames: slice, steps: int) -> Tensor:
        nonlocal done
        for variable in variables:
            variable.requires_grad_()
        optimiser = torch.optim.Adam(variables, lr=RATE)
        for _ in range(steps):
            progress("Fitting the image", done, total)
            done += 1
            rotations = _rotations(root, turns)
            keypoints = skeleton.pose(rotations, rest, place)[1]
            squares = (camera.project(keypoints) - points[frames]).square().sum(-1) * weights[frames]
            error = squares.sum((1, 2)) / weights[frames].sum().clamp_min(1e-6)
            small = (turns.square().sum(-1) * weight_of).mean((1, 2))
            optimiser.zero_grad()
            (error + small + TEMPORAL * _restlessness(root, turns)).sum().backward()
            optimiser.step()
        for variable in variables:
            variable.requires_grad_(False)
        return error.detach()

    error = solve([root, place], slice(0, 1), STEPS[0])
    best = error.argmin()
    frames = len(points)
    root, place, turns = (x[best : best + 1].expand(-1, frames, *x.shape[2:]).clone() for x in (root, place, turns))
    solve([root, place], slice(None), STEPS[1])
    solve([root, place, turns], slice(None), STEPS[2])
    with torch.no_grad():
        return _rotations(root, turns)[0], place[0]


def _rotations(root: Tensor, turns: Tensor) -> Tensor:
    """Local rotations (F, T, 35, 3, 3) of roots (F, T, 3, 2: two columns) and the turns (F, T, 34, 3) of the rest."""
    return torch.cat([sixd_to_matrix(root.flatten(-2))[..., None, :, :], axis_angle_to_matrix(turns)], -3)


def _restlessness(root: Tensor, turns: Tensor) -> Tensor:
    """The mean change (F,) a frame of roots (F, T, 3, 2) and turns (F, T, 34, 3)."""
    if turns.shape[1] < 2:
        return turns.new_zeros(len(turns))
    steps = torch.cat([root.flatten(2), turns.flatten(2)], -1).diff(dim=1)
    return (steps.square().sum(-1) + 1e-12).sqrt().mean(1)
