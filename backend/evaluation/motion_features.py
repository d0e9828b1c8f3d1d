# SPDX-License-Identifier: GPL-3.0-or-later
"""What FID compares: features of 2D motion, learnt by an auto-encoder from the 2D clips of a training set.

The paper trains such an extractor on every data set and gives no more of it (section 4.1); this one reads windows in
canonical image coordinates, as the denoisers do.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch
from torch import Tensor, nn

from ..diffusion.blocks import CONDITION, FramePatches, TemporalBlock, sinusoidal
from ..diffusion.checkpoint import load_network
from ..progress import Progress
from ..subjects import get_subject
from ..training.data import TrainingSet
from ..training.filming import Footage
from ..training.history import Losses
from ..training.loop import LoopConfig
from ..training.loop import train as run_loop
from ..training.presets import WINDOW
from .baselines.training_folder import run_folder, save_weights
from .baselines.weights import weights_of

NAME = "fid_features"  # to `train --baseline` and in the cache


@dataclass(frozen=True)
class FeatureConfig:
    """K keypoints, token width, blocks of either half, heads, frames per token, and the number of features.

    Few features: their covariance has to be told from some two hundred windows.
    """

    keypoints: int = 18
    width: int = 128
    blocks: int = 3
    heads: int = 4
    patch: int = 4
    features: int = 32

    def as_dict(self) -> dict:
        return asdict(self)


PRESETS = {
    "tiny": (FeatureConfig(width=32, blocks=1, features=16), LoopConfig(60, 16, warm_up=10, log_every=20)),
    "cpu": (FeatureConfig(), LoopConfig(1500, 64, 1e-3)),
    "gpu": (FeatureConfig(width=256, blocks=6), LoopConfig(20_000, 256, warm_up=500, save_every=2000)),
}  # fmt: skip


class MotionAutoencoder(nn.Module):
    """2D motion (B, T, K, 2) in canonical coordinates with present frames (B, T), through a few numbers and back."""

    def __init__(self, config: FeatureConfig):
        super().__init__()
        self.config = config
        points = 2 * config.keypoints
        self.patches = FramePatches(config.patch, points, points, config.width)
        self.reading = nn.ModuleList(TemporalBlock(config.width, config.heads) for _ in range(config.blocks))
        self.narrow = nn.Linear(config.width, config.features)
        self.widen = nn.Linear(config.features, config.width)
        self.writing = nn.ModuleList(TemporalBlock(config.width, config.heads) for _ in range(config.blocks))
        self.condition = nn.Parameter(torch.randn(1, CONDITION))

    def features(self, points: Tensor, present: Tensor) -> Tensor:
        """The motion's features ``(B, F)``."""
        keep = self.patches.keep(present)
        x = self.patches.tokens((points * present[..., None, None]).flatten(2))
        for block in self.reading:
            x = block(x, self.condition.expand(len(x), -1), keep)
        weight = keep[..., None].to(x.dtype)
        return self.narrow((x * weight).sum(1) / weight.sum(1).clamp_min(1)).float()

    def forward(self, points: Tensor, present: Tensor) -> Tensor:
        """What the features tell of the motion ``(B, T, K, 2)``."""
        keep = self.patches.keep(present)
        x = self.widen(self.features(points, present))[:, None].expand(-1, keep.shape[1], -1)
        x = x + sinusoidal(torch.arange(keep.shape[1], device=x.device), self.config.width).to(x.dtype)
        for block in self.writing:
            x = block(x, self.condition.expand(len(x), -1), keep)
        return self.patches.frames(x).unflatten(-1, (self.config.keypoints, 2)).float()


def reconstruction_loss(network: MotionAutoencoder, footage: Footage, device: torch.device) -> dict[str, Tensor]:
    """L1 over the present frames."""
    points, present = footage.clip.points.to(device), footage.present.to(device)
    mask = present[..., None, None].to(points.dtype)
    error = (network(points, present) - points).abs() * mask
    return {"loss": error.sum() / (mask.sum() * points[0, 0].numel())}


def train(
    data: TrainingSet, folder: Path, preset: str, seed: int, device: torch.device, resume: bool, progress: Progress,
    hear: Losses,
) -> Path:  # fmt: skip
    """Train an extractor on the 2D motion of ``data``; its file in ``folder``. Raises TrainingError."""
    with run_folder(folder, data, PRESETS, preset, seed) as work:
        config, loop = PRESETS[preset]
        config = replace(config, keypoints=len(get_subject(data.subject).anatomy))

        def loss_of(network: nn.Module, generator: torch.Generator) -> dict[str, Tensor]:
            return reconstruction_loss(network, data.footage.draw(loop.batch, generator), device)

        network = run_loop(MotionAutoencoder(config), loss_of, loop, work, NAME, seed, device, resume, progress, hear)
        return save_weights(folder, network, NAME, data, preset, seed, loop.steps)


def trained_features(baselines: Path | None, subject: str = "human") -> MotionAutoencoder:
    """The extractor that was trained into `baselines` (None: the usual cache). Raises EvaluationError without one."""
    return load_features(weights_of(NAME, baselines, subject))


def load_features(path: Path) -> MotionAutoencoder:
    """A trained extractor, for windows of WINDOW frames. Raises UserError."""
    return load_network(path, MotionAutoencoder, FeatureConfig)[0]


def pad(points: Tensor) -> tuple[Tensor, Tensor]:
    """Windows ``(B, T, K, 2)`` of up to WINDOW frames as WINDOW, and their present frames."""
    batch, time = points.shape[:2]
    present = torch.arange(WINDOW, device=points.device) < time
    padded = points.new_zeros(batch, WINDOW, *points.shape[2:])
    padded[:, :time] = points
    return padded, present.expand(batch, -1)
