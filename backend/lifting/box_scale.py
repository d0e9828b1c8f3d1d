# SPDX-License-Identifier: GPL-3.0-or-later
"""How large a person and a box are of which the box's size is known, and how far away: the box's size tells its own,
the networks how large the person is beside it, and people are about as tall as each other."""

from dataclasses import replace

import torch

from ..diffusion.canonical import limb_lengths, limb_sum
from ..keypoints.anatomy import HUMAN
from .box_image import farther_by
from .input_view import InputView
from .options import LiftOptions
from .space import SpacePoints

#: How far the box's scale may be from that of a mean person.
_SMALLEST, _LARGEST = 0.4, 2.5
#: How much of the way from the size that the networks give a person beside the box to a mean person's is gone: people
#: differ by some six per cent in size, and beside a box the networks err by as much.
TOWARDS_MEAN = 0.5


def scaled_by_box(options: LiftOptions) -> bool:
    """Whether it is the box that tells how large everything is: its size is known, and the person's is not."""
    return options.box_size is not None and options.height is None and options.betas is None


def at_box_size(space: SpacePoints, view: InputView, limbs: float) -> SpacePoints:
    """Person and box scaled about the camera, which changes nothing of the image: as far away as the box's size says
    that it is, then the person alone towards ``limbs``, the limb sum in metres of a mean person."""
    person, box = slice(0, len(HUMAN)), slice(len(HUMAN), None)
    points = space.points[:, box]
    rays, weight = view.rays[:, box].to(points), view.weight[:, box].to(points)
    factor = farther_by(points, rays, weight, torch.tensor(view.box_size).to(points))
    if factor is None:
        return space
    points = space.points * min(max(factor, _SMALLEST), _LARGEST)
    size = limb_sum(limb_lengths(points[None])).median()
    points[:, person] *= (limbs / size) ** TOWARDS_MEAN
    return replace(space, points=points)
