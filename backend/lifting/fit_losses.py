# SPDX-License-Identifier: GPL-3.0-or-later
"""What the SMPL fit minimises: distances in units of their expected error, and what makes motion human."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import normalize

from ..bodies.skeleton import joint
from ..geometry.cameras import Camera
from .knots import Knots

#: Joint, and the element of its matrix that is the sine of its bend, with the sign that makes bending positive.
_HINGES = (
    (joint("left_knee"), 2, 1, 1.0), (joint("right_knee"), 2, 1, 1.0),
    (joint("left_elbow"), 0, 2, -1.0), (joint("right_elbow"), 0, 2, 1.0),
)  # fmt: skip


@dataclass(frozen=True)
class FitWeights:
    """Expected errors (metres) and weights; measured on held-out motion capture with noise of 40 to 60 mm."""

    space: tuple[float, float] = (0.02, 0.08)  #: range of the expected error of a 3D keypoint, measured in each window
    space_limit: float = 0.3  #: errors beyond so many metres pull less and less (Geman-McClure)
    image: float = 0.012  #: expected error across the line of sight of the source's own keypoints; see keypoint_noise
    image_limit: float = 0.1
    latent: float = 2.0
    departure: float = 30.0  #: of joint rotations from what the latents decode to, of two matrix columns
    betas: float = 1.0
    acceleration: float = 4000.0  #: of joints, per (metre per frame^2)^2 at 30 fps
    turn: float = 20.0  #: second differences of joint rotations
    slide: float = 1e5  #: of standing soles, per (metre per frame)^2
    ground: float = 1e4  #: of standing soles above or below the floor, and of others below it, per metre^2
    plant: float = 3e4  #: of standing soles, per metre^2 from where each stands all the while
    stray: float = 0.2  #: metres from there beyond which a standing sole was none
    step: float = 0.1  #: metres from the floor beyond which a sole stands on something else
    depth: float = 0.1  #: expected error of how far away all points are together, beside that of their shape
    hinge: float = 600.0  #: of knees and elbows bent as they cannot, per sine^2 of the angle


@dataclass(frozen=True)
class View:
    """The source's camera (leading dims none, (N, 1) or (N, S)), points (N, S, K, 2) and weights (N, S, K)."""

    camera: Camera
    points: Tensor
    weights: Tensor


@dataclass(frozen=True)
class Stances:
    """When F feet stand: contacts (N, S, F), how surely, 0 to 1; means (N, F, S, S), matrices that take what is at each
    moment to its mean over the stance that the moment is in; trust: how much both count."""

    contacts: Tensor
    means: Tensor
    trust: float = 1.0


def view_at(camera: Camera, points: Tensor, weights: Tensor, knots: Knots) -> View:
    """The source's view at the knots, its camera with leading dimensions (N, S)."""
    weights = weights * points.isfinite().all(-1)
    points, weights = knots.average(points.nan_to_num(), weights)
    lead = camera.rotation.ndim - 2
    if lead == 2:
        camera = camera[:, knots.nearest()]
    elif lead == 1:
        camera = camera[:, None]
    return View(camera, points, weights)


def robust(squares: Tensor, limit: float) -> Tensor:
    """Geman and McClure's function of squared errors: quadratic when small, level far beyond `limit` squared."""
    return squares / (1 + squares / limit**2)


def energy(
    posed, variables, target, weights, error, view, feet, spacing: float, settings: FitWeights, loose: float = 1.0
) -> Tensor:
    """The sum over windows of their energies; a window's does not depend on the others.

    posed: rotations (N, S, 22, 3, 3), joints (N, S, 24, 3), keypoints (N, S, K, 3), soles (N, S, 6, 3); target
    (N, S, K, 3) with weights (N, S, K) and expected errors (N,) in metres; feet: `stances.Stances` of two; spacing
    between moments in frames at 30 fps; loose: by how much the limits of the robust distances are widened.
    """
    rotations, joints, keypoints, soles = posed
    moments = joints.shape[1]
    total = keypoint_energy(keypoints, target, weights, error, view, settings, loose)
    total = total + settings.latent * variables["latents"].square().sum()
    total = total + settings.departure * variables["departures"].square().sum()
    total = total + settings.hinge * _impossible(rotations).square().sum()
    if moments > 2:
        total = total + smoothness_energy(joints, rotations, spacing, settings)
        total = total + standing_energy(soles, feet, spacing, settings, loose)
    return total / moments + settings.betas * variables["betas"].square().sum()


