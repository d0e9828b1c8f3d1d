# SPDX-License-Identifier: GPL-3.0-or-later
"""SMAL through noisy 3D keypoints, several windows at once: one shape a window, poses by the quadrupeds' prior.

The counterpart of `smpl_fit` (the paper's stage 3 for animals), with the same robust distances, source view, smoothness
and standing feet. It works in canonical metres, in which every subject is as large as a person, so that one set of
expected errors serves both; `quadruped_size` brings the result to the animal's own size.
"""

from collections.abc import Callable
from dataclasses import replace

import torch
from torch import Tensor
from torch.nn.functional import normalize

from ..bodies.quadruped_prior import QuadrupedPrior
from ..bodies.smal import QuadrupedBody
from ..geometry.cameras import Camera
from ..geometry.rotations import sixd_to_matrix
from ..keypoints.anatomy import QUADRUPED
from .body_fit import BodyFit, on_floor
from .body_shape import bone_lengths, fit_shape, keypoint_error
from .descent import descend
from .fit_losses import FitWeights, keypoint_energy, smoothness_energy, standing_energy, view_at
from .fit_skeleton import FitSkeleton
from .knots import Knots, smooth_at
from .rigs import SMAL, rig_of
from .stances import find_stances

#: Adam's rates: latents, root (6D), translation, betas.
RATES = {"latents": 0.5, "root": 0.06, "translation": 0.04, "betas": 0.02}
LATENT, LIMIT = 0.3, 50.0
FEET = [QUADRUPED.index(name) for name in SMAL.feet]
_HIPS, _TRUNK_END, _TAIL_ROOT = list(QUADRUPED.hips), QUADRUPED.trunk, QUADRUPED.index("tail_root")
_SHOULDERS = [QUADRUPED.index("right_shoulder"), QUADRUPED.index("left_shoulder")]


