# SPDX-License-Identifier: GPL-3.0-or-later
"""The prior over quadruped poses: a normal distribution over the turns of SMAL's joints, and how far each may turn.

What VPoser is to people, learnt from poses that movements were fitted with or made of. There are far fewer of those for
animals than for people, so it is of the simplest kind (SMAL's own pose prior is, too; Zuffi et al. 2017, section 5):
every pose is the mean plus ``spread`` times a latent whose prior is the unit normal, so that joints move together as
they did in the poses learnt from. Poses and their mirror images are as likely.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor

from .. import __version__
from ..diffusion.checkpoint import CheckpointError, load_tensors, save_tensors
from ..geometry.rotations import axis_angle_to_matrix, matrix_to_axis_angle
from .smal_skeleton import JOINT_COUNT, MIRROR

KIND, FORMAT_VERSION = "quadruped_pose_prior", 1
JOINTS = JOINT_COUNT - 1
LATENT = 3 * JOINTS
#: Radians of turn about every axis that a pose may differ by though no pose learnt from did.
FREEDOM = 0.06
#: The share of poses beyond a limit on either side, and the radians that a limit is widened by.
BEYOND, MARGIN = 0.002, 0.1


@dataclass(frozen=True)
class QuadrupedPrior:
    """mean (102,); spread (102, 102); lower and upper (102,): axis-angle of SMAL's joints 1 to 34, radians."""

    mean: Tensor
    spread: Tensor
    lower: Tensor
    upper: Tensor
    card: dict
    latent_size: int = LATENT

    def decode(self, latent: Tensor) -> tuple[Tensor, Tensor]:
        """Latents (..., 102) to local rotations (..., 34, 3, 3) of joints 1 to 34, and their axis-angle (..., 102)."""
        turns = self.mean + latent @ self.spread.T
        return axis_angle_to_matrix(turns.unflatten(-1, (JOINTS, 3))), turns

    def encode(self, rotations: Tensor) -> Tensor:
        """Local rotations (..., 34, 3, 3) to latents (..., 102)."""
        turns = matrix_to_axis_angle(rotations).flatten(-2) - self.mean
        return torch.linalg.solve(self.spread, turns.unsqueeze(-1)).squeeze(-1)

    def beyond_limits(self, turns: Tensor) -> Tensor:
        """How far turns (..., 102) lie beyond the limits, radians, 0 within."""
        return torch.relu(self.lower - turns) + torch.relu(turns - self.upper)

    def to(self, device: torch.device | str) -> "QuadrupedPrior":
        """The same prior on another device."""
        return replace(self, **{name: getattr(self, name).to(device) for name in ("mean", "spread", "lower", "upper")})


def learn_quadruped_prior(rotations: Tensor, card: dict) -> QuadrupedPrior:
    """The prior of local rotations (N, 34, 3, 3) of joints 1 to 34 and their mirror images."""
    if rotations.ndim != 4 or rotations.shape[1:] != (JOINTS, 3, 3) or len(rotations) < 2:
        raise ValueError(f"expected rotations (N, {JOINTS}, 3, 3) of at least 2 poses, got {tuple(rotations.shape)}")
    turns = matrix_to_axis_angle(torch.cat([rotations, mirrored_pose(rotations)])).flatten(1).double()
    mean = turns.mean(0)
    covariance = torch.cov(turns.T) + FREEDOM**2 * torch.eye(LATENT, dtype=torch.float64)
    lower, upper = torch.stack([_quantiles(column) for column in turns.T], 1)
    spread = torch.linalg.cholesky(covariance)
    return QuadrupedPrior(mean.float(), spread.float(), (lower - MARGIN).float(), (upper + MARGIN).float(), card)


def _quantiles(values: Tensor) -> Tensor:
    """The two limits of values (N,), (2,)."""
    return torch.quantile(values, values.new_tensor([BEYOND, 1 - BEYOND]))


def mirrored_pose(rotations: Tensor) -> Tensor:
    """The left-right mirror image of local rotations (..., 34, 3, 3) of joints 1 to 34, or (..., 35, 3, 3) of all."""
    order = list(MIRROR) if rotations.shape[-3] == JOINT_COUNT else [joint - 1 for joint in MIRROR[1:]]
    flip = torch.tensor([1.0, -1.0, 1.0], device=rotations.device, dtype=rotations.dtype)
    return rotations[..., order, :, :] * flip[:, None] * flip


def save_quadruped_prior(prior: QuadrupedPrior, path: str | Path) -> None:
    """Write the prior and its card as safetensors, atomically."""
    tensors = {name: getattr(prior, name).contiguous() for name in ("mean", "spread", "lower", "upper")}
    facts = {"kind": KIND, "format_version": FORMAT_VERSION, "version": __version__}
    save_tensors(Path(path), tensors, {**facts, **prior.card})


def load_quadruped_prior(path: str | Path) -> QuadrupedPrior:
    """A prior that was saved. Raises CheckpointError, in one line, for anything else."""
    path = Path(path)
    if path.is_dir():
        raise CheckpointError(f"{path}: expected a quadruped's pose prior (.safetensors), found a folder")
    tensors, card = load_tensors(path)
    if card.get("kind") != KIND or card.get("format_version") != FORMAT_VERSION:
        raise CheckpointError(f"{path}: no quadruped's pose prior of version {FORMAT_VERSION}: train a model again")
    shapes = {"mean": (LATENT,), "spread": (LATENT, LATENT), "lower": (LATENT,), "upper": (LATENT,)}
    for name, shape in shapes.items():
        if name not in tensors or tuple(tensors[name].shape) != shape or not tensors[name].isfinite().all():
            raise CheckpointError(f"{path}: expected finite {name} {shape} of a quadruped's pose prior")
    return QuadrupedPrior(*(tensors[name].float() for name in shapes), card)
