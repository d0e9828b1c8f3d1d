# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape of a body from noisy keypoints: robust bone lengths, and the betas that give them."""

from dataclasses import dataclass

import torch
from torch import Tensor

from ..keypoints.anatomy import HUMAN, HUMAN_BOX, QUADRUPED, Anatomy
from .fit_skeleton import FitSkeleton


@dataclass(frozen=True)
class Pairs:
    """P pairs of keypoints whose distance no movement changes (the trunk's little), and their mirror images.

    first, second (P, 2): indices, of the pair and of the mirrored one, which are measured together; trust (P,): how far
    a measured length may be trusted, metres; the first ``rigid`` pairs are the ends of one bone.
    """

    first: Tensor
    second: Tensor
    trust: Tensor
    rigid: int


def _pairs(anatomy: Anatomy, rigid: int, *rows: tuple[str, str, float]) -> Pairs:
    """From (point, point, trust); a side's name stands for both sides."""

    def both(name: str) -> tuple[int, int]:
        index = anatomy.index(name)
        return index, anatomy.mirror[index]

    first, second = (torch.tensor([both(row[end]) for row in rows]) for end in (0, 1))
    return Pairs(first, second, torch.tensor([row[2] for row in rows]), rigid)


_PAIRS = {
    len(HUMAN): _pairs(
        HUMAN, 4,
        ("right_shoulder", "right_elbow", 0.01), ("right_elbow", "right_wrist", 0.01),
        ("right_hip", "right_knee", 0.01), ("right_knee", "right_ankle", 0.01),
        ("right_shoulder", "left_shoulder", 0.02), ("right_hip", "left_hip", 0.02),
        ("right_shoulder", "right_hip", 0.03), ("neck", "nose", 0.05),
    ),
    # Between elbow and paw there is a carpus that bends, between stifle and paw a hock.
    len(QUADRUPED): _pairs(
        QUADRUPED, 2,
        ("right_shoulder", "right_elbow", 0.02), ("right_hip", "right_knee", 0.02),
        ("right_elbow", "right_front_paw", 0.04), ("right_knee", "right_back_paw", 0.06),
        ("right_shoulder", "left_shoulder", 0.04), ("right_hip", "left_hip", 0.04), ("neck", "tail_root", 0.06),
        ("right_hip", "tail_root", 0.04), ("right_shoulder", "neck", 0.06), ("neck", "nose", 0.10),
        ("nose", "right_eye", 0.05), ("right_eye", "left_eye", 0.03),
    ),
}  # fmt: skip
_PAIRS[len(HUMAN_BOX)] = _PAIRS[len(HUMAN)]  # the person's points come first


def bone_lengths(keypoints: Tensor, weights: Tensor) -> Tensor:
    """Median lengths (N, P) in metres, left and right together, of keypoints (N, T, K, 3) with weights (N, T, K).

    NaN where a bone was never seen. Smooth the keypoints first: noise across a bone makes it longer.
    """
    return _measured(keypoints, weights).transpose(1, 2).flatten(2).nanmedian(-1).values


def keypoint_error(keypoints: Tensor, weights: Tensor) -> Tensor:
    """The expected error (N,) in metres along one axis of keypoints (N, T, K, 3), from limbs that change length.

    Both ends of a bone err along it, so its length varies by the square root of two as much as one of them.
    """
    rigid = _PAIRS[keypoints.shape[-2]].rigid
    limbs = _measured(keypoints, weights)[:, :, :rigid].flatten(2)
    middle = limbs.nanmedian(1, keepdim=True).values
    return 1.4826 * (limbs - middle).abs().flatten(1).nanmedian(-1).values.nan_to_num() / 2**0.5


#: Pairs that hold their length whatever an animal does: upper arms, thighs, and the trunk.
_STIFF = [0, 1, 6]


def stiff_lengths(keypoints: Tensor) -> Tensor:
    """Lengths (N, T, 3) in metres of a quadruped's stiff parts, of keypoints (N, T, 17, 3); left and right averaged."""
    return _measured(keypoints, torch.ones_like(keypoints[..., 0]))[:, :, _STIFF].mean(-1)


def _measured(keypoints: Tensor, weights: Tensor) -> Tensor:
    """Lengths (N, T, P, 2) of the pairs and their mirror images, NaN where an end is missing."""
    pairs = _PAIRS[keypoints.shape[-2]]
    first, second = pairs.first.to(keypoints.device), pairs.second.to(keypoints.device)
    lengths = (keypoints[..., first, :] - keypoints[..., second, :]).norm(dim=-1)
    seen = (weights[..., first] > 0) & (weights[..., second] > 0)
    return lengths.masked_fill(~seen, torch.nan)


def fit_shape(
    lengths: Tensor, skeleton: FitSkeleton, height: float | None = None, spread: float = 1.0, iterations: int = 4
) -> Tensor:
    """Betas (N, B) whose rest pose has the bone lengths (N, P), as near to zero as they allow.

    height: the standing height in metres that the betas must give. Gauss-Newton with betas ~ N(0, spread).
    """
    size = len(skeleton.stature_shapes)
    device = lengths.device
    kind = torch.float32 if device.type == "mps" else torch.float64  # Apple's GPUs know no double precision
    known = ~lengths.isnan()
    precision = (known / _PAIRS[len(skeleton.rig.keypoints)].trust.to(device)).to(kind)
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
    """The rest pose's lengths (N, P) and their derivatives (N, P, B)."""
    # The rest pose is linear in the betas: so is a pair's difference, and its length's derivative in closed form.
    still = torch.eye(3, device=betas.device, dtype=betas.dtype).expand(skeleton.rig.fitted, 3, 3)
    nowhere = torch.zeros(3, device=betas.device, dtype=betas.dtype)
    basis = torch.cat([torch.zeros_like(betas[:1]), torch.eye(betas.shape[-1], device=betas.device).to(betas)])
    points = skeleton.pose(still, skeleton.rest(basis), nowhere)[1]
    pairs = _PAIRS[points.shape[-2]]
    bones = points[:, pairs.first.to(points.device)] - points[:, pairs.second.to(points.device)]  # (1 + B, P, 2, 3)
    slopes = bones[1:] - bones[:1]
    now = bones[0] + torch.einsum("nb,bpsc->npsc", betas, slopes)
    length = now.norm(dim=-1)
    jacobian = torch.einsum("npsc,bpsc->npsb", now / length[..., None], slopes)
    return length.mean(-1), jacobian.mean(-2)
