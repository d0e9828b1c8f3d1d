# SPDX-License-Identifier: GPL-3.0-or-later
"""The two denoisers of MVLift: line-conditioned 2D motion (stage 1) and multi-view 2D motion (stage 4).

Both predict the clean sample X_0 (paper eq. 1) in canonical image coordinates (``lifting/canonical.py``).
"""

from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn

from .blocks import ConditionEmbedding, CrossViewBlock, FramePatches, TemporalBlock

VIEWS = 4


@dataclass(frozen=True)
class DenoiserConfig:
    """Size of a denoiser: K keypoints, token width, blocks, heads, and frames per token.

    from_plane: a multi-view denoiser answers by how the views depart from those of a flat subject (see `flat_views`).
    """

    keypoints: int = 18
    width: int = 256
    blocks: int = 6
    heads: int = 4
    patch: int = 4
    from_plane: bool = False

    def as_dict(self) -> dict:
        return asdict(self)


class LineDenoiser(nn.Module):
    """Stage 1: a 2D motion that keeps each joint on its line (paper section 3.1).

    ``forward(noisy (B,T,K,2), level (B,), lines (B,T,K,3), present (B,T)) -> clean (B,T,K,2)``.
    """

    POINT_INPUTS = (5,)  #: numbers for every point of a frame, group by group, in the order of the input features

    def __init__(self, config: DenoiserConfig):
        super().__init__()
        self.config = config
        self.patches = FramePatches(config.patch, 5 * config.keypoints, 2 * config.keypoints, config.width)
        self.condition = ConditionEmbedding(config.width)
        self.blocks = nn.ModuleList(TemporalBlock(config.width, config.heads) for _ in range(config.blocks))

    def forward(self, noisy: Tensor, level: Tensor, lines: Tensor, present: Tensor) -> Tensor:
        time = noisy.shape[1]
        features = torch.cat([noisy, lines], -1).flatten(2)
        keep = self.patches.keep(present)
        x = self.patches.tokens(features)
        condition = self.condition(level)
        for block in self.blocks:
            x = block(x, condition, keep)
        return self.patches.frames(x)[:, :time].unflatten(-1, (self.config.keypoints, 2)).float()


def flat_views(given: Tensor) -> Tensor:
    """The three other views ``(B, 3, T, K, 2)`` of a flat subject far away, seen as ``given (B, T, K, 2)`` by a level
    camera: from both sides a vertical line, from behind the mirror image. What is left to learn is the depth."""
    side, behind = (given * given.new_tensor(signs) for signs in ((0.0, 1.0), (-1.0, 1.0)))
    return torch.stack([side, behind, side], 1)


class MultiviewDenoiser(nn.Module):
    """Stage 4: three unobserved views, generated together from the input view (paper section 3.4, fig. 3).

    ``forward(noisy (B,3,T,K,2), level (B,), given (B,T,K,2), seen (B,T,K), nearness (B,), present (B,T))`` returns
    ``clean (B,3,T,K,2)`` and ``tilt (B,2)``: elevation and roll of the input camera in radians, which the lifting needs
    to place that camera among the level ones. ``nearness`` is 1 / distance of the input camera (1/m): how strong its
    perspective is. Unseen points of ``given`` are ignored.
    """

    POINT_INPUTS = (2, 3)

    def __init__(self, config: DenoiserConfig):
        super().__init__()
        self.config = config
        self.patches = FramePatches(config.patch, 5 * config.keypoints, 2 * config.keypoints, config.width)
        self.view = nn.Parameter(torch.randn(VIEWS, 1, config.width) * 0.5)
        self.condition = ConditionEmbedding(config.width, scalars=1)
        self.blocks = nn.ModuleList(CrossViewBlock(config.width, config.heads) for _ in range(config.blocks))
        self.tilt = nn.Sequential(nn.LayerNorm(config.width), nn.Linear(config.width, 2))

    def forward(
        self, noisy: Tensor, level: Tensor, given: Tensor, seen: Tensor, nearness: Tensor, present: Tensor
    ) -> tuple[Tensor, Tensor]:
        time = noisy.shape[2]
        seen = seen.to(given.dtype)
        clean_view = torch.cat([given * seen[..., None], seen[..., None]], -1).flatten(2)[:, None]
        views = torch.cat([(given * seen[..., None])[:, None], noisy], 1).flatten(3)
        features = torch.cat([views, clean_view.expand(-1, VIEWS, -1, -1)], -1)
        keep = self.patches.keep(present)
        x = self.patches.tokens(features) + self.view
        condition = self.condition(level, 5 * nearness[:, None])
        for block in self.blocks:
            x = block(x, condition, keep)
        clean = self.patches.frames(x[:, 1:])[:, :, :time].unflatten(-1, (self.config.keypoints, 2))
        if self.config.from_plane:
            clean = clean + flat_views(given * seen[..., None])
        weight = keep[:, :, None].to(x.dtype)
        pooled = (x[:, 0] * weight).sum(1) / weight.sum(1).clamp_min(1)
        return clean.float(), self.tilt(pooled).float()
