# SPDX-License-Identifier: GPL-3.0-or-later
"""MAS (Kapon et al., CVPR 2024): an unconditional 2D motion diffusion model, sampled in many views that agree.

The model learns from 2D alone, as MAS's does: 100 noise levels on a cos^4 schedule, standardised keypoints, the clean
sample by mean squares. Its network is built of the blocks of the product's own denoisers, so that methods differ by
what they do and not by what they learn with. How views come to agree, and with a given one, is `mas_sampling`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn

from ...diffusion.blocks import ConditionEmbedding, FramePatches, TemporalBlock
from ...diffusion.checkpoint import load_network
from ...diffusion.denoisers import DenoiserConfig
from ...diffusion.schedule import Schedule, cosine_schedule
from ...lifting.input_view import InputView
from ...lifting.lift import Fitted
from ...lifting.models import LiftModels
from ...lifting.space import SpacePoints
from ...progress import Progress
from ...subjects import get_subject
from ...training.data import TrainingSet
from ...training.history import Losses
from ...training.loop import LoopConfig
from ...training.loop import train as run_loop
from .mas_sampling import lift_points
from .plain_fit import fitted_by
from .training_folder import run_folder, save_weights

NAME = "mas"
LEVELS = 100
STATISTICS_WINDOWS = 512  # that the keypoints' means and spreads are taken from

#: A `MotionDenoiser`'s forward, in half precision as the loop asks it.
Denoise = Callable[[Tensor, Tensor, Tensor], Tensor]

PRESETS = {
    "tiny": (DenoiserConfig(width=64, blocks=2), LoopConfig(120, 16, warm_up=20, log_every=20, save_every=40)),
    "cpu": (DenoiserConfig(width=192, blocks=5), LoopConfig(3000, 32, learning_rate=1e-3, average=0.998)),
    "gpu": (
        DenoiserConfig(width=512, blocks=8, heads=8),
        LoopConfig(60_000, 128, learning_rate=3e-4, warm_up=1000, save_every=2000),
    ),
}


class MotionDenoiser(nn.Module):
    """``forward(noisy (B,T,K,2), level (B,), present (B,T)) -> clean (B,T,K,2)``, both standardised.

    ``mean`` and ``spread`` (K, 2) in canonical image units belong to the keypoints that it was trained on.
    """

    def __init__(self, config: DenoiserConfig):
        super().__init__()
        self.config = config
        features = 2 * config.keypoints
        self.patches = FramePatches(config.patch, features, features, config.width)
        self.condition = ConditionEmbedding(config.width)
        self.blocks = nn.ModuleList(TemporalBlock(config.width, config.heads) for _ in range(config.blocks))
        self.register_buffer("mean", torch.zeros(config.keypoints, 2))
        self.register_buffer("spread", torch.ones(config.keypoints, 2))

    def forward(self, noisy: Tensor, level: Tensor, present: Tensor) -> Tensor:
        time = noisy.shape[1]
        keep = self.patches.keep(present)
        tokens = self.patches.tokens(noisy.flatten(2))
        condition = self.condition(level)
        for block in self.blocks:
            tokens = block(tokens, condition, keep)
        return self.patches.frames(tokens)[:, :time].unflatten(-1, (self.config.keypoints, 2)).float()

    def standardise(self, points: Tensor) -> Tensor:
        """Canonical image points (..., K, 2) as the network takes them."""
        return (points - self.mean) / self.spread

    def restore(self, standard: Tensor) -> Tensor:
        """The canonical image points (..., K, 2) of what the network gives."""
        return standard * self.spread + self.mean

    def learn_statistics(self, points: Tensor, present: Tensor) -> None:
        """Take mean and spread from points (B, T, K, 2) of the present frames (B, T)."""
        shown = points[present]
        self.mean.copy_(shown.mean(0))
        self.spread.copy_(shown.std(0).clamp_min(1e-3))


def mas_schedule() -> Schedule:
    """The signal falls by cos^4 (MAS's cosine schedule with tau 2): noise comes early, as suits smooth 2D motion."""
    return cosine_schedule(LEVELS, power=4)


def lifter(models: LiftModels, weights: Path | None, form: str | None, seed: int, progress: Progress) -> Fitted:
    """MAS as `lift_by` takes it, every clip from the same ``seed``. Raises CheckpointError for other weights."""
    network = load_network(weights, MotionDenoiser, DenoiserConfig)[0].to(models.device)
    schedule = mas_schedule().to(models.device)

    def lift(view: InputView, limbs: float) -> SpacePoints:
        return lift_points(view, network, schedule, limbs, models.device, seed, progress)

    return fitted_by(lift, models, progress)


def train(
    data: TrainingSet, folder: Path, preset: str, seed: int, device: torch.device, resume: bool, progress: Progress,
    hear: Losses,
) -> Path:  # fmt: skip
    """Train the 2D motion model on one view of each moment and return its weights. Raises TrainingError."""
    schedule = mas_schedule().to(device)

    with run_folder(folder, data, PRESETS, preset, seed) as work:
        config, loop = PRESETS[preset]
        network = MotionDenoiser(replace(config, keypoints=len(get_subject(data.subject).anatomy)))
        sample = data.footage.draw(STATISTICS_WINDOWS, torch.Generator().manual_seed(seed))
        network.learn_statistics(sample.clip.points, sample.present)

        def step(denoise: Denoise, generator: torch.Generator) -> dict[str, Tensor]:
            footage = data.footage.draw(loop.batch, generator)
            noise = torch.randn(footage.clip.points.shape, generator=generator)
            level = torch.randint(LEVELS, (loop.batch,), generator=generator)
            points, present, noise, level = (x.to(device) for x in (footage.clip.points, footage.present, noise, level))
            return motion_loss(denoise, schedule, network.standardise(points), present, noise, level)

        trained = run_loop(network, step, loop, work, NAME, seed, device, resume, progress, hear)
        return save_weights(folder, trained, NAME, data, preset, seed, loop.steps)


def motion_loss(
    denoise: Denoise, schedule: Schedule, clean: Tensor, present: Tensor, noise: Tensor, level: Tensor
) -> dict[str, Tensor]:
    """Mean squares of the clean sample's error where frames are present: clean (B, T, K, 2) standardised, present
    (B, T), unit noise (B, T, K, 2), level (B,)."""
    mask = present[:, :, None, None].to(clean.dtype)
    predicted = denoise(schedule.add_noise(clean, noise, level) * mask, level, present)
    square = ((predicted - clean).square() * mask).sum() / (mask.sum() * clean[0, 0].numel())
    return {"loss": square}
