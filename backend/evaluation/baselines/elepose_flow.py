# SPDX-License-Identifier: GPL-3.0-or-later
"""ElePose's prior on 2D poses: a normalising flow of affine coupling blocks on their principal components.

It gives the likelihood of a pose's image (Wandt et al., CVPR 2022, section 3.2), by which poses turned to where no
camera stood are judged.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn

CLAMP = 2.0  # of the logarithm of a coupling's scale, as usual in such blocks


@dataclass(frozen=True)
class FlowConfig:
    """K keypoints, principal components, coupling blocks, and width of the networks inside them."""

    keypoints: int = 18
    components: int = 26
    blocks: int = 8
    width: int = 256

    def as_dict(self) -> dict:
        return asdict(self)


class Coupling(nn.Module):
    """An affine coupling block: half of the numbers scale and move the other half; then all are scaled, moved and
    shuffled (RealNVP's coupling with Glow's normalisation). It begins as the shuffle alone."""

    def __init__(self, components: int, width: int):
        super().__init__()
        self.kept = components // 2
        changed = components - self.kept
        self.network = nn.Sequential(
            nn.Linear(self.kept, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 2 * changed)
        )
        nn.init.zeros_(self.network[-1].weight)
        nn.init.zeros_(self.network[-1].bias)
        self.log_scale = nn.Parameter(torch.zeros(components))
        self.offset = nn.Parameter(torch.zeros(components))
        self.register_buffer("order", torch.randperm(components))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """x (N, C) to the block's output and the logarithm of the Jacobian's determinant (N,)."""
        kept, changed = x[:, : self.kept], x[:, self.kept :]
        log_scale, shift = self._coupling(kept)
        y = torch.cat([kept, changed * log_scale.exp() + shift], 1)
        y = y * self.log_scale.exp() + self.offset
        return y[:, self.order], log_scale.sum(1) + self.log_scale.sum()

    def inverse(self, y: Tensor) -> Tensor:
        """The x (N, C) whose output is y."""
        x = (y[:, self.order.argsort()] - self.offset) * (-self.log_scale).exp()
        kept, changed = x[:, : self.kept], x[:, self.kept :]
        log_scale, shift = self._coupling(kept)
        return torch.cat([kept, (changed - shift) * (-log_scale).exp()], 1)

    def _coupling(self, kept: Tensor) -> tuple[Tensor, Tensor]:
        log_scale, shift = self.network(kept).chunk(2, 1)
        return CLAMP * torch.tanh(log_scale / CLAMP), shift


class PoseFlow(nn.Module):
    """The likelihood of 2D poses (N, K, 2), made of the principal components that `learn_components` has found."""

    def __init__(self, config: FlowConfig):
        super().__init__()
        self.config = config
        self.blocks = nn.ModuleList(Coupling(config.components, config.width) for _ in range(config.blocks))
        self.register_buffer("mean", torch.zeros(2 * config.keypoints))
        self.register_buffer("basis", torch.eye(2 * config.keypoints, config.components))
        self.register_buffer("spread", torch.ones(config.components))

    def learn_components(self, poses: Tensor) -> None:
        """Take mean, directions and spreads from poses (N, K, 2), N at least the number of components."""
        flat = poses.flatten(1).double()
        centred = flat - flat.mean(0)
        variance, directions = torch.linalg.eigh(centred.T @ centred / len(flat))
        self.mean.copy_(flat.mean(0))
        self.basis.copy_(directions.flip(1)[:, : self.config.components])
        self.spread.copy_(variance.flip(0)[: self.config.components].clamp_min(1e-6).sqrt())

    def components(self, poses: Tensor) -> Tensor:
        """Principal components (N, C) of poses (N, K, 2), of unit variance."""
        return (poses.flatten(1) - self.mean) @ self.basis / self.spread

    def forward(self, components: Tensor) -> tuple[Tensor, Tensor]:
        """Components (N, C) to a standard normal's numbers (N, C) and log |det| of the Jacobian (N,)."""
        determinant = components.new_zeros(len(components))
        for block in self.blocks:
            components, change = block(components)
            determinant = determinant + change
        return components, determinant

    def inverse(self, normal: Tensor) -> Tensor:
        """The components (N, C) of a standard normal's numbers (N, C)."""
        for block in reversed(self.blocks):
            normal = block.inverse(normal)
        return normal

    def surprise(self, poses: Tensor) -> Tensor:
        """The negative log-likelihood (N,) of poses (N, K, 2), as densities of the components of unit variance."""
        normal, determinant = self(self.components(poses))
        return 0.5 * normal.square().sum(1) + 0.5 * self.config.components * math.log(2 * math.pi) - determinant
