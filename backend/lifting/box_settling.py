# SPDX-License-Identifier: GPL-3.0-or-later
"""What a fit leaves of a box's trembling, taken away: at rest it does not move at all, and it is never in the floor."""

import torch
from torch import Tensor

from .box_holds import Holds, spells
from .box_pose import grounded

#: Seconds: shorter rests are none; over so long a box comes to rest, and leaves it.
_SHORTEST, _EASE = 0.3, 0.3


def settle(rotation: Tensor, translation: Tensor, size: Tensor, holds: Holds, fps: float) -> tuple[Tensor, Tensor]:
    """Rotation (N, T, 3, 3) and centre (N, T, 3) of boxes with edges (N, 3) over a floor at z = 0.

    Spells of rest keep one pose, on the floor where the box stands there; before and after them it eases into it. A
    lowest corner below the floor is raised to it. holds: at every frame.
    """
    device = rotation.device
    # Many small steps, of which a GPU makes slow ones.
    rotation, translation, size = rotation.cpu().clone(), translation.cpu(), size.cpu()
    holds = Holds(holds.held.cpu(), holds.rests.cpu(), holds.low.cpu())
    translation = grounded(translation.new_zeros(()), rotation, translation, size[:, None], holds.low)
    rests = (holds.rests > 0.5).numpy()
    ease = max(int(round(_EASE * fps)), 1)
    for window in range(len(rests)):
        before = (rotation[window].clone(), translation[window].clone())
        for start, stop in spells(rests[window]):
            if (stop - start) / fps < _SHORTEST and stop - start < len(rests[window]):
                continue
            turned = _nearest(before[0][start:stop].mean(0))
            place = before[1][start:stop].median(0).values
            low = holds.low[window, start:stop].mean().round()
            place = grounded(place.new_zeros(()), turned, place, size[window], low)
            _come_to_rest(rotation[window], translation[window], before, turned, place, start, stop, ease)
    nowhere = torch.zeros_like(holds.low)
    translation = grounded(translation.new_zeros(()), rotation, translation, size[:, None], nowhere)
    return rotation.to(device), translation.to(device)


def _come_to_rest(
    rotation: Tensor, translation: Tensor, before: tuple[Tensor, Tensor], turned: Tensor, place: Tensor, start: int,
    stop: int, ease: int,
) -> None:  # fmt: skip
    """Hold one window's pose between two frames, in place, and add what that changes, less and less, on either side."""
    for edge, frames in (
        (start, torch.arange(start - 1, max(start - ease, 0) - 1, -1)),
        (stop - 1, torch.arange(stop, min(stop + ease, len(rotation)))),
    ):
        part = 0.5 * (1 + torch.cos(torch.pi * torch.arange(1, len(frames) + 1) / (ease + 1)))
        translation[frames] += part[:, None] * (place - before[1][edge])
        rotation[frames] = _nearest(rotation[frames] + part[:, None, None] * (turned - before[0][edge]))
    rotation[start:stop] = turned
    translation[start:stop] = place


def _nearest(matrices: Tensor) -> Tensor:
    """The rotations (..., 3, 3) nearest to matrices that are almost ones."""
    u, _, vt = torch.linalg.svd(matrices)
    return u @ vt
