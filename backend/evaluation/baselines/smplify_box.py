# SPDX-License-Identifier: GPL-3.0-or-later
"""SMPLify's box: its rigid pose by reprojection alone, with its size known, as the paper's authors adapted SMPLify.

Each frame's pose comes from the five points in its image, the first from many facings and every other from its
neighbour; then the whole track is descended with the same faint pull between frames as the body's.
"""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from ...geometry.cameras import Camera
from ...geometry.rotations import sixd_to_matrix
from ...keypoints.anatomy import HUMAN, HUMAN_BOX
from ...lifting.body_fit import BodyFit, upwards
from ...lifting.box_image import track
from ...lifting.box_pose import marked
from ...lifting.input_view import InputView
from .. import EvaluationError

STEPS, RATE, TEMPORAL = 500, 1e-3, 1e-3
PERSON = len(HUMAN)


def has_box(view: InputView) -> bool:
    """Whether it shows a person with a box."""
    return view.rays.shape[1] == len(HUMAN_BOX)


def person_of(view: InputView) -> InputView:
    """The view of a person, with a box or without, without one."""
    return replace(view, rays=view.rays[:, :PERSON], weight=view.weight[:, :PERSON])


def points_of(box: tuple[Tensor, Tensor], view: InputView) -> Tensor:
    """The five points (T, 5, 3) of a box with rotation (T, 3, 3) and centre (T, 3), as large as it is known to be."""
    return marked(*box, box[1].new_tensor(view.box_size))


def with_box(fit: BodyFit, box: tuple[Tensor, Tensor], view: InputView) -> BodyFit:
    """A person's fit, lowered to its floor, with the box of the same world, lowered as far."""
    rotation, place = box[0], box[1] - upwards(fit.floor[0])
    points = torch.cat([fit.keypoints, points_of((rotation, place), view)[None]], 2)
    size = place.new_tensor(view.box_size)[None]
    return replace(fit, keypoints=points, box_rotation=rotation[None], box_translation=place[None], box_size=size)


def box_by_image(view: InputView, camera: Camera) -> tuple[Tensor, Tensor]:
    """Rotations (T, 3, 3) and centres (T, 3) in the world of a camera of focal length 1. Raises EvaluationError."""
    if view.box_size is None:
        raise EvaluationError("SMPLify cannot tell how large a box is: expected its size to be given to the methods")
    device = camera.rotation.device
    rays, weights = (each[:, PERSON:].to(device) for each in (view.rays, view.weight))
    edges = torch.tensor(view.box_size, dtype=torch.float32, device=device)
    rotation, place = descend(rays, weights, edges, *track(rays, weights, edges))
    return camera.rotation.T @ rotation, (place - camera.translation) @ camera.rotation


def descend(rays: Tensor, weights: Tensor, size: Tensor, rotation: Tensor, place: Tensor) -> tuple[Tensor, Tensor]:
    """The track nearest to rays (T, 5, 2) with weights (T, 5), in the camera's frame, that starts from the one given:
    mean squares and the mean turn and path of a frame."""
    turn, place = rotation[..., :2].clone().requires_grad_(), place.clone().requires_grad_()
    optimiser = torch.optim.Adam([turn, place], lr=RATE)
    best, kept = float("inf"), (rotation, place.detach().clone())
    for _ in range(STEPS):
        rotation = sixd_to_matrix(turn.flatten(-2))
        points = marked(rotation, place, size)
        squares = (points[..., :2] / points[..., 2:].clamp_min(0.05) - rays).square().sum(-1)
        loss = (weights * squares).sum() / weights.sum().clamp_min(1e-6)
        if len(place) > 1:
            steps = (rotation.diff(dim=0).square().sum((1, 2)) / 2 + place.diff(dim=0).square().sum(-1) + 1e-12).sqrt()
            loss = loss + TEMPORAL * steps.mean()
        if loss.item() < best:
            best, kept = loss.item(), (rotation.detach(), place.detach().clone())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return kept
