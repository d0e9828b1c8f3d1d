# SPDX-License-Identifier: GPL-3.0-or-later
"""The WHAM row (Shin et al., CVPR 2024): a lifter with a root trajectory in the world, both learnt from 3D truth.

Beside the keypoints about the root the network predicts the root's velocity as the person feels it (`egocentric`) and
which way is up. The trajectory is the velocity summed over time: the image says nothing of it but through the network,
and errors add up. WHAM's decoder follows the root's orientation through the camera's own turning; this camera stands
still, so the orientation is the predicted body's in every frame, which is kinder than summing predicted turns. WHAM's
second network, which corrects the path by the feet in contact, is here a rule: standing feet stay where they are.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from ...diffusion.canonical import CanonicalClip, input_camera, mid_hip
from ...diffusion.checkpoint import load_network
from ...diffusion.denoisers import DenoiserConfig
from ...lifting.input_view import InputView
from ...lifting.lift import Fitted
from ...lifting.models import LiftModels
from ...lifting.space import SpacePoints, upright
from ...progress import Progress
from ...training.data import TrainingSet
from ...training.history import Losses
from ...training.multiview_diffusion import TILT_WEIGHT
from .egocentric import encode, heading, integrate, with_standing_feet
from .image_root import image_root
from .lifter_network import LifterNetwork, in_source, lift_windows, mean_of_mirrored
from .lifter_training import Question, mean_where, pose_losses, train_lifter
from .plain_fit import fitted_by

NAME = "world"
MOTION_WEIGHT = 0.2  # of metres a second
PATH_WEIGHT = 0.2  # of metres from the first frame's place


class WorldNetwork(LifterNetwork):
    """A lifter that also returns velocity (B, T, 3) in canonical metres a second, as `egocentric.encode` has it, and
    tilt (B, 2): elevation and roll of the turned input camera in radians."""

    motion_features = 3

    def __init__(self, config: DenoiserConfig):
        super().__init__(config)
        self.tilt = nn.Sequential(nn.LayerNorm(config.width), nn.Linear(config.width, 2))

    def forward(self, points: Tensor, seen: Tensor, nearness: Tensor, present: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        pose, motion, tokens, keep = self.answer(points, seen, nearness, present)
        weight = keep[..., None].to(tokens.dtype)
        pooled = (tokens * weight).sum(1) / weight.sum(1).clamp_min(1)
        return pose, motion, self.tilt(pooled).float()


def lifter(models: LiftModels, weights: Path | None, form: str | None, seed: int, progress: Progress) -> Fitted:
    """The baseline as `lift_by` takes it; nothing in it is random. Raises CheckpointError for other weights."""
    network = load_network(weights, WorldNetwork, DenoiserConfig)[0].to(models.device)

    def lift(view: InputView, limbs: float) -> SpacePoints:
        return lift_points(view, network, limbs, models.device, progress)

    return fitted_by(lift, models, progress)


def lift_points(
    view: InputView, network: Callable[..., tuple[Tensor, ...]], limbs: float, device: torch.device, progress: Progress
) -> SpacePoints:
    """The points of a clip in the source camera's frame, limb sums as ``limbs`` metres.

    The image places the first frame (a world has to begin somewhere); from there on the path is the network's.
    """

    def read(answer: tuple[Tensor, ...], clip: CanonicalClip) -> tuple[Tensor, ...]:
        pose, scale = in_source(mean_of_mirrored(answer[0]), clip, limbs)
        velocity = _unmirrored(answer[1], [1.0, -1, 1]) * scale[:, None, None]
        elevation, roll = _unmirrored(answer[2], [1.0, -1]).unbind(-1)
        up = input_camera(clip, elevation, roll).rotation[:, :, 2:].transpose(1, 2) @ clip.rotation
        return pose, velocity, up.expand(-1, pose.shape[1], -1)

    pose, velocity, up = lift_windows(view, network, device, progress, read)
    up = normalize(up.mean(0), dim=-1)
    to_world = upright(up)
    upright_pose = pose @ to_world.T
    path = with_standing_feet(integrate(velocity, heading(upright_pose)), upright_pose)
    start = image_root(pose, view.rays, view.weight)[0]
    return SpacePoints(pose + (start + path @ to_world)[:, None], up)


def _unmirrored(answer: Tensor, signs: list[float]) -> Tensor:
    """The mean of an answer (B, ..., N) and the mirrored one, given as (2B, ..., N), whose numbers have these signs."""
    plain, flipped = answer.chunk(2)
    return (plain + flipped * flipped.new_tensor(signs)) / 2


def train(
    data: TrainingSet, folder: Path, preset: str, seed: int, device: torch.device, resume: bool, progress: Progress,
    hear: Losses,
) -> Path:  # fmt: skip
    """Train the lifter on motion capture and return its weights. Raises TrainingError for 2D clips."""
    return train_lifter(NAME, WorldNetwork, world_loss, data, folder, preset, seed, device, resume, progress, hear)


def world_loss(network: nn.Module, question: Question) -> dict[str, Tensor]:
    """The lifter's losses, and L1 of the velocity, of the path it gives (WHAM's trajectory losses) and of the tilt."""
    pose, velocity, tilt = network(*question.input)
    losses = pose_losses(pose, question)
    path, azimuth = mid_hip(question.world), heading(question.world)
    later = question.present[:, 1:]
    motion = mean_where(later, (velocity - encode(path, azimuth))[:, 1:])
    walked = mean_where(later, (integrate(velocity, azimuth) - path + path[:, :1])[:, 1:])
    tilt_error = (tilt - question.tilt).abs().mean()
    loss = losses["loss"] + MOTION_WEIGHT * motion + PATH_WEIGHT * walked + TILT_WEIGHT * tilt_error
    return {**losses, "loss": loss, "motion": motion, "path": walked, "tilt": tilt_error}
