# SPDX-License-Identifier: GPL-3.0-or-later
"""Blocks shared by the two denoisers: embeddings, attention, transformer blocks with adaptive layer norm."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

CONDITION = 16


def sinusoidal(position: Tensor, width: int, period: float = 10_000.0) -> Tensor:
    """Sine and cosine features of ``position (...)`` as ``(..., width)``."""
    frequency = torch.exp(-math.log(period) * torch.arange(width // 2, device=position.device) / (width // 2))
    angle = position[..., None].float() * frequency
    return torch.cat([angle.sin(), angle.cos()], -1)


class ConditionEmbedding(nn.Module):
    """Noise level ``(B,)`` and optional scalars ``(B, S)`` to one conditioning vector ``(B, CONDITION)``.

    The vector is short: one noise level is a curve that few numbers describe, and every adaptive norm multiplies it.
    """

    def __init__(self, width: int, scalars: int = 0):
        super().__init__()
        self.width = width
        self.level = nn.Sequential(nn.Linear(width, width), nn.SiLU(), nn.Linear(width, CONDITION))
        self.scalars = nn.Linear(scalars, CONDITION) if scalars else None

    def forward(self, level: Tensor, scalars: Tensor | None = None) -> Tensor:
        condition = self.level(sinusoidal(level, self.width))
        return condition if self.scalars is None else condition + self.scalars(scalars)


class Attention(nn.Module):
    """Multi-head self-attention over the second last axis of ``(B, N, width)``; ``keep (B, N)`` masks keys."""

    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor, keep: Tensor | None = None) -> Tensor:
        batch, tokens, width = x.shape
        q, k, v = self.qkv(x).view(batch, tokens, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        # Written out: with at most some 30 tokens a fused kernel takes two to four times as long on the CPU.
        scores = q @ k.transpose(-1, -2) / (width // self.heads) ** 0.5
        if keep is not None:
            scores = scores.masked_fill(~keep[:, None, None, :], -1e4)
        mixed = scores.softmax(-1).to(v.dtype) @ v
        return self.out(mixed.transpose(1, 2).reshape(batch, tokens, width))


class AdaptiveNorm(nn.Module):
    """Layer norm whose shift, scale and output gate come from the condition; the gate starts at zero (DiT)."""

    def __init__(self, width: int):
        super().__init__()
        self.norm = nn.LayerNorm(width, elementwise_affine=False)
        self.modulation = nn.Linear(CONDITION, 3 * width)
        nn.init.zeros_(self.modulation.weight)
        nn.init.zeros_(self.modulation.bias)

    def forward(self, x: Tensor, condition: Tensor) -> tuple[Tensor, Tensor]:
        """``x (B, ..., N, width)`` normalised and modulated, and the gate to multiply the branch with."""
        shape = (condition.shape[0], *[1] * (x.dim() - 2), -1)
        shift, scale, gate = self.modulation(condition).view(shape).chunk(3, -1)
        return self.norm(x) * (1 + scale) + shift, gate


class TemporalBlock(nn.Module):
    """Self-attention over time, then a feed-forward layer: one block of the stage 1 denoiser."""

    def __init__(self, width: int, heads: int):
        super().__init__()
        self.attention_norm, self.feed_norm = AdaptiveNorm(width), AdaptiveNorm(width)
        self.attention = Attention(width, heads)
        self.feed = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x: Tensor, condition: Tensor, keep: Tensor) -> Tensor:
        """``x (B, N, width)`` tokens over time, ``condition (B, CONDITION)``, ``keep (B, N)``."""
        y, gate = self.attention_norm(x, condition)
        x = x + gate * self.attention(y, keep)
        y, gate = self.feed_norm(x, condition)
        return x + gate * self.feed(y)


class CrossViewBlock(nn.Module):
    """Self-attention over time, then attention across the views at each time, then feed-forward (paper fig. 3)."""

    def __init__(self, width: int, heads: int):
        super().__init__()
        self.attention_norm, self.view_norm, self.feed_norm = (AdaptiveNorm(width) for _ in range(3))
        self.attention = Attention(width, heads)
        self.view_attention = Attention(width, heads)
        self.feed = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x: Tensor, condition: Tensor, keep: Tensor) -> Tensor:
        """``x (B, V, N, width)`` tokens of V views, ``condition (B, CONDITION)``, ``keep (B, N)``."""
        batch, views, tokens, width = x.shape
        y, gate = self.attention_norm(x, condition)
        over_time = self.attention(y.reshape(batch * views, tokens, width), keep.repeat_interleave(views, 0))
        x = x + gate * over_time.view(batch, views, tokens, width)
        y, gate = self.view_norm(x, condition)
        across = self.view_attention(y.transpose(1, 2).reshape(batch * tokens, views, width))
        x = x + gate * across.view(batch, tokens, views, width).transpose(1, 2)
        y, gate = self.feed_norm(x, condition)
        return x + gate * self.feed(y)


class FramePatches(nn.Module):
    """Frames to tokens and back: ``patch`` consecutive frames of ``features`` numbers become one token."""

    def __init__(self, patch: int, features_in: int, features_out: int, width: int):
        super().__init__()
        self.patch, self.width = patch, width
        self.embed = nn.Linear(patch * features_in, width)
        self.norm = nn.LayerNorm(width)
        self.project = nn.Linear(width, patch * features_out)
        nn.init.zeros_(self.project.bias)
        nn.init.normal_(self.project.weight, std=0.01)

    def tokens(self, frames: Tensor) -> Tensor:
        """``frames (..., T, features_in)`` to tokens ``(..., N, width)``, N patches cover T frames: the last one's
        missing frames are zeros."""
        frames = F.pad(frames, (0, 0, 0, -frames.shape[-2] % self.patch))
        *lead, time, features = frames.shape
        x = self.embed(frames.reshape(*lead, time // self.patch, self.patch * features))
        return x + sinusoidal(torch.arange(time // self.patch, device=x.device), self.width).to(x.dtype)

    def keep(self, present: Tensor) -> Tensor:
        """``present (B, T)`` bool to tokens with at least one present frame ``(B, N)``."""
        present = F.pad(present, (0, -present.shape[1] % self.patch))
        return present.view(present.shape[0], -1, self.patch).any(-1)

    def frames(self, tokens: Tensor) -> Tensor:
        """Tokens ``(..., N, width)`` to frames ``(..., N * patch, features_out)``."""
        *lead, count, _ = tokens.shape
        with torch.autocast(tokens.device.type, enabled=False):  # half precision would cost millimetres here
            frames = self.project(self.norm(tokens.float()))
        return frames.reshape(*lead, count * self.patch, -1)
