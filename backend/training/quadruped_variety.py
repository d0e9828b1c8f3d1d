# SPDX-License-Identifier: GPL-3.0-or-later
"""Quadrupeds of other proportions that move as before: variety for the motion that virtual cameras film."""

import torch
from torch import Tensor

from ..diffusion.canonical import mid_hip
from ..keypoints.anatomy import QUADRUPED

_INDEX = QUADRUPED.index


def _rows(*names: str) -> list[int]:
    return [_INDEX(name) for name in names]


_NECK, _TAIL, _NOSE = _INDEX("neck"), _INDEX("tail_root"), _INDEX("nose")
_EYES, _HIPS = _rows("left_eye", "right_eye"), _rows("left_hip", "right_hip")
_SHOULDERS = _rows("left_shoulder", "right_shoulder")
#: (upper ends, lower ends, what their length varies with)
_BONES = (
    (_SHOULDERS, _rows("left_elbow", "right_elbow"), "upper"),
    (_rows("left_elbow", "right_elbow"), _rows("left_front_paw", "right_front_paw"), "lower"),
    (_HIPS, _rows("left_knee", "right_knee"), "upper"),
    (_rows("left_knee", "right_knee"), _rows("left_back_paw", "right_back_paw"), "lower"),
)
#: Standard deviations of the factors. Front and hind legs vary together, so that the paws stay on one floor.
_SPREAD = {"trunk": 0.10, "head": 0.15, "face": 0.15, "upper": 0.07, "lower": 0.07, "hips": 0.15, "shoulders": 0.15}


def other_quadrupeds(points: Tensor, generator: torch.Generator) -> Tensor:
    """Give every clip ``points (B, T, 17, C)``, 3D or 2D, a body of other proportions, its bones pointing as before.

    Left and right vary alike. The root's height and travel follow the legs; in 2D, where the floor's place is not
    known, they do so about the middle of the clip.
    """
    batch, dimensions = points.shape[0], points.shape[-1]
    factor = {
        name: 1 + spread * torch.randn(batch, 1, 1, 1, generator=generator).clamp(-2, 2)
        for name, spread in _SPREAD.items()
    }
    root = mid_hip(points)[:, :, None]
    middle = root.mean(1, keepdim=True) if dimensions == 2 else torch.zeros_like(root[:, :1])
    new_root = middle + (root - middle) * (factor["upper"] + factor["lower"]) / 2
    out = torch.empty_like(points)
    out[:, :, _HIPS] = new_root + factor["hips"] * (points[:, :, _HIPS] - root)
    for end in ([_NECK], [_TAIL]):
        out[:, :, end] = new_root + factor["trunk"] * (points[:, :, end] - root)
    # Shoulders lie under the neck as far as the legs are long, and as far apart as the chest is wide.
    neck, shoulders = points[:, :, [_NECK]], points[:, :, _SHOULDERS]
    between = shoulders.mean(2, keepdim=True)
    out[:, :, _SHOULDERS] = (
        out[:, :, [_NECK]] + factor["upper"] * (between - neck) + factor["shoulders"] * (shoulders - between)
    )
    for upper, lower, name in _BONES:
        out[:, :, lower] = out[:, :, upper] + factor[name] * (points[:, :, lower] - points[:, :, upper])
    out[:, :, [_NOSE]] = out[:, :, [_NECK]] + factor["head"] * (points[:, :, [_NOSE]] - neck)
    out[:, :, _EYES] = out[:, :, [_NOSE]] + factor["face"] * (points[:, :, _EYES] - points[:, :, [_NOSE]])
    return out
