# SPDX-License-Identifier: GPL-3.0-or-later
"""The MotionBERT row (Zhu et al., ICCV 2023): a lifter that learns from 3D truth.

Keypoints about the root come from the network, in the camera's frame. MotionBERT says nothing of the root's path nor of
gravity: the path follows from where and how large the body appears, see `image_root`; the camera is taken as level.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

from ...diffusion.canonical import CanonicalClip
from ...diffusion.checkpoint import load_network
from ...diffusion.denoisers import DenoiserConfig
from ...lifting.input_view import InputView
from ...lifting.lift import Fitted
from ...lifting.models import LiftModels
from ...lifting.space import SpacePoints
from ...progress import Progress
from ...training.data import TrainingSet
from ...training.history import Losses
from .image_root import image_root
from .lifter_network import LifterNetwork, in_source, lift_windows, mean_of_mirrored
from .lifter_training import Question, pose_losses, train_lifter
from .plain_fit import LEVEL_UP, fitted_by

NAME = "supervised"


def lifter(models: LiftModels, weights: Path | None, form: str | None, seed: int, progress: Progress) -> Fitted:
    """The baseline as `lift_by` takes it; nothing in it is random. Raises CheckpointError for other weights."""
    network = load_network(weights, LifterNetwork, DenoiserConfig)[0].to(models.device)

    def lift(view: InputView, limbs: float) -> SpacePoints:
        return lift_points(view, network, limbs, models.device, progress)

    return fitted_by(lift, models, progress)


def lift_points(
    view: InputView, network: Callable[..., Tensor], limbs: float, device: torch.device, progress: Progress
) -> SpacePoints:
    """The points of a clip in the source camera's frame, limb sums as ``limbs`` metres."""

    def read(pose: Tensor, clip: CanonicalClip) -> tuple[Tensor]:
        return (in_source(mean_of_mirrored(pose), clip, limbs)[0],)

    (pose,) = lift_windows(view, network, device, progress, read)
    root = image_root(pose, view.rays, view.weight)
    return SpacePoints(pose + root[:, None], pose.new_tensor(LEVEL_UP))


def train(
    data: TrainingSet, folder: Path, preset: str, seed: int, device: torch.device, resume: bool, progress: Progress,
    hear: Losses,
) -> Path:  # fmt: skip
    """Train the lifter on motion capture and return its weights. Raises TrainingError for 2D clips."""
    return train_lifter(NAME, LifterNetwork, lifter_loss, data, folder, preset, seed, device, resume, progress, hear)


def lifter_loss(network: nn.Module, question: Question) -> dict[str, Tensor]:
    """MotionBERT's losses of a step: keypoints and their velocities."""
    return pose_losses(network(*question.input), question)
