# SPDX-License-Identifier: GPL-3.0-or-later
"""The 2D training set: motion capture filmed by virtual cameras, or 2D clips as they are.

Whatever the source, the networks are given one view of a moment and never a second one of the same moment: no 3D and
no pair of views enters stage 1. ``Film.MANY`` puts up a new camera at every draw; ``Film.SINGLE`` (the paper's
protocol) films every moment once, with one camera for good.
"""

import math
from dataclasses import dataclass
from enum import Enum

import torch
from torch import Tensor

from ..diffusion.canonical import CanonicalClip, canonicalise, mid_hip
from ..geometry.cameras import Camera, intrinsics, look_at
from .mocap import MocapClip, TrainingError
from .variety import varied_images, varied_motion


class Film(Enum):
    MANY = "many"
    SINGLE = "single"


@dataclass(frozen=True)
class Shots:
    """How virtual cameras are put up: ranges in metres and radians, uniform unless said otherwise."""

    distance: tuple[float, float] = (2.8, 11.0)  # log-uniform
    elevation: tuple[float, float] = (-0.06, 0.06)
    roll: float = 0.02
    nearest: float = 1.5


LEVEL_SHOTS = Shots()


@dataclass(frozen=True)
class Footage:
    """B filmed windows in canonical coordinates; present (B, T) tells real frames from padding."""

    clip: CanonicalClip
    present: Tensor


