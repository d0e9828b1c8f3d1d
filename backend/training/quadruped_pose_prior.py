# SPDX-License-Identifier: GPL-3.0-or-later
"""The quadrupeds' pose prior of a training set: from motion made by rules, and from SMAL fitted to captured motion.

As with VPoser, poses are learnt from 3D and movements are not: the four stages see 2D alone.
"""

import torch
from torch import Tensor

from ..bodies.quadruped_prior import QuadrupedPrior, learn_quadruped_prior
from ..bodies.smal import QuadrupedBody
from ..diffusion.canonical import LIMB_METRES, limb_lengths, limb_sum
from ..lifting.fitting import fit_body
from .mocap import MocapClip

FRAMES, BATCH, ITERATIONS, EVERY = 120, 8, 80, 5


def quadruped_prior(made: Tensor, captured: list[MocapClip], body: QuadrupedBody, card: dict) -> QuadrupedPrior:
    """The prior of poses ``made (N, 34, 3, 3)`` and of those that captured clips of 17 points are fitted with.

    The fit needs a prior: that of the made poses alone. Made and captured poses count alike in the end.
    """
    first = learn_quadruped_prior(made, card)
    fitted = fitted_poses(captured, body, first)
    if not len(fitted):
        return first
    times = max(round(len(made) / len(fitted)), 1)
    return learn_quadruped_prior(torch.cat([made, fitted.repeat(times, 1, 1, 1)]), card)


def fitted_poses(captured: list[MocapClip], body: QuadrupedBody, prior: QuadrupedPrior) -> Tensor:
    """Rotations (N, 34, 3, 3) of the body in some frames of captured clips, as far as they have whole windows."""
    windows = []
    for clip in captured:
        points = torch.as_tensor(clip.keypoints)
        points = points * (LIMB_METRES / limb_sum(limb_lengths(points)).median())
        windows += [points[start : start + FRAMES] for start in range(0, len(points) - FRAMES + 1, FRAMES)]
    parts = [torch.zeros(0, 34, 3, 3)]
    for start in range(0, len(windows), BATCH):
        fit = fit_body(torch.stack(windows[start : start + BATCH]), body, prior, iterations=ITERATIONS)
        parts.append(fit.rotations[:, ::EVERY, 1:].flatten(0, 1))
    return torch.cat(parts)