def keypoint_energy(
    keypoints, target, weights, error, view: View | None, settings: FitWeights, loose: float
) -> Tensor:
    """How far keypoints (N, S, K, 3) are from the target in space and from the view, as `energy` has them.

    Along the line of sight all may be off together: how far away a figure is the size of its image and feet that stand
    tell better than a network does.
    """
    away, total = keypoints - target, 0.0
    if view is not None:
        sight, seen = lines_of_sight(target, view), weights.sum(-1)
        common = (weights * (away * sight[:, :, None]).sum(-1)).sum(-1) / seen.clamp_min(1e-9)
        away = away - (common[..., None] * sight)[:, :, None]
        total = (seen.clamp(max=1) * (common / settings.depth).square()).sum()
        squares = image_error(view, keypoints).square().sum(-1)
        total = total + (view.weights * robust(squares, loose * settings.image_limit)).sum() / settings.image**2
    squares = away.square().sum(-1)
    return total + (weights * robust(squares, loose * settings.space_limit) / error[:, None, None] ** 2).sum()


def lines_of_sight(points: Tensor, view: View) -> Tensor:
    """Unit vectors (N, S, 3) from the view's camera to the middles of points (N, S, K, 3)."""
    middle = points.mean(-2)
    return normalize(middle - view.camera.centre.expand(middle.shape), dim=-1)


def smoothness_energy(joints: Tensor, rotations: Tensor, spacing: float, settings: FitWeights) -> Tensor:
    """What bends of the joints' paths (N, S, J, 3) and of their turns (N, S, J, 3, 3) cost."""
    turns = second_differences(rotations[..., 1:, :, :2]) / spacing**2
    bends = second_differences(joints) / spacing**2
    return settings.acceleration * bends.square().sum() + settings.turn * turns.square().sum()


def standing_energy(soles: Tensor, feet: Stances, spacing: float, settings: FitWeights, loose: float) -> Tensor:
    """What feet cost that slide, stray or do not stand on one floor, of soles (N, S, F * P, 3), foot by foot."""
    soles = soles.unflatten(-2, (feet.contacts.shape[-1], -1))
    on = feet.contacts[..., None].expand(soles.shape[:-1])
    step = (soles[:, 1:] - soles[:, :-1]).square().sum(-1) / spacing**2
    total = settings.slide * (torch.minimum(on[:, 1:], on[:, :-1]) * step).sum()
    strayed = (soles - torch.einsum("nfst,ntfpc->nsfpc", feet.means, soles))[..., :2].square().sum(-1)
    total = total + settings.plant * (on * robust(strayed, loose * settings.stray)).sum()
    floor = (on * soles[..., 2]).sum((1, 2, 3), keepdim=True) / on.sum((1, 2, 3), keepdim=True).clamp_min(1e-6)
    above = soles[..., 2] - floor
    # Where none stands, nothing tells the floor.
    under = torch.relu(-above) * on.amax((1, 2, 3), keepdim=True)
    apart = on * robust(above.square(), loose * settings.step)
    apart = apart + (1 - on) * robust(under.square(), loose * settings.step)
    return feet.trust * (total + settings.ground * apart.sum())


def image_error(view: View, keypoints: Tensor) -> Tensor:
    """Metres (N, S, K, 2) across the line of sight, at their depth, from the view's points to the keypoints."""
    camera = view.camera
    depth = camera.to_camera(keypoints)[..., 2:].clamp_min(0.1).detach()
    return (camera.project(keypoints) - view.points) * depth / camera.focal[..., None, :]


def _impossible(rotations: Tensor) -> Tensor:
    """The sines (..., 6) by which knees and elbows bend backwards and knees sideways, 0 where they bend as they can."""
    signed = torch.stack([sign * rotations[..., j, row, column] for j, row, column, sign in _HINGES], -1)
    sideways = rotations[..., [_HINGES[0][0], _HINGES[1][0]], 1, 0].abs()
    return torch.cat([torch.relu(-signed - 0.03), torch.relu(sideways - 0.25)], -1)


def second_differences(values: Tensor) -> Tensor:
    return values[:, 2:] - 2 * values[:, 1:-1] + values[:, :-2]
