# SPDX-License-Identifier: GPL-3.0-or-later
"""A denoiser that goes on with more points than it was trained with: a person's, for a person with a thing."""

from dataclasses import replace

import torch
from torch import Tensor, nn

from .denoisers import LineDenoiser, MultiviewDenoiser


@torch.no_grad()
def grown(network: LineDenoiser | MultiviewDenoiser, keypoints: int) -> LineDenoiser | MultiviewDenoiser:
    """A network of ``keypoints`` points that answers for its first ones much as ``network`` does for its own.

    What the new points put in and get out begins as in a new network. Raises ValueError for fewer points than it has.
    """
    before = network.config.keypoints
    if keypoints < before:
        raise ValueError(f"expected at least the {before} points that the network has, got {keypoints}")
    larger = type(network)(replace(network.config, keypoints=keypoints))
    state, patch = larger.state_dict(), network.config.patch
    for name, old in network.state_dict().items():
        new = state[name]
        if name == "patches.embed.weight":  # (width, patch * features)
            _copy(old.T, new.T, patch, network.POINT_INPUTS, before, keypoints)
        elif name in ("patches.project.weight", "patches.project.bias"):
            _copy(old, new, patch, (2,), before, keypoints)
        else:
            new.copy_(old)
    return larger


def _copy(old: Tensor, new: Tensor, patch: int, groups: tuple[int, ...], before: int, after: int) -> None:
    """Rows of a weight, in place: for each frame of a patch groups of so many numbers for every point."""
    old, new = old.unflatten(0, (patch, -1)), new.unflatten(0, (patch, -1))
    starts = [0, *torch.tensor(groups).cumsum(0).tolist()]
    for start, numbers in zip(starts, groups, strict=False):
        rows = slice(start * after, start * after + numbers * before)
        new[:, rows] = old[:, start * before : (start + numbers) * before]


def with_points(network: nn.Module, keypoints: int) -> nn.Module:
    """The network itself if it has so many points, else grown to them."""
    return network if network.config.keypoints == keypoints else grown(network, keypoints)
