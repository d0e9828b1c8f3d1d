# SPDX-License-Identifier: GPL-3.0-or-later
"""People of other proportions, and with the arms of others: variety for the motion that virtual cameras film."""

import torch
from torch import Tensor
from torch.nn.functional import normalize

from ..diffusion.canonical import mid_hip
from ..keypoints.layouts import LAYOUTS

_LAYOUT = LAYOUTS["openpose18"]


def _index(*names: str) -> list[int]:
    return [_LAYOUT.names.index(name) for name in names]


_NECK, _NOSE = _index("neck", "nose")
_FACE = _index("right_eye", "left_eye", "right_ear", "left_ear")
_SHOULDERS, _HIPS = _index("right_shoulder", "left_shoulder"), _index("right_hip", "left_hip")
_CHAINS = [
    (_index("right_shoulder", "left_shoulder"), _index("right_elbow", "left_elbow"), "upper_arm"),
    (_index("right_elbow", "left_elbow"), _index("right_wrist", "left_wrist"), "forearm"),
    (_index("right_hip", "left_hip"), _index("right_knee", "left_knee"), "thigh"),
    (_index("right_knee", "left_knee"), _index("right_ankle", "left_ankle"), "shin"),
]
_SPREAD = {"trunk": 0.05, "head": 0.08, "upper_arm": 0.06, "forearm": 0.06, "thigh": 0.04, "shin": 0.04, "hips": 0.1}
SHOULDER_WIDTH = (0.29, 0.40)


def other_bodies(keypoints: Tensor, generator: torch.Generator) -> Tensor:
    """Give every clip ``keypoints (B, T, 18, 3)`` a body of other proportions, its bones pointing as before.

    Bone lengths vary by a few per cent, left and right alike; for half of the clips the shoulders get a width that
    adults have (generic capture skeletons are far too narrow). The root's height and travel follow the legs.
    """
    factor = _factors(len(keypoints), generator)
    factor["shoulders"] = _shoulder_factor(keypoints, generator)
    root = mid_hip(keypoints)[:, :, None]
    return _proportioned(keypoints, root * _leg_factor(factor), factor)


def other_outlines(points: Tensor, generator: torch.Generator) -> Tensor:
    """The same for 2D clips ``points (B, T, 18, 2)``, which say nothing of the depth.

    The image of a bone grows as the bone does where the camera is far; shoulders vary by a few per cent, since their
    width cannot be seen from one side.
    """
    factor = _factors(len(points), generator)
    factor["shoulders"] = _about_one(len(points), 0.06, generator)
    root = mid_hip(points)[:, :, None]
    middle = root.mean(1, keepdim=True)
    return _proportioned(points, middle + (root - middle) * _leg_factor(factor), factor)


def _about_one(batch: int, spread: float, generator: torch.Generator) -> Tensor:
    return 1 + spread * torch.randn(batch, 1, 1, 1, generator=generator).clamp(-2, 2)


def _factors(batch: int, generator: torch.Generator) -> dict[str, Tensor]:
    return {name: _about_one(batch, spread, generator) for name, spread in _SPREAD.items()}


def _leg_factor(factor: dict[str, Tensor]) -> Tensor:
    return (factor["thigh"] + factor["shin"]) / 2


def _proportioned(keypoints: Tensor, new_root: Tensor, factor: dict[str, Tensor]) -> Tensor:
    """Bones scaled by ``factor (B, 1, 1, 1)`` from the hips outwards, about a new root (B, T, 1, C)."""
    root = mid_hip(keypoints)[:, :, None]
    out = torch.empty_like(keypoints)
    out[:, :, _HIPS] = new_root + factor["hips"] * (keypoints[:, :, _HIPS] - root)
    out[:, :, [_NECK]] = new_root + factor["trunk"] * (keypoints[:, :, [_NECK]] - root)
    half = keypoints[:, :, _SHOULDERS] - keypoints[:, :, [_NECK]]
    out[:, :, _SHOULDERS] = out[:, :, [_NECK]] + factor["shoulders"] * half
    for parents, children, name in _CHAINS:
        out[:, :, children] = out[:, :, parents] + factor[name] * (keypoints[:, :, children] - keypoints[:, :, parents])
    out[:, :, _NOSE] = out[:, :, _NECK] + factor["head"][..., 0] * (keypoints[:, :, _NOSE] - keypoints[:, :, _NECK])
    out[:, :, _FACE] = out[:, :, [_NOSE]] + factor["head"] * (keypoints[:, :, _FACE] - keypoints[:, :, [_NOSE]])
    return out


def other_arms(keypoints: Tensor, share: float, generator: torch.Generator) -> Tensor:
    """Give a ``share`` of the clips ``keypoints (B, T, 18, 3)`` the arms of another clip of the batch.

    Arms are carried over as they point in the frame of the trunk, with their new owner's lengths: what arms do and what
    the rest of a body does is recombined, which no small set of clips shows in all its combinations.
    """
    batch = len(keypoints)
    donor = keypoints[torch.randperm(batch, generator=generator)]
    turn = _trunk_frames(keypoints) @ _trunk_frames(donor).transpose(-1, -2)
    out = keypoints.clone()
    for parents, children, _ in _CHAINS[:2]:
        own = (keypoints[:, :, children] - keypoints[:, :, parents]).norm(dim=-1, keepdim=True)
        bones = (donor[:, :, children] - donor[:, :, parents]) @ turn.transpose(-1, -2)
        out[:, :, children] = out[:, :, parents] + own * normalize(bones, dim=-1)
    chosen = torch.rand(batch, 1, 1, 1, generator=generator) < share
    return torch.where(chosen, out, keypoints)


def _trunk_frames(keypoints: Tensor) -> Tensor:
    """Rotations (B, T, 3, 3) whose columns are the trunk's left, front and up."""
    up = normalize(keypoints[:, :, _NECK] - mid_hip(keypoints), dim=-1)
    left = keypoints[:, :, _SHOULDERS[1]] - keypoints[:, :, _SHOULDERS[0]]
    left = normalize(left - (left * up).sum(-1, keepdim=True) * up, dim=-1)
    return torch.stack([left, torch.linalg.cross(up, left), up], -1)


def _shoulder_factor(keypoints: Tensor, generator: torch.Generator) -> Tensor:
    batch = len(keypoints)
    half = keypoints[:, :, _SHOULDERS] - keypoints[:, :, [_NECK]]
    width = 2 * half.norm(dim=-1).mean((1, 2)).view(batch, 1, 1, 1)
    low, high = SHOULDER_WIDTH
    wanted = low + (high - low) * torch.rand(batch, 1, 1, 1, generator=generator)
    varied = _about_one(batch, 0.06, generator)
    adult = torch.rand(batch, 1, 1, 1, generator=generator) < 0.5
    return torch.where(adult, wanted / width.clamp_min(0.05), varied)
