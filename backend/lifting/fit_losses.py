# SPDX-License-Identifier: GPL-3.0-or-later
"""What the SMPL fit minimises: distances in units of their expected error, and what makes motion human."""

from dataclasses import dataclass

import torch
from torch import Tensor

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
    slide: float = 1000.0  #: of standing soles, per (metre per frame)^2
    ground: float = 100.0  #: of standing soles above or below the floor, per metre^2
    plant: float = 0.0  #: of an animal's standing soles, per metre^2 from where each stands all the while
    depth: float = 1.0  #: expected error of how far away all of an animal's points are, beside that of their shape
    hinge: float = 600.0  #: of knees and elbows bent as they cannot, per sine^2 of the angle


@dataclass(frozen=True)
class View:
    """The source's camera (leading dims none, (N, 1) or (N, S)), points (N, S, K, 2) and weights (N, S, K)."""

    camera: Camera
    points: Tensor
    weights: Tensor


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
    posed, variables, target, weights, error, view, contacts, spacing: float, settings: FitWeights, loose: float = 1.0
) -> Tensor:
    """The sum over windows of their energies; a window's does not depend on the others.

    posed: rotations (N, S, 22, 3, 3), joints (N, S, 24, 3), keypoints (N, S, K, 3), soles (N, S, 6, 3); target
    (N, S, K, 3) with weights (N, S, K) and expected errors (N,) in metres; contacts (N, S, 2); spacing between
    moments in frames at 30 fps; loose: by how much the limits of the robust distances are widened.
    """
    rotations, joints, keypoints, soles = posed
    moments = joints.shape[1]
    squares = (keypoints - target).square().sum(-1)
    total = (weights * robust(squares, loose * settings.space_limit) / error[:, None, None] ** 2).sum()
    if view is not None:
        squares = image_error(view, keypoints).square().sum(-1)
        total = total + (view.weights * robust(squares, loose * settings.image_limit)).sum() / settings.image**2
    total = total + settings.latent * variables["latents"].square().sum()
    total = total + settings.departure * variables["departures"].square().sum()
    total = total + settings.hinge * _impossible(rotations).square().sum()
    if moments > 2:
        bend = second_differences(joints) / spacing**2
        total = total + settings.acceleration * bend.square().sum()
        total = total + settings.turn * (second_differences(rotations[..., 1:, :, :2]) / spacing**2).square().sum()
        on = contacts.repeat_interleave(3, -1)  # the soles of the left foot come first
        step = (soles[:, 1:] - soles[:, :-1]).square().sum(-1) / spacing**2
        total = total + settings.slide * (torch.minimum(on[:, 1:], on[:, :-1]) * step).sum()
        floor = (on * soles[..., 2]).sum((1, 2)) / on.sum((1, 2)).clamp_min(1e-6)
        total = total + settings.ground * (on * (soles[..., 2] - floor[:, None, None]).square()).sum()
    return total / moments + settings.betas * variables["betas"].square().sum()


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
