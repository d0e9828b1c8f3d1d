# SPDX-License-Identifier: GPL-3.0-or-later
"""Variety for whatever figure is filmed: its mirror image, and a body of other proportions."""

import torch
from torch import Tensor

from ..keypoints.anatomy import HUMAN, HUMAN_BOX, anatomy_of
from .body_variety import other_arms, other_bodies, other_outlines
from .quadruped_variety import other_quadrupeds

OTHER_ARMS = 0.25  # of the windows of people


def varied_motion(motion: Tensor, generator: torch.Generator) -> Tensor:
    """Motion ``(B, T, K, 3)`` in metres, Z up, of other bodies, half of it mirrored."""
    if motion.shape[-2] == len(HUMAN_BOX):  # hands lie on a box: bodies of other proportions are made with it
        motion = mirrored(motion, torch.rand(len(motion), generator=generator) < 0.5)
        return relabelled(motion, generator)
    human = motion.shape[-2] == len(HUMAN)
    if human:
        motion = other_arms(motion, OTHER_ARMS, generator)
    motion = mirrored(motion, torch.rand(len(motion), generator=generator) < 0.5)
    return other_bodies(motion, generator) if human else other_quadrupeds(motion, generator)


def varied_images(points: Tensor, generator: torch.Generator) -> Tensor:
    """The same for 2D clips ``(B, T, K, 2)``, by what needs no depth."""
    points = mirrored(points, torch.rand(len(points), generator=generator) < 0.5)
    if points.shape[-2] == len(HUMAN_BOX):
        return points
    human = points.shape[-2] == len(HUMAN)
    return other_outlines(points, generator) if human else other_quadrupeds(points, generator)


def mirrored(points: Tensor, which: Tensor) -> Tensor:
    """Mirror the clips chosen by ``which (B,)`` bool: ``points (B, T, K, C)`` reflected in their first axis."""
    mirror = list(anatomy_of(points.shape[-2]).mirror)
    flip = points[:, :, mirror] * points.new_tensor([-1.0, *[1.0] * (points.shape[-1] - 1)])
    return torch.where(which.view(-1, *[1] * (points.dim() - 1)), flip, points)


def relabelled(motion: Tensor, generator: torch.Generator) -> Tensor:
    """Each box of ``motion (B, T, 23, 3)`` marked from another of its top face's corners, at random."""
    person, box = motion[:, :, : len(HUMAN)], motion[:, :, len(HUMAN) :]
    face, down = box[:, :, :4], box[:, :, 4:] - box[:, :, :1]
    first = torch.randint(4, (len(motion),), generator=generator)
    order = (torch.arange(4) + first[:, None]) % 4
    face = torch.take_along_dim(face, order[:, None, :, None], 2)
    return torch.cat([person, face, face[:, :, :1] + down], 2)