def fit_smal(
    keypoints3d: Tensor,
    body: QuadrupedBody,
    prior: QuadrupedPrior,
    scale: float,
    *,
    weights: Tensor | None = None,
    views: tuple[Camera, Tensor, Tensor] | None = None,
    betas: Tensor | None = None,
    floor: bool = True,
    iterations: int = 120,
    stride: int = 1,
    fps: float = 30.0,
    settings: FitWeights | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> BodyFit:
    """Fit the body, ``scale`` times as large as it is, to keypoints (N, T, 17, 3): AP-10K's points, Z up, canonical
    metres. What comes back is in those metres, for the enlarged body.

    weights (N, T, 17): 0 where a point is missing. views: the source's camera in the same world (leading dims none,
    (N,) or (N, T)), its points (N, T, 17, 2) and their weights (N, T, 17). betas (B,) or (N, B): a shape to keep.
    floor, stride, progress: as `fit_smpl`.
    """
    count, frames = keypoints3d.shape[:2]
    weights = torch.ones(keypoints3d.shape[:-1], device=keypoints3d.device) if weights is None else weights
    finite = keypoints3d.isfinite().all(-1)
    weights, guesses = weights * finite, 1e-4 * finite  # a point that never counts still says where to begin
    keypoints3d = keypoints3d.nan_to_num()
    skeleton, settings = FitSkeleton(body, rig_of(body), scale), settings or FitWeights()
    error = keypoint_error(keypoints3d, weights).clamp(*settings.space)
    knots = Knots(frames, stride)
    sigma = max(3.0 * fps / 30, knots.spacing)
    smooth = smooth_at(keypoints3d, weights + guesses, knots.times.to(keypoints3d), sigma)[0]
    shape = betas.expand(count, -1).clone() if betas is not None else None
    if shape is None:
        seen = (weights.amax(1, keepdim=True) > 0).float().expand(smooth.shape[:-1])
        shape = fit_shape(bone_lengths(smooth, seen), skeleton)
    target, target_weights = knots.average(keypoints3d, weights)
    view = None if views is None else view_at(*views, knots)
    feet = find_stances(smooth[..., FEET, :], view, FEET, fps / knots.spacing)
    spacing = knots.spacing * 30.0 / fps

    root, translation = trunk_pose(smooth, skeleton, shape)
    latents = torch.zeros(count, knots.count, prior.latent_size, device=smooth.device)
    variables = {"latents": latents, "root": root[..., :2].clone(), "translation": translation, "betas": shape.clone()}
    free = {name: value for name, value in variables.items() if not (name == "betas" and betas is not None)}

    def total(loose: float) -> Tensor:
        rotations, turns = _rotations(variables, prior)
        posed = skeleton.pose(rotations, skeleton.rest(variables["betas"])[:, None], variables["translation"])
        beyond = LIMIT * prior.beyond_limits(turns).square().sum() / knots.count
        return beyond + _energy(
            rotations, posed, variables, target, target_weights, error, view, feet, spacing, settings, loose
        )  # fmt: skip

    descend(free, RATES, iterations, total, progress=progress)
    with torch.no_grad():
        rotations = knots.spread_rotations(_rotations(variables, prior)[0])
        translation, betas = knots.spread(variables["translation"]), variables["betas"].detach()
        fit = as_fit(body, scale, rotations, translation, betas, knots.spread(feet.contacts).clamp(0, 1))
        distance = (fit.keypoints - keypoints3d).norm(dim=-1) * weights
        residual = distance.sum((1, 2)) / weights.sum((1, 2)).clamp_min(1e-9)
        fit = replace(fit, residual=residual)
        if not floor:
            return fit
        return on_floor(fit, skeleton.soles(rotations, betas, translation))


def as_fit(
    body: QuadrupedBody, scale: float, rotations: Tensor, translation: Tensor, betas: Tensor, contacts: Tensor
) -> BodyFit:
    """The fit of an enlarged body with rotations (N, T, 35, 3, 3), translation (N, T, 3) and betas (N, B)."""
    count, frames = translation.shape[:2]
    every = betas[:, None].expand(-1, frames, -1).flatten(0, 1)
    joints, keypoints = body.keypoints(rotations.flatten(0, 1), every, translation.flatten(0, 1) / scale)
    joints, keypoints = ((scale * points).unflatten(0, (count, frames)) for points in (joints, keypoints))
    nothing = torch.zeros(count, device=joints.device)
    return BodyFit(rotations, translation, betas, joints, keypoints, nothing, nothing, contacts)


def soles_of(fit: BodyFit, body: QuadrupedBody, scale: float) -> Tensor:
    """Where the soles (N, T, 4, 3) of a fit of `fit_smal` are, in its canonical metres."""
    return FitSkeleton(body, rig_of(body), scale).soles(fit.rotations, fit.betas, fit.translation)


def trunk_pose(keypoints: Tensor, skeleton: FitSkeleton, betas: Tensor) -> tuple[Tensor, Tensor]:
    """The root's rotation (N, S, 3, 3) and translation (N, S, 3) by which the rest pose's trunk lies in keypoints
    (N, S, 17, 3): along the back, its left where hips and shoulders have it."""
    still = torch.eye(3, device=keypoints.device).expand(skeleton.rig.fitted, 3, 3)
    rest = skeleton.rest(betas)
    standing = skeleton.pose(still, rest, torch.zeros(3, device=keypoints.device))[1]
    rotation = _trunk(keypoints) @ _trunk(standing)[:, None].transpose(-1, -2)
    joints = rest[:, None, :1]
    middle = standing[..., _HIPS, :].mean(-2)[:, None] - joints[..., 0, :]
    hips = keypoints[..., _HIPS, :].mean(-2)
    return rotation, hips - (rotation @ middle[..., None])[..., 0] - joints[..., 0, :]


def _trunk(points: Tensor) -> Tensor:
    """Frames (..., 3, 3) of points (..., 17, 3): forwards, left and up as columns."""
    back = (points[..., _HIPS, :].mean(-2) + points[..., _TAIL_ROOT, :]) / 2
    front = (points[..., _SHOULDERS, :].mean(-2) + points[..., _TRUNK_END, :]) / 2
    forward = normalize(front - back, dim=-1, eps=1e-9)
    left = sum(points[..., pair[1], :] - points[..., pair[0], :] for pair in (_HIPS, _SHOULDERS))
    # Where neither pair is known the animal is upright.
    left = left + 1e-3 * torch.linalg.cross(points.new_tensor([0.0, 0.0, 1.0]).expand(forward.shape), forward)
    left = normalize(left - (left * forward).sum(-1, keepdim=True) * forward, dim=-1, eps=1e-9)
    return torch.stack([forward, left, torch.linalg.cross(forward, left)], -1)


def _rotations(variables: dict[str, Tensor], prior: QuadrupedPrior) -> tuple[Tensor, Tensor]:
    """Local rotations (N, S, 35, 3, 3) of the variables, and the turns (N, S, 102) of joints 1 to 34."""
    pose, turns = prior.decode(variables["latents"])
    return torch.cat([sixd_to_matrix(variables["root"].flatten(-2))[..., None, :, :], pose], -3), turns


def _energy(
    rotations, posed, variables, target, weights, error, view, feet, spacing: float, settings: FitWeights, loose: float
) -> Tensor:
    """As `fit_losses.energy`, for four feet with one sole each; hinges are in the prior's limits."""
    joints, keypoints, soles = posed
    moments = joints.shape[1]
    total = keypoint_energy(keypoints, target, weights, error, view, settings, loose)
    total = total + LATENT * variables["latents"].square().sum()
    if moments > 2:
        total = total + smoothness_energy(joints, rotations, spacing, settings)
        total = total + standing_energy(soles, feet, spacing, settings, loose)
    return total / moments + settings.betas * variables["betas"].square().sum()
