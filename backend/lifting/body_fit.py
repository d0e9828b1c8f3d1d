# SPDX-License-Identifier: GPL-3.0-or-later
"""What a fit of a body gives, whatever the body."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn.functional import pad


@dataclass(frozen=True)
class BodyFit:
    """N windows of T frames of a body with J joints and K keypoints, metres, world with Z up."""

    rotations: Tensor  #: (N, T, J, 3, 3) local, the first global
    translation: Tensor  #: (N, T, 3) added after posing about the rest root
    betas: Tensor  #: (N, B)
    joints: Tensor  #: (N, T, J, 3) by forward kinematics
    keypoints: Tensor  #: (N, T, K, 3) of the body
    residual: Tensor  #: (N,) mean distance to the given keypoints, weighted
    floor: Tensor  #: (N,) height of the floor in the given world, now z = 0: cameras have to be lowered by it
    contacts: Tensor  #: (N, T, F) each foot on the floor, 0 to 1
    box_rotation: Tensor | None = None  #: (N, T, 3, 3) from the box's frame, of a person with a box
    box_translation: Tensor | None = None  #: (N, T, 3) its centre
    box_size: Tensor | None = None  #: (N, 3) its edges
    box_below: Tensor | None = None  #: (N,) how far below the feet it is seen to stand, where that is far
    held: Tensor | None = None  #: (N, T, 2) the left and the right palm on the box, 0 to 1

    def moved(self, shift: Tensor) -> "BodyFit":
        """The body, without a box, at another place of its world: by shift (3,) or (N or 1, T or 1, 3)."""
        return replace(
            self, translation=self.translation + shift, joints=self.joints + shift[..., None, :],
            keypoints=self.keypoints + shift[..., None, :],
        )  # fmt: skip


def upwards(height: Tensor) -> Tensor:
    """Vectors (..., 3) of heights (...) straight up."""
    return pad(height[..., None], (2, 0))


#: Metres (an animal's canonical) by which soles may be under the floor so that others stand on it.
SUNK = 0.01


def on_floor(fit: BodyFit, soles: Tensor) -> BodyFit:
    """The fit moved vertically so that its soles (N, T, F * P, 3), foot by foot, touch z = 0, but for the deepest
    twentieth of frames; where feet stand, the lowest standing soles do so half the time, as long as that leaves the
    deepest twentieth less than `SUNK` under it."""
    lowest = soles[..., 2].amin(-1)
    height = lowest.quantile(0.05, dim=1)
    feet = soles[..., 2].unflatten(-1, (fit.contacts.shape[-1], -1)).amin(-1)
    standing = feet.masked_fill(fit.contacts < 0.5, torch.inf).amin(-1)
    middle = standing.masked_fill(standing.isinf(), torch.nan).nanmedian(1).values
    height = torch.where(middle.isnan(), height, torch.minimum(middle, height + SUNK))
    return replace(fit.moved(-upwards(height)[:, None]), floor=height)
