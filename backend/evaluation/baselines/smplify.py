# SPDX-License-Identifier: GPL-3.0-or-later
"""SMPLify: a body whose keypoints fall on the image's, by descent, with VPoser and nothing learnt of motion.

Animals get its counterpart, `smalify`; a person's box comes beside the person, see `smplify_box`.

``release`` is the baseline of the paper's authors (staged, mean squares, a faint pull between frames). ``sharp`` is the
best this idea can do: it tries four facings, and goes on from the release's result with robust distances, the prior on
latents, hinges, smooth accelerations and feet that stand: the product's own energies without any point in space.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.nn.functional import normalize

from ...bodies.pose_prior import PosePrior
from ...bodies.smpl import Body
from ...diffusion.canonical import LIMB_METRES, CanonicalClip, canonicalise, input_camera
from ...geometry.cameras import Camera
from ...geometry.rotations import axis_angle_to_matrix, sixd_to_matrix
from ...keypoints.layouts import LAYOUTS
from ...lifting.body_fit import BodyFit, on_floor
from ...lifting.fit_losses import FitWeights
from ...lifting.fit_skeleton import FITTED, FitSkeleton
from ...lifting.fitting import fit_body, is_quadruped
from ...lifting.input_view import InputView
from ...lifting.lift import Fitted, fit_iterations, on_its_floor
from ...lifting.models import LiftModels
from ...progress import Progress
from . import smalify
from .smplify_box import PERSON, box_by_image, has_box, person_of, points_of, with_box

#: Of the sharp form beside a box: held as firmly as in the lift, feet make it a fifth worse.
BESIDE_A_BOX = FitWeights(slide=1e3, ground=1e2, plant=0.0)
#: Adam's steps of the stages: facing and distance in the first frame (the release takes 3000; to turn about takes 314);
#: root in every frame; poses as well.
STEPS = (600, 1000, 1000)
RATE = 1e-2
TEMPORAL = 1e-3
_NECK = LAYOUTS["openpose18"].names.index("neck")
#: A body in SMPL's rest pose, Y up, standing in a Z-up world and facing a camera that looks along +Y.
_FACING = ((1.0, 0.0, 0.0), (0.0, 0.0, -1.0), (0.0, 1.0, 0.0))
_NOTHING = 1e-6  # the weight of points in space where there are none: the image alone counts


@dataclass(frozen=True)
class _Scene:
    """One clip before its body: points (T, 18, 2) in canonical image units with weights (T, 18), and its camera, held
    level, in a Z-up world whose origin lies where the subject's size says it stands."""

    points: Tensor
    weights: Tensor
    camera: Camera
    clip: CanonicalClip

    def source_camera(self) -> Camera:
        """The camera of the view itself, before it was turned towards the subject, with focal length 1."""
        rotation = self.clip.rotation[0].T @ self.camera.rotation
        return Camera(torch.eye(3, device=rotation.device), rotation, -rotation @ self.camera.centre)


def lifter(models: LiftModels, weights: Path | None, form: str | None, seed: int, progress: Progress) -> Fitted:
    """SMPLify in the ``form`` 'release' or 'sharp'; it has no weights and draws nothing by chance."""
    if is_quadruped(models.body):
        return smalify.lifter(models, form, progress)

    def fitted(view: InputView, limbs: float, betas: Tensor | None) -> tuple[BodyFit, Camera]:
        body, skeleton = models.body, FitSkeleton(models.body)
        shape = torch.zeros(body.num_betas, device=models.device) if betas is None else betas
        scene = _scene(person_of(view), limbs, models.device)
        facings = (0.0,) if form == "release" else tuple(quarter * math.pi / 2 for quarter in range(4))
        rotations, translation = _descend(scene, skeleton, models.prior, shape, facings, progress)
        camera = scene.source_camera()
        boxed, points, weights = has_box(view), scene.weights.new_zeros(len(view.rays), 0, 3), scene.weights
        if boxed:
            box = box_by_image(view, camera)
            points, weights = points_of(box, view), torch.cat([weights, view.weight[:, PERSON:].to(weights)], 1)
        if form == "release":
            fit = _as_fit(body, skeleton, rotations, translation, shape)
            fit = with_box(fit, box, view) if boxed else fit
        else:
            given = torch.cat([skeleton.pose(rotations, skeleton.rest(shape), translation)[1], points], 1)
            known = {"box_size": points.new_tensor(view.box_size), "settings": BESIDE_A_BOX} if boxed else {}
            fit = fit_body(
                given[None], body, models.prior, betas=shape, weights=torch.full_like(weights[None], _NOTHING),
                iterations=fit_iterations(models), views=(camera, view.rays.to(weights)[None], weights[None]), **known,
            )  # fmt: skip
        return fit, on_its_floor(camera, fit)

    return fitted


