# SPDX-License-Identifier: GPL-3.0-or-later
"""The floor that the feet show: it corrects the guess of which way is up.

The network tells a camera's tilt to a few degrees; over a walk of some metres that is a floor that climbs by a hand's
breadth. Feet that stand must stand on one plane, so the plane through them, held near the guess where they say
little, is level.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from ..diffusion.canonical import MODEL_FPS
from ..keypoints.anatomy import HUMAN, HUMAN_BOX, QUADRUPED
from . import rigs
from .contacts import foot_contacts

_FEET = {
    len(HUMAN): [HUMAN.index(name) for name in rigs.SMPL.feet],
    len(HUMAN_BOX): [HUMAN_BOX.index(name) for name in rigs.SMPL.feet],
    len(QUADRUPED): [QUADRUPED.index(name) for name in rigs.SMAL.feet],
}
ROLL_ERROR, PITCH_ERROR = 0.015, 0.06  # radians that the guess is off by, as a rule; people hold cameras level
HEIGHT_ERROR = 0.04  # metres by which a standing ankle's height varies
MEMORY = 10  # frames over which such an error lasts, so that ten of them tell no more than one
SPEED, RISE = 0.6, 0.2  # of an ankle that may stand: m/s, metres; laxer than the fit, since the floor still slopes
LOW, STRIDE = 0.06, 8  # metres (canonical) that a standing paw's height varies by; frames
STEEPEST = 0.3
ROUNDS = 4


def floor_normal(world: Tensor) -> Tensor:
    """The up direction (3,) of the floor under ``world (T, K, 3)``, Z roughly up, at ``MODEL_FPS``.

    In metres, an animal's canonical ones. The camera that filmed it looks along +Y: a slope along X is its roll, one
    along Y its pitch.
    """
    ankles = standing_feet(world)
    normal = ankles.new_tensor([0.0, 0, 1])
    for _ in range(ROUNDS):
        slope = _slope(ankles.flatten(0, 1), standing(ankles, normal).to(ankles).flatten())
        normal = F.normalize(torch.cat([-slope, slope.new_ones(1)]), dim=0)
    return normal


def standing_feet(world: Tensor) -> Tensor:
    """The points (T, F, 3) of ``world (T, K, 3)`` that stand on the floor at times, smoothed: ankles, or paws."""
    return _smooth(world[:, _FEET[world.shape[1]]], 3 if world.shape[1] == len(QUADRUPED) else 7)


def standing(feet: Tensor, normal: Tensor) -> Tensor:
    """How surely each of the feet (T, F, 3) stands, 0 to 1, (T, F), on a floor of this up direction (3,)."""
    height = feet @ normal
    if feet.shape[1] == len(rigs.SMAL.feet):
        return _lowest(height)
    return foot_contacts(torch.cat([feet[..., :2], height[..., None]], -1), MODEL_FPS, SPEED, RISE)


def _lowest(height: Tensor) -> Tensor:
    """Which of an animal's paws (T, 4) are as low as its lowest of half a second about: one stands in every stride, and
    too briefly at a trot for its speed to tell."""
    nearby = -F.max_pool1d(-height.amin(-1)[None, None], 2 * STRIDE + 1, 1, STRIDE)[0, 0]
    return torch.sigmoid((LOW - (height - nearby[:, None])) / (0.2 * LOW))


def _smooth(ankles: Tensor, frames: int) -> Tensor:
    flat = ankles.flatten(1).T[None]
    padded = F.pad(flat, (frames // 2, frames // 2), mode="replicate")
    return F.avg_pool1d(padded, frames, 1)[0].T.reshape(ankles.shape)


def _slope(points: Tensor, weight: Tensor) -> Tensor:
    """Slopes (2,) along x and y of the plane through points (N, 3), least squares with a prior of no slope."""
    weight = weight / MEMORY / HEIGHT_ERROR**2
    total = weight.sum()
    if total < 1e-6:
        return points.new_zeros(2)
    centred = points - (weight[:, None] * points).sum(0) / total
    flat, height = centred[:, :2], centred[:, 2]
    prior = points.new_tensor([ROLL_ERROR, PITCH_ERROR]).square().reciprocal()
    normal = (flat * weight[:, None]).T @ flat + torch.diag(prior)
    slope = torch.linalg.solve(normal, (flat * (weight * height)[:, None]).sum(0))
    return slope.clamp(-STEEPEST, STEEPEST)
