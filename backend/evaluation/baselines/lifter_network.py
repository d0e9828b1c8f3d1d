# SPDX-License-Identifier: GPL-3.0-or-later
"""The network of the baselines that learn from 3D truth: a transformer over time that answers 2D windows with 3D ones.

It stands for MotionBERT's (Zhu et al., ICCV 2023), and is built of the blocks of the product's own denoisers, so that
methods differ by what they learn from and not by what they learn with. The constant condition of its adaptive norms is
how near the camera is: how strong the perspective.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ...diffusion.blocks import CONDITION, FramePatches, TemporalBlock
from ...diffusion.canonical import (
    ENVELOPE_FRAMES,
    LIMB_IMAGE,
    LIMB_METRES,
    CanonicalClip,
    canonicalise,
    limb_lengths,
    limb_sum,
    mid_hip,
)
from ...diffusion.denoisers import DenoiserConfig
from ...diffusion.device import half_precision
from ...keypoints.layouts import LAYOUTS
from ...lifting.input_view import InputView
from ...lifting.windows import cross_fade, cut, window_starts
from ...progress import Progress
from ...training.variety import mirrored

AT_ONCE = 16
FARTHER = 1.7  # how much nearer or farther than in the mean somebody is taken to come within a window
_MIRROR = torch.as_tensor(LAYOUTS["openpose18"].mirror)


class LifterNetwork(nn.Module):
    """``forward(points (B,T,K,2), seen (B,T,K), nearness (B,), present (B,T))`` returns the keypoints (B, T, K, 3)
    about the root, in the frame of the turned input camera and canonical metres (`training.multiview_diffusion`).

    points are canonical image coordinates, those that are not seen ignored; nearness is 1 / distance of the camera.
    """

    #: Numbers a frame that a subclass predicts beside the keypoints.
    motion_features = 0

    def __init__(self, config: DenoiserConfig):
        super().__init__()
        self.config = config
        features = 3 * config.keypoints
        self.patches = FramePatches(config.patch, features, features + self.motion_features, config.width)
        self.condition = nn.Sequential(nn.Linear(1, config.width), nn.SiLU(), nn.Linear(config.width, CONDITION))
        self.blocks = nn.ModuleList(TemporalBlock(config.width, config.heads) for _ in range(config.blocks))

    def forward(self, points: Tensor, seen: Tensor, nearness: Tensor, present: Tensor) -> Tensor:
        return self.answer(points, seen, nearness, present)[0]

    def answer(
        self, points: Tensor, seen: Tensor, nearness: Tensor, present: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """The keypoints, the numbers (B, T, motion_features) beside them, the tokens (B, N, width) that they come from,
        and which of these hold a present frame (B, N).

        Predicted is how the keypoints depart from the image's plane, scaled so that the body appears equally large in
        all frames, near and far: short trainings get much further from there.
        """
        time, count = points.shape[1], self.config.keypoints
        seen = seen & present[..., None]
        points = points * seen[..., None]
        features = torch.cat([points, seen[..., None].to(points.dtype)], -1).flatten(2)
        keep = self.patches.keep(present)
        tokens = self.patches.tokens(features)
        condition = self.condition(5 * nearness[:, None])
        for block in self.blocks:
            tokens = block(tokens, condition, keep)
        frames = self.patches.frames(tokens)[:, :time].float()
        metres = LIMB_METRES / apparent_size_by_frame(points, seen)
        plane = F.pad(points * metres[..., None, None], (0, 1))
        pose = frames[..., : 3 * count].unflatten(-1, (count, 3)) + plane
        return pose - mid_hip(pose)[..., None, :], frames[..., 3 * count :], tokens, keep


def apparent_size_by_frame(points: Tensor, seen: Tensor) -> Tensor:
    """The limb sum (B, T) in canonical image units as it appears in each frame: limbs by their longest image within
    half a second, as `canonical.apparent_size` has them; the whole clip's where one is not seen."""
    lengths = limb_lengths(points.masked_fill(~seen[..., None], torch.nan)).nan_to_num(0)
    longest = F.max_pool1d(lengths.transpose(1, 2), 2 * ENVELOPE_FRAMES + 1, 1, ENVELOPE_FRAMES).transpose(1, 2)
    size = torch.where((longest > 0).all(-1), limb_sum(longest), LIMB_IMAGE)
    return size.clamp(LIMB_IMAGE / FARTHER, LIMB_IMAGE * FARTHER)


def with_mirror(points: Tensor, seen: Tensor, nearness: Tensor, present: Tensor) -> tuple[Tensor, ...]:
    """A lifter's question (B, ...) and the same in a mirror, (2B, ...): MotionBERT's test-time augmentation."""
    flipped = mirrored(points, torch.ones(len(points), dtype=torch.bool, device=points.device))
    seen = torch.cat([seen, seen[..., _MIRROR.to(seen.device)]])
    return torch.cat([points, flipped]), seen, nearness.repeat(2), present.repeat(2, 1)


def mean_of_mirrored(pose: Tensor) -> Tensor:
    """The keypoints (B, T, K, 3) of both answers (2B, T, K, 3), the mirrored ones turned back."""
    plain, flipped = pose.chunk(2)
    return (plain + mirrored(flipped, torch.ones(len(flipped), dtype=torch.bool, device=pose.device))) / 2


@torch.no_grad()
def lift_windows(
    view: InputView, network: Callable[..., Tensor | tuple], device: torch.device, progress: Progress,
    read: Callable[[Tensor | tuple, CanonicalClip], tuple[Tensor, ...]],
) -> tuple[Tensor, ...]:  # fmt: skip
    """A network's answer to a clip of any length, windows cross-faded.

    The network is asked plainly and in a mirror at once; ``read(answer (2B, ...), clip)`` makes of it the tensors
    (B, T, ...) that are to fade into each other.
    """
    starts = window_starts(len(view.rays))
    rays, seen = (cut(x, starts).to(device) for x in (view.rays, view.seen))
    parts = []
    for first in range(0, len(starts), AT_ONCE):
        progress("Lifting", first, len(starts))
        rows = slice(first, first + AT_ONCE)
        present = torch.ones(rays[rows].shape[:2], dtype=torch.bool, device=device)
        clip = canonicalise(rays[rows], present)
        with half_precision(device):
            answer = network(*with_mirror(clip.points, seen[rows], clip.nearness, present))
        parts.append(read(answer, clip))
    progress("Lifting", len(starts), len(starts))
    return tuple(cross_fade(torch.cat(each), starts, len(view.rays)) for each in zip(*parts, strict=True))


def in_source(pose: Tensor, clip: CanonicalClip, limbs: float) -> tuple[Tensor, Tensor]:
    """Keypoints about the root (B, T, 18, 3) of the turned cameras in the source camera's frame, scaled to limb sums of
    ``limbs`` metres, and the metres (B,) to a canonical one."""
    scale = limbs / limb_sum(limb_lengths(pose).median(1).values).clamp_min(1e-6)
    turned = (pose.flatten(1, 2) @ clip.rotation).view_as(pose)
    return turned * scale[:, None, None, None], scale