def _as_fit(body: Body, skeleton: FitSkeleton, rotations: Tensor, translation: Tensor, betas: Tensor) -> BodyFit:
    """A body of rotations (T, 22, 3, 3), translation (T, 3) and betas (B,) as `fit_smpl` gives it, on the floor."""
    hands = torch.eye(3, device=rotations.device).expand(len(rotations), 2, 3, 3)
    rotations = torch.cat([rotations, hands], 1)
    joints, keypoints = body.keypoints(rotations, betas, translation)
    nothing = torch.zeros(1, len(rotations), 2, device=rotations.device)
    fit = BodyFit(
        rotations[None], translation[None], betas[None], joints[None], keypoints[None], nothing[:, 0, 0],
        nothing[:, 0, 0], nothing,
    )  # fmt: skip
    return on_floor(fit, skeleton.pose(rotations, skeleton.rest(betas), translation)[2][None])


def _scene(view: InputView, limbs: float, device: torch.device) -> _Scene:
    rays, weights = view.rays.to(device)[None], view.weight.to(device)
    clip = canonicalise(rays, torch.ones(rays.shape[:2], dtype=torch.bool, device=device))
    clip = CanonicalClip(clip.points, clip.focal, clip.distance * limbs / LIMB_METRES, clip.rotation)
    camera = input_camera(clip, *clip.level_tilt())
    weights = weights.clone()
    weights[:, _NECK] = 0  # the release leaves the neck out: it is the shoulders' middle
    return _Scene(clip.points[0], weights, camera[0], clip)


def _descend(
    scene: _Scene, skeleton: FitSkeleton, prior: PosePrior, betas: Tensor, facings: tuple[float, ...],
    progress: Progress,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """The release's three stages: rotations (T, 22, 3, 3) and translation (T, 3) of the body in the scene's world."""
    device, rest = scene.points.device, skeleton.rest(betas)
    turns = axis_angle_to_matrix(torch.tensor([[0.0, 0.0, angle] for angle in facings])) @ torch.tensor(_FACING)
    root = turns[:, None, :, :2].to(device).clone()  # (F, 1, 3, 2)
    hips = skeleton.pose(torch.eye(3, device=device).expand(FITTED, 3, 3), rest, rest.new_zeros(3))[0][0]
    place = -hips.expand(len(facings), 1, 3).clone()
    depth = torch.zeros(len(facings), 1, 1, device=device)  # metres along the line of sight of the first frame
    latents = torch.zeros(len(facings), 1, 32, device=device)
    sight = normalize(-scene.camera.centre, dim=-1)
    total = sum(STEPS)

    def solve(variables: list[Tensor], frames: slice, steps: int, done: int) -> Tensor:
        for variable in variables:
            variable.requires_grad_()
        optimiser = torch.optim.Adam(variables, lr=RATE)
        for step in range(steps):
            progress("Fitting the image", done + step, total)
            rotations = _rotations(root, latents, prior)
            _, keypoints, _ = skeleton.pose(rotations, rest, place + depth * sight)
            error = _image_error(scene, keypoints, frames)
            optimiser.zero_grad()
            (error + TEMPORAL * _restlessness(rotations)).sum().backward()
            optimiser.step()
        for variable in variables:
            variable.requires_grad_(False)
        return error.detach()

    error = solve([root, depth], slice(0, 1), STEPS[0], 0)
    best = error.argmin()
    frames = len(scene.points)
    root, latents = (x[best : best + 1].expand(-1, frames, *x.shape[2:]).clone() for x in (root, latents))
    place = (place + depth * sight)[best : best + 1].expand(-1, frames, -1).clone()
    depth = depth.new_zeros(1, 1, 1)
    solve([root, place], slice(None), STEPS[1], STEPS[0])
    solve([root, place, latents], slice(None), STEPS[2], STEPS[0] + STEPS[1])
    with torch.no_grad():
        return _rotations(root, latents, prior)[0], place[0]


def _rotations(root: Tensor, latents: Tensor, prior: PosePrior) -> Tensor:
    """Local rotations (F, T, 22, 3, 3) of roots (F, T, 3, 2: two columns) and VPoser's latents (F, T, 32)."""
    body = prior.decode(latents.flatten(0, 1)).view(*latents.shape[:2], 21, 3, 3)
    return torch.cat([sixd_to_matrix(root.flatten(-2))[..., None, :, :], body], -3)


def _restlessness(rotations: Tensor) -> Tensor:
    """The mean angle (F,) in radians, over all joints in one norm, by which poses (F, T, 22, 3, 3) change a frame."""
    if rotations.shape[1] < 2:
        return rotations.new_zeros(len(rotations))
    return (rotations[..., 1:, :, :].diff(dim=1).square().sum((2, 3, 4)) / 2 + 1e-12).sqrt().mean(1)


def _image_error(scene: _Scene, keypoints: Tensor, frames: slice) -> Tensor:
    """Mean squared distance (F,) of keypoints (F, T, 18, 3) from the image's, in canonical units."""
    images = scene.camera.project(keypoints)
    weights = scene.weights[frames]
    squares = (images - scene.points[frames]).square().sum(-1) * weights
    return squares.sum((1, 2)) / weights.sum().clamp_min(1e-6)
