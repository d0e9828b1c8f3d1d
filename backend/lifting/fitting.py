# SPDX-License-Identifier: GPL-3.0-or-later
"""The fit of whichever body it is: SMPL's in metres, a quadruped's in canonical ones and then at its own size."""

from dataclasses import replace

import torch
from torch import Tensor

from ..bodies.pose_prior import PosePrior
from ..bodies.quadruped_prior import QuadrupedPrior
from ..bodies.smal import QuadrupedBody
from ..bodies.smpl import Body
from ..diffusion.canonical import LIMB_METRES, limb_lengths, limb_sum
from ..keypoints.anatomy import HUMAN_BOX
from .body_fit import BodyFit
from .box_fit import fit_box
from .fit_losses import FitWeights
from .smal_fit import fit_smal
from .smpl_fit import fit_smpl

#: Legs of animals are quick for their size: their movements are smoothed less than people's. Measured on procedural
#: motion with errors of 0 and 40 mm (canonical): 1000 and 5 leave a gallop's legs 50 mm further away. The picture tells
#: when paws stand, so surely that they may be held: on captured and made clips stances slide a third of what they did,
#: and people's, of 12 captured clips, 17 mm instead of 50, a centimetre nearer to where they were filmed.
SETTINGS = {
    "smpl": FitWeights(),
    "smal": FitWeights(acceleration=200.0, turn=1.0, ground=5e3, plant=1e4, depth=1.0),
}


def is_quadruped(body: Body | QuadrupedBody) -> bool:
    """Whether a body is SMAL's."""
    return isinstance(body, QuadrupedBody)


def expected_errors(body: Body | QuadrupedBody, **changed: float) -> FitWeights:
    """The weights of a body's fit, some of them changed."""
    return replace(SETTINGS["smal" if is_quadruped(body) else "smpl"], **changed)


def standing_limbs(body: Body | QuadrupedBody, betas: Tensor | None = None) -> float:
    """The limb sum in metres of a body at rest; betas (B,), None: the mean."""
    betas = torch.zeros(body.num_betas, device=body.device) if betas is None else betas
    rest = torch.eye(3, device=body.device).expand(1, len(body.joint_names), 3, 3)
    _, keypoints = body.keypoints(rest, betas, betas.new_zeros(1, 3))
    return float(limb_sum(limb_lengths(keypoints[0])))


def enlargement(body: Body | QuadrupedBody) -> float:
    """How many times as large as it is a body is fitted: people as they are, animals in canonical metres."""
    return LIMB_METRES / standing_limbs(body) if is_quadruped(body) else 1.0


def fit_body(points: Tensor, body: Body | QuadrupedBody, prior: PosePrior | QuadrupedPrior, **options) -> BodyFit:
    """Fit a body to keypoints (N, T, K, 3) in a Z-up world, see `fit_smpl`, `fit_box` and `fit_smal` for the options:
    in metres for people, with a box where the keypoints have one, in canonical metres and enlarged for animals."""
    options.setdefault("settings", expected_errors(body))
    if is_quadruped(body):
        return fit_smal(points, body, prior, enlargement(body), **options)
    if points.shape[-2] == len(HUMAN_BOX):
        return fit_box(points, body, prior, **options)
    return fit_smpl(points, body, prior, **options)


def at_own_size(fit: BodyFit, body: QuadrupedBody, height: float | None, keep: bool) -> tuple[BodyFit, float]:
    """A quadruped's fit in metres instead of canonical ones, and the factor by which the world has shrunk.

    height: of the withers, metres; None: the mean body's size, with the proportions that were fitted. keep: the betas
    are given and stay.
    """
    betas, factor = fit.betas[0], 1.0
    if not keep:
        stature = float(body.stature(betas))
        size = float(body.stature(torch.zeros_like(betas))) if height is None else height
        factor = size / stature
        betas = resized(body, betas, factor)
    shrink = factor / enlargement(body)
    count, frames = fit.translation.shape[:2]
    translation = fit.translation * shrink
    joints, keypoints = body.keypoints(
        fit.rotations.flatten(0, 1), betas.expand(count * frames, -1), translation.flatten(0, 1)
    )
    fit = replace(
        fit, betas=betas.expand(count, -1), translation=translation, joints=joints.unflatten(0, (count, frames)),
        keypoints=keypoints.unflatten(0, (count, frames)), residual=fit.residual * shrink, floor=fit.floor * shrink,
    )  # fmt: skip
    return fit, shrink


def resized(body: QuadrupedBody, betas: Tensor, factor: float) -> Tensor:
    """The betas (B,) whose rest joints are nearest to ``factor`` times those of ``betas``.

    Exactly that many times for a body with a direction that scales it, as the open one has.
    """
    zero, eye = torch.zeros_like(betas), torch.eye(body.num_betas, device=betas.device)
    mean = body.rest_joints(zero)
    directions = (body.rest_joints(eye) - mean).flatten(1).T.double()
    target = (factor * body.rest_joints(betas) - mean).flatten().double()
    small = 1e-6 * torch.eye(body.num_betas, dtype=torch.float64, device=betas.device)
    # Nearest to the betas scaled alike where directions move the joints in the same way.
    start = factor * betas.double()
    normal = directions.T @ directions
    step = torch.linalg.solve(normal + small * normal.diagonal().mean(), directions.T @ (target - directions @ start))
    return (start + step).float()
