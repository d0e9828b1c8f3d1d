# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape of a body from noisy keypoints: robust bone lengths, and the betas that give them."""

import torch
from torch import Tensor

from ..keypoints.layouts import LAYOUTS
from .fit_skeleton import FITTED, FitSkeleton

_NAMES = LAYOUTS["openpose18"].names
#: Pairs of keypoints whose distance no movement changes (the trunk's little), how far a measured one may be trusted
#: in metres, and the mirror pair that is measured together with it.
_PAIRS = (
    (("right_shoulder", "right_elbow"), ("left_shoulder", "left_elbow"), 0.01),
    (("right_elbow", "right_wrist"), ("left_elbow", "left_wrist"), 0.01),
    (("right_hip", "right_knee"), ("left_hip", "left_knee"), 0.01),
    (("right_knee", "right_ankle"), ("left_knee", "left_ankle"), 0.01),
    (("right_shoulder", "left_shoulder"), ("left_shoulder", "right_shoulder"), 0.02),
    (("right_hip", "left_hip"), ("left_hip", "right_hip"), 0.02),
    (("right_shoulder", "right_hip"), ("left_shoulder", "left_hip"), 0.03),
    (("neck", "nose"), ("neck", "nose"), 0.05),
)
_FIRST = torch.tensor([[_NAMES.index(pair[0]) for pair in both[:2]] for both in _PAIRS])
_SECOND = torch.tensor([[_NAMES.index(pair[1]) for pair in both[:2]] for both in _PAIRS])
_TRUST = torch.tensor([both[2] for both in _PAIRS])


def bone_lengths(keypoints: Tensor, weights: Tensor) -> Tensor:
    """Median lengths (N, 8) in metres, left and right together, of keypoints (N, T, 18, 3) with weights (N, T, 18).

    NaN where a bone was never seen. Smooth the keypoints first: noise across a bone makes it longer.
    """
    return _measured(keypoints, weights).transpose(1, 2).flatten(2).nanmedian(-1).values


def keypoint_error(keypoints: Tensor, weights: Tensor) -> Tensor:
    """The expected error (N,) in metres along one axis of keypoints (N, T, 18, 3), from limbs that change length.

    Both ends of a bone err along it, so its length varies by the square root of two as much as one of them.
    """
    limbs = _measured(keypoints, weights)[:, :, :4].flatten(2)
    middle = limbs.nanmedian(1, keepdim=True).values
    return 1.4826 * (limbs - middle).abs().flatten(1).nanmedian(-1).values.nan_to_num() / 2**0.5


def _measured(keypoints: Tensor, weights: Tensor) -> Tensor:
    """Lengths (N, T, 8, 2) of the pairs and their mirror images, NaN where an end is missing."""
    first, second = _FIRST.to(keypoints.device), _SECOND.to(keypoints.device)
    lengths = (keypoints[..., first, :] - keypoints[..., second, :]).norm(dim=-1)
    seen = (weights[..., first] > 0) & (weights[..., second] > 0)
    return lengths.masked_fill(~seen, torch.nan)


def fit_shape(
    lengths: Tensor, skeleton: FitSkeleton, height: float | None = None, spread: float = 1.0, iterations: int = 4
) -> Tensor:
    """Betas (N, B) whose rest pose has the bone lengths (N, 8), as near to zero as they allow.

    height: the standing height in metres that the betas must give. Gauss-Newton with betas ~ N(0, spread).
    """
    size = len(skeleton.stature_shapes)
    device = lengths.device
    kind = torch.float32 if device.type == "mps" else torch.float64  # Apple's GPUs know no double precision
    known = ~lengths.isnan()
    precision = (known / _TRUST.to(device)).to(kind)
    target = lengths.nan_to_num().to(kind)
    betas = torch.zeros(len(lengths), size, dtype=kind, device=device)
    for _ in range(iterations):
        value, jacobian = _rest_lengths(betas, skeleton)
        rows = [jacobian * precision[..., None], torch.eye(size, device=device).expand(len(betas), -1, -1) / spread]
        errors = [(target - value) * precision, -betas / spread]
        if height is not None:
            stature = skeleton.stature_shapes.to(kind)
            rows.append((stature / 1e-3).expand(len(betas), 1, size))
            errors.append(((height - skeleton.stature - betas @ stature) / 1e-3)[:, None])
        matrix, error = torch.cat([row.to(kind) for row in rows], 1), torch.cat(errors, 1)
        normal = matrix.transpose(1, 2) @ matrix
        betas = betas + torch.linalg.solve(normal, (matrix.transpose(1, 2) @ error[..., None]))[..., 0]
    return betas.float()


def keep_height(betas: Tensor, skeleton: FitSkeleton, height: float) -> Tensor:
    """The nearest betas (N, B) which give the standing height in metres."""
    stature = skeleton.stature_shapes
    missing = height - skeleton.stature - betas @ stature
    return betas + missing[:, None] * stature / stature.square().sum()


def _rest_lengths(betas: Tensor, skeleton: FitSkeleton) -> tuple[Tensor, Tensor]:
    """The rest pose's lengths (N, 8) and their derivatives (N, 8, B)."""
    # The rest pose is linear in the betas: so is a pair's difference, and its length's derivative in closed form.
    still = torch.eye(3, device=betas.device, dtype=betas.dtype).expand(FITTED, 3, 3)
    nowhere = torch.zeros(3, device=betas.device, dtype=betas.dtype)
    basis = torch.cat([torch.zeros_like(betas[:1]), torch.eye(betas.shape[-1], device=betas.device).to(betas)])
    points = skeleton.pose(still, skeleton.rest(basis), nowhere)[1]
    pairs = points[:, _FIRST.to(points.device)] - points[:, _SECOND.to(points.device)]  # (1 + B, 8, 2, 3)
    slopes = pairs[1:] - pairs[:1]
    now = pairs[0] + torch.einsum("nb,bpsc->npsc", betas, slopes)
    length = now.norm(dim=-1)
    jacobian = torch.einsum("npsc,bpsc->npsb", now / length[..., None], slopes)
    return length.mean(-1), jacobian.mean(-2)
