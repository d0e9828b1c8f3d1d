# SPDX-License-Identifier: GPL-3.0-or-later
"""How the baselines that learn from 3D truth are trained: on motion capture, filmed anew at every step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from ...diffusion.canonical import mid_hip
from ...diffusion.denoisers import DenoiserConfig
from ...progress import Progress
from ...training.data import TrainingSet
from ...training.filming import MocapFootage, MotionWindows, uniform
from ...training.history import Losses
from ...training.loop import LoopConfig
from ...training.loop import train as run_loop
from ...training.mocap import TrainingError
from ...training.multiview_diffusion import film_input, level_and_wild_cameras
from .training_folder import run_folder, save_weights

VELOCITY_WEIGHT = 1.0  # MotionBERT's is 20: trainings as short as these then hardly leave the image's plane


@dataclass(frozen=True)
class Question:
    """A batch on the network's device: its input, see `LifterNetwork`, and what it was filmed from in canonical metres.

    pose (B, T, K, 3) keypoints about the root in the turned camera's frame; world (B, T, K, 3) the motion in the
    canonical world; tilt (B, 2) that camera's elevation and roll.
    """

    points: Tensor
    seen: Tensor
    nearness: Tensor
    present: Tensor
    pose: Tensor
    world: Tensor
    tilt: Tensor

    @property
    def input(self) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        return self.points, self.seen, self.nearness, self.present


#: (network, question) -> named losses, the one to minimise under ``loss``
QuestionLoss = Callable[[nn.Module, Question], dict[str, Tensor]]

PRESETS = {
    "tiny": (DenoiserConfig(width=64, blocks=2), LoopConfig(120, 16, warm_up=20, log_every=20, save_every=40)),
    "cpu": (DenoiserConfig(), LoopConfig(3000, learning_rate=1e-3)),
    "gpu": (
        DenoiserConfig(width=384, blocks=8, heads=6),
        LoopConfig(40_000, 256, warm_up=1000, save_every=2000),
    ),
}


def train_lifter(
    name: str, make: type[nn.Module], loss_of: QuestionLoss, data: TrainingSet, folder: Path, preset: str, seed: int,
    device: torch.device, resume: bool, progress: Progress, hear: Losses,
) -> Path:  # fmt: skip
    """Train ``make(DenoiserConfig)`` by ``loss_of`` and return its weights in ``folder``.

    The state lies in ``folder/work``, apart for every preset, seed and training set: resume goes on with the same run
    or begins. Raises TrainingError for 2D clips.
    """
    if not isinstance(data.footage, MocapFootage):
        raise TrainingError(f"the baseline {name} learns from 3D truth, which 2D clips lack: give --mocap DIR")
    windows = data.footage.windows
    with run_folder(folder, data, PRESETS, preset, seed) as work:
        config, loop = PRESETS[preset]

        def step(network: nn.Module, generator: torch.Generator) -> dict[str, Tensor]:
            return loss_of(network, draw(windows, loop.batch, generator, device))

        network = run_loop(make(config), step, loop, work, name, seed, device, resume, progress, hear)
        truth = "the 3D truth of this motion capture"
        return save_weights(folder, network, name, data, preset, seed, loop.steps, truth)


@torch.autocast("cpu", enabled=False)  # whoever asks: half precision would film to the centimetre
def draw(windows: MotionWindows, batch: int, generator: torch.Generator, device: torch.device) -> Question:
    """Motion filmed as the product's stage 4 films its own: half by level cameras, half as people hold them, with a
    detector's faults, the camera's distance known but for a tenth."""
    motion, present = windows.draw(batch, generator)
    film = film_input(motion, present, level_and_wild_cameras(motion, generator), generator)
    nearness = film.clip.nearness * (1 + uniform(-0.1, 0.1, (batch,), generator))
    pose = film.space - mid_hip(film.space)[..., None, :]
    drawn = (film.clip.points, film.seen, nearness, film.present, pose, film.world, film.tilt)
    return Question(*(x.to(device) for x in drawn))


def pose_losses(pose: Tensor, question: Question) -> dict[str, Tensor]:
    """L1 of keypoints about the root (B, T, K, 3), canonical metres, and of their velocities (MotionBERT's losses)."""
    error = pose - question.pose
    position = mean_where(question.present, error)
    velocity = mean_where(question.present[:, 1:], error.diff(dim=1))
    return {"loss": position + VELOCITY_WEIGHT * velocity, "position": position, "velocity": velocity}


def mean_where(present: Tensor, error: Tensor) -> Tensor:
    """The mean absolute ``error (B, T, ...)`` of the present frames (B, T)."""
    mask = present.to(error.dtype)
    return (error.abs().flatten(2).mean(-1) * mask).sum() / mask.sum().clamp_min(1)