def uniform(low: float, high: float, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    """Random numbers in [low, high)."""
    return low + (high - low) * torch.rand(*shape, generator=generator)


class ClipWindows:
    """Draws windows from clips of keypoints ``(T, K, C)``, 3D or 2D, half of them faster or slower than they were."""

    def __init__(self, clips: list[Tensor], window: int, shortest: int, shares: Tensor | None = None):
        self.window, self.shortest = window, shortest
        self.frames = torch.cat(clips)
        self.lengths = torch.tensor([len(clip) for clip in clips])
        self.starts = self.lengths.cumsum(0) - self.lengths
        # A long clip shows more than a short one, but less than its length says: it goes on doing the same thing.
        self.shares = self.lengths.sqrt() if shares is None else shares

    def draw(self, batch: int, generator: torch.Generator, variety: bool = True) -> tuple[Tensor, Tensor]:
        """Windows ``(B, T, K, C)`` and which of their frames are present ``(B, T)``; absent ones repeat the last."""
        clip = torch.multinomial(self.shares, batch, replacement=True, generator=generator)
        speed = torch.ones(batch)
        length = torch.full((batch,), self.window)
        if variety:
            change = torch.rand(batch, generator=generator) < 0.5
            speed = torch.where(change, uniform(0.8, 1.25, (batch,), generator), speed)
            cut = torch.rand(batch, generator=generator) < 0.2
            length = torch.where(
                cut, torch.randint(self.shortest, self.window + 1, (batch,), generator=generator), length
            )
        first, last = self.starts[clip], self.starts[clip] + self.lengths[clip]
        room = ((last - first - 1) / speed).floor().long() + 1
        length = torch.minimum(length, room)
        offset = uniform(0, 1, (batch,), generator) * (last - first - 1 - (length - 1) * speed).clamp_min(0)
        time = first[:, None] + offset[:, None] + torch.arange(self.window) * speed[:, None]
        time = torch.minimum(time, (last - 1)[:, None].float())
        present = torch.arange(self.window) < length[:, None]
        before = time.floor().long()
        after = torch.minimum(before + 1, (last - 1)[:, None])
        part = (time - before)[..., None, None]
        return (1 - part) * self.frames[before] + part * self.frames[after], present


class MotionWindows:
    """Draws windows of motion ``(B, T, K, 3)`` from clips, with or without variety of bodies, sides and speeds."""

    def __init__(
        self, clips: list[MocapClip], window: int, shortest: int = 30, weights: list[float] | None = None
    ):
        usable = [index for index, clip in enumerate(clips) if len(clip.keypoints) >= shortest]
        if not usable:
            raise TrainingError(f"expected motion capture of at least {shortest} frames at 30 a second, found none")
        motions = [torch.as_tensor(clips[index].keypoints) for index in usable]
        shares = weights and torch.tensor([weights[index] * math.sqrt(len(clips[index].keypoints)) for index in usable])
        self.clips = ClipWindows(motions, window, shortest, shares)

    def draw(self, batch: int, generator: torch.Generator, variety: bool = True) -> tuple[Tensor, Tensor]:
        """Motion ``(B, T, K, 3)`` about the origin of the floor, and which frames are present ``(B, T)``."""
        motion, present = self.clips.draw(batch, generator, variety)
        if variety:
            motion = varied_motion(motion, generator)
        present = within_reach(motion, present)
        middle = (mid_hip(motion) * present[..., None]).sum(1) / present.sum(1, keepdim=True)
        motion = motion - torch.cat([middle[:, :2], torch.zeros(batch, 1)], 1)[:, None, None]
        return motion, present


REACH = 14.0  # metres that a window's root may get from where it began: further on it would leave the level views


def within_reach(motion: Tensor, present: Tensor) -> Tensor:
    """The present frames (B, T) of ``motion (B, T, K, 3)`` until its root has gone further than `REACH`."""
    root = mid_hip(motion)[..., :2]
    near = (root - root[:, :1]).norm(dim=-1) < REACH
    return present & (near.cumprod(1) > 0)


def film(motion: Tensor, present: Tensor, shots: Shots, generator: torch.Generator) -> Footage:
    """One virtual camera for each window of ``motion (B, T, K, 3)``; present (B, T)."""
    camera, _, _ = put_up_camera(motion, shots, generator)
    batch, time, points, _ = motion.shape
    rays = camera.project(motion.flatten(1, 2)).view(batch, time, points, 2)
    clip = canonicalise(rays, present)
    return Footage(clip, present)


def put_up_camera(motion: Tensor, shots: Shots, generator: torch.Generator) -> tuple[Camera, Tensor, Tensor]:
    """Random cameras (B,) of focal length 1 around ``motion (B, T, K, 3)``, their elevations and rolls (B,).

    A camera looks near the middle of the motion and stands back far enough that nobody comes closer than
    ``shots.nearest``.
    """
    batch = motion.shape[0]
    azimuth = uniform(0, 2 * math.pi, (batch,), generator)
    elevation = uniform(*shots.elevation, (batch,), generator)
    low, high = (math.log(d) for d in shots.distance)
    distance = uniform(low, high, (batch,), generator).exp()
    roll = uniform(-shots.roll, shots.roll, (batch,), generator)
    target = mid_hip(motion).mean(1) + 0.15 * torch.randn(batch, 3, generator=generator)
    away = torch.stack([elevation.cos() * azimuth.sin(), -elevation.cos() * azimuth.cos(), elevation.sin()], -1)
    nearest = torch.einsum("btkc,bc->btk", motion - target[:, None, None], away).amax((1, 2))
    distance = torch.maximum(distance, nearest + shots.nearest)
    rotation, translation = look_at(target + distance[:, None] * away, target, roll)
    one = torch.ones(batch)
    return Camera(intrinsics(one, torch.zeros(batch, 2)), rotation, translation), elevation, roll


class MocapFootage:
    """Motion capture filmed by virtual cameras: ``Film.MANY`` anew at every draw, ``Film.SINGLE`` once for good."""

    def __init__(
        self, clips: list[MocapClip], window: int, mode: Film = Film.MANY, seed: int = 0,
        weights: list[float] | None = None,
    ):  # fmt: skip
        self.window, self.mode = window, mode
        self.windows = MotionWindows(clips, window, weights=weights)
        if mode is Film.SINGLE:
            self.clips = _film_once(clips, window, seed, weights)

    def draw(self, batch: int, generator: torch.Generator) -> Footage:
        if self.mode is Film.SINGLE:
            return self.clips.draw(batch, generator)
        motion, present = self.windows.draw(batch, generator)
        return film(motion, present, LEVEL_SHOTS, generator)


class ClipFootage:
    """2D clips: rays (T, K, 2) without intrinsics, at the models' rate, gaps filled.

    They are drawn with the variety that needs no 3D: other speeds, the mirror, bodies of other proportions. ``shares``
    (one a clip) say how often each is drawn; without them the square roots of their lengths do.
    """

    def __init__(self, rays: list[Tensor], window: int, shortest: int = 15, shares: Tensor | None = None):
        usable = [index for index, clip in enumerate(rays) if len(clip) >= shortest]
        self.rays = [rays[index].float() for index in usable]
        if shares is not None:
            shares = shares[usable]
        self.windows = ClipWindows(self.rays, window, shortest, shares)

    def draw(self, batch: int, generator: torch.Generator) -> Footage:
        rays, present = self.windows.draw(batch, generator)
        return Footage(canonicalise(varied_images(rays, generator), present), present)


SINGLE_SHOT = 1.5  # windows, about: what one camera films before the next is put up


def _film_once(clips: list[MocapClip], window: int, seed: int, weights: list[float] | None = None) -> ClipFootage:
    """Cut every clip into shots and film each with one camera, long enough for windows to begin anywhere in it."""
    generator = torch.Generator().manual_seed(seed)
    rays, shares = [], []
    for clip, weight in zip(clips, weights or [1.0] * len(clips), strict=True):
        motion = torch.as_tensor(clip.keypoints)
        path = float(mid_hip(motion)[:, :2].diff(dim=0).norm(dim=-1).sum())
        parts = motion.tensor_split(max(round(len(motion) / (SINGLE_SHOT * window)), math.ceil(path / REACH), 1))
        for part in parts:
            camera, _, _ = put_up_camera(part[None], LEVEL_SHOTS, generator)
            rays.append(camera.project(part[None].flatten(1, 2)).view(*part.shape[:2], 2))
            shares.append(weight * math.sqrt(len(motion)) / len(parts))
    return ClipFootage(rays, window, shares=torch.tensor(shares))
