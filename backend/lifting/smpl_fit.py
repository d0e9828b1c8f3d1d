# SPDX-License-Identifier: GPL-3.0-or-later
"""SMPL through noisy 3D keypoints, several windows at once: one shape a window, poses by VPoser's latents.

Shape comes from the bone lengths, a first pose from closed-form inverse kinematics and VPoser's encoder; then latents,
small departures from what they decode to, root and translation are optimised together (the paper's stage 3 fit, with
robust distances, the source's own view, smoothness and feet on the floor added).
"""

from collections.abc import Callable
from typing import Protocol

import torch
from torch import Tensor
from torch.nn.functional import normalize

from ..bodies.pose_prior import PosePrior
from ..bodies.skeleton import joint
from ..bodies.smpl import Body
from ..geometry.cameras import Camera
from ..keypoints.anatomy import HUMAN
from .body_fit import BodyFit, on_floor
from .body_shape import bone_lengths, fit_shape, keep_height, keypoint_error
from .descent import descend
from .fit_losses import FitWeights, energy, view_at
from .fit_skeleton import FitSkeleton
from .inverse_kinematics import initial_pose
from .knots import Knots, smooth_at
from .rigs import SMPL
from .stances import find_stances

FEET = [HUMAN.index(name) for name in SMPL.feet]
#: Beside a companion the last steps move the arms alone: their joints, as departures count them, without the root.
ARM_ITERATIONS = 40
_ARMS = [joint(f"{side}_{part}") - 1 for part in ("collar", "shoulder", "elbow", "wrist") for side in ("left", "right")]
#: Adam's rates: latents, departures, root (6D), translation, betas.
RATES = {"latents": 0.2, "departures": 0.02, "root": 0.04, "translation": 0.02, "betas": 0.02}


class Companion(Protocol):
    """What is fitted together with a body: variables of its own with their rates of descent, and an energy."""

    variables: dict[str, Tensor]
    rates: dict[str, float]

    def energy(self, joints: Tensor, soles: Tensor, loose: float, last: bool = False) -> Tensor:
        """The sum over windows, beside joints (N, S, 24, 3) and soles (N, S, 6, 3); loose: as in `fit_losses`; last: of
        the steps that move the arms alone."""


def fit_smpl(
    keypoints3d: Tensor,
    body: Body,
    prior: PosePrior,
    *,
    weights: Tensor | None = None,
    views: tuple[Camera, Tensor, Tensor] | None = None,
    height: float | None = None,
    betas: Tensor | None = None,
    floor: bool = True,
    iterations: int = 80,
    stride: int = 2,
    fps: float = 30.0,
    settings: FitWeights | None = None,
    progress: Callable[[int, int], None] | None = None,
    companion: Companion | None = None,
) -> BodyFit:
    """Fit the body to keypoints (N, T, 18, 3): OpenPose's 18 points, world, Z up, metres.

    weights (N, T, 18): 0 where a point is missing. views: the source's camera in the same world (leading dims none,
    (N,) or (N, T)), its points (N, T, 18, 2) and their weights (N, T, 18). height: standing height in metres that the
    shape must have. betas (B,) or (N, B): a shape to keep. floor: shift the world so that the feet stand on z = 0.
    stride: optimise every stride-th frame only and pass splines through the rest. progress(i, iterations) may raise.
    companion: what the body handles; its variables, at the same knots, are moved in place.
    """
    count, frames = keypoints3d.shape[:2]
    weights = torch.ones(keypoints3d.shape[:-1], device=keypoints3d.device) if weights is None else weights
    weights = weights * keypoints3d.isfinite().all(-1)
    keypoints3d = keypoints3d.nan_to_num()
    skeleton, settings = FitSkeleton(body), settings or FitWeights()
    error = keypoint_error(keypoints3d, weights).clamp(*settings.space)
    knots = Knots(frames, stride)
    smooth = smooth_at(keypoints3d, weights, knots.times.to(keypoints3d), max(4.0 * fps / 30, knots.spacing))[0]
    shape = betas.expand(count, -1).clone() if betas is not None else None
    if shape is None:
        seen = (weights.amax(1, keepdim=True) > 0).float().expand(smooth.shape[:-1])
        shape = fit_shape(bone_lengths(smooth, seen), skeleton, height)
    target, target_weights = knots.average(keypoints3d, weights)
    view = None if views is None else view_at(*views, knots)
    feet = find_stances(smooth[..., FEET, :], view, FEET, fps / knots.spacing)
    spacing = knots.spacing * 30.0 / fps

    variables = _start(smooth, skeleton, prior, shape)
    free = {name: value for name, value in variables.items() if not (name == "betas" and betas is not None)}

    def total(loose: float, last: bool = False) -> Tensor:
        posed = _pose(variables, skeleton, prior)
        own = energy(posed, variables, target, target_weights, error, view, feet, spacing, settings, loose)
        return own if companion is None else own + companion.energy(posed[1], posed[3], loose, last)

    def keep_size() -> None:
        if height is not None and betas is None:
            with torch.no_grad():
                variables["betas"].copy_(keep_height(variables["betas"], skeleton, height))

    rates = RATES
    if companion is not None:
        free, rates = free | companion.variables, RATES | companion.rates
    descend(free, rates, iterations, total, keep_size, progress)
    if companion is not None:
        _reach(variables, companion, lambda: total(1.0, last=True))
    with torch.no_grad():
        return _finish(variables, body, skeleton, prior, knots, keypoints3d, weights, feet.contacts, floor)


