# SPDX-License-Identifier: GPL-3.0-or-later
"""A root's path as somebody who walks it feels it: velocity ahead, aside and up (WHAM's trajectory decoder)."""

from __future__ import annotations

import torch
from torch import Tensor

from ...diffusion.canonical import MODEL_FPS
from ...keypoints.layouts import LAYOUTS
from ...lifting.contacts import foot_contacts

_NAMES = LAYOUTS["openpose18"].names
_LEFT, _RIGHT = ([_NAMES.index(f"{side}_{part}") for part in ("hip", "shoulder")] for side in ("left", "right"))
_ANKLES = [_NAMES.index("left_ankle"), _NAMES.index("right_ankle")]


def heading(points: Tensor) -> Tensor:
    """Azimuth (...) in radians of the way that a body ``points (..., 18, 3)``, Z up, faces: across hips and shoulders;
    0 along +X, growing anticlockwise seen from above."""
    across = (points[..., _LEFT, :2] - points[..., _RIGHT, :2]).sum(-2)
    return torch.atan2(-across[..., 0], across[..., 1])


def encode(path: Tensor, azimuth: Tensor) -> Tensor:
    """A path (..., T, 3), Z up, walked by somebody who faces azimuth (..., T), as velocity (..., T, 3) in metres a
    second ahead, to the left and up.

    A frame's entry leads from the frame before to it, and is measured along where it faces; the first frame's is 0.
    """
    step = torch.cat([torch.zeros_like(path[..., :1, :]), path.diff(dim=-2)], -2)
    return turned(step, -azimuth) * MODEL_FPS


def integrate(velocity: Tensor, azimuth: Tensor) -> Tensor:
    """The path (..., T, 3) from the origin that `encode` encodes so. The first frame's entry is not used."""
    later = torch.arange(azimuth.shape[-1], device=azimuth.device) > 0
    return (turned(velocity, azimuth) * later[:, None]).cumsum(-2) / MODEL_FPS


def with_standing_feet(path: Tensor, pose: Tensor) -> Tensor:
    """The path (T, 3) from its first place on, with feet that stand: where `foot_contacts` finds one on the floor, the
    root moves as it must for that foot to stay. pose (T, 18, 3): keypoints about the root, Z up, metres.

    This stands for WHAM's trajectory refiner, which is given the velocities of the feet it takes to be in contact.
    """
    ankles = pose[..., _ANKLES, :]
    contact = foot_contacts(ankles + path[..., None, :], MODEL_FPS)
    contact = torch.minimum(contact[..., 1:, :], contact[..., :-1, :])
    surest = contact.amax(-1, keepdim=True)
    share = contact / contact.sum(-1, keepdim=True).clamp_min(1e-6)
    stride = -(ankles.diff(dim=-3) * share[..., None]).sum(-2)
    step = torch.lerp(path.diff(dim=-2), stride, surest)
    return torch.cat([path[..., :1, :], path[..., :1, :] + step.cumsum(-2)], -2)


def turned(vectors: Tensor, angle: Tensor) -> Tensor:
    """``vectors (..., 3)`` turned about Z by ``angle (...)`` radians."""
    cos, sin = angle.cos(), angle.sin()
    x, y, z = vectors.unbind(-1)
    return torch.stack([cos * x - sin * y, sin * x + cos * y, z], -1)