def _reach(variables: dict[str, Tensor], companion: Companion, energy: Callable[[], Tensor]) -> None:
    """Move the arms alone down an energy: what hands hold they go to, and neither trunk nor thing goes to the hands."""
    for variable in (*variables.values(), *companion.variables.values()):
        variable.requires_grad_(False)
    others, places = variables["departures"].clone(), torch.tensor(_ARMS, device=variables["departures"].device)
    arms = {"departures": others[:, :, _ARMS].clone()}

    def of_arms(_: float) -> Tensor:
        variables["departures"] = others.index_copy(2, places, arms["departures"])
        return energy()

    descend(arms, RATES, ARM_ITERATIONS, of_arms)


def _start(smooth: Tensor, skeleton: FitSkeleton, prior: PosePrior, betas: Tensor) -> dict[str, Tensor]:
    """The variables at their first values, from inverse kinematics of smooth keypoints (N, S, 18, 3)."""
    count, moments = smooth.shape[:2]
    rest = skeleton.rest(betas)[:, None]
    rotations, translation = initial_pose(smooth, rest[..., :24, :], rest[..., 24:29, :])
    body = rotations[..., 1:22, :, :]
    return {
        "latents": prior.encode(body.flatten(0, 1))[0].view(count, moments, -1),
        "departures": torch.zeros(count, moments, 21, 3, 2, device=smooth.device),
        "root": rotations[..., :1, :, :2].clone(),
        "translation": translation,
        "betas": betas.clone(),
    }


def _rotations(variables: dict[str, Tensor], prior: PosePrior) -> Tensor:
    """Local rotations (N, S, 22, 3, 3) of the variables: first two columns each, made orthonormal."""
    latents = variables["latents"]
    body = prior.decode(latents.flatten(0, 1)).view(*latents.shape[:2], 21, 3, 3)[..., :2]
    columns = torch.cat([variables["root"], body + variables["departures"]], -3)
    first = normalize(columns[..., 0], dim=-1)
    second = columns[..., 1]
    second = normalize(second - (second * first).sum(-1, keepdim=True) * first, dim=-1)
    return torch.stack([first, second, torch.linalg.cross(first, second)], -1)


def _pose(variables: dict[str, Tensor], skeleton: FitSkeleton, prior: PosePrior) -> tuple[Tensor, ...]:
    rotations = _rotations(variables, prior)
    return rotations, *skeleton.pose(rotations, skeleton.rest(variables["betas"])[:, None], variables["translation"])


def _finish(variables, body, skeleton, prior, knots, keypoints3d, weights, contacts, floor) -> BodyFit:
    count, frames = keypoints3d.shape[:2]
    rotations = knots.spread_rotations(_rotations(variables, prior))
    hands = torch.eye(3, device=rotations.device).expand(count, frames, 2, 3, 3)
    rotations = torch.cat([rotations, hands], 2)
    translation = knots.spread(variables["translation"])
    betas = variables["betas"].detach()
    every = betas[:, None].expand(-1, frames, -1).flatten(0, 1)
    joints, keypoints = body.keypoints(rotations.flatten(0, 1), every, translation.flatten(0, 1))
    joints, keypoints = joints.view(count, frames, 24, 3), keypoints.view(count, frames, 18, 3)
    distance = (keypoints - keypoints3d).norm(dim=-1)
    residual = (distance * weights).sum((1, 2)) / weights.sum((1, 2)).clamp_min(1e-9)
    fit = BodyFit(
        rotations, translation, betas, joints, keypoints, residual, torch.zeros(count, device=joints.device),
        knots.spread(contacts).clamp(0, 1),
    )  # fmt: skip
    if not floor:
        return fit
    return on_floor(fit, skeleton.soles(rotations, betas, translation))
