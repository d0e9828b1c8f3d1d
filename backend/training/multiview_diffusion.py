# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage 4: train the multi-view 2D motion diffusion model on the synthetic motions of stage 3 (paper section 3.4).

Every step films synthetic motions anew: the input view by a camera as people have them (pitched, rolled, near or far,
its detections jittering and missing), the three others by the level cameras of the canonical world.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..diffusion.canonical import CanonicalClip, canonicalise, input_camera, mid_hip, tilt, view_cameras
from ..diffusion.line_sampling import RADIUS, project_views
from ..diffusion.multiview_sampling import AZIMUTHS
from ..diffusion.schedule import LEVELS, Schedule
from ..geometry.cameras import Camera
from ..keypoints.anatomy import HUMAN_BOX, QUADRUPED
from .filming import LEVEL_SHOTS, Shots, put_up_camera, uniform
from .variety import varied_motion

WILD_SHOTS = Shots(distance=(2.2, 11.0), elevation=(-0.15, 0.55), roll=0.1, nearest=1.2)
TILT_WEIGHT = 0.5
TOP_LEVEL_SHARE = 0.4  # few-step sampling lives off the first step, from pure noise
UP = (0.0, 0.0, 1.0)


@dataclass(frozen=True)
class FilmedInput:
    """B motions that one camera each has filmed: what lifting is given, and the truth it is to find.

    clip: the input views; seen (B, T, K): its detections' visibility; space (B, T, K, 3): the motion in the frame of
    the turned input camera, scaled about it to canonical metres, so that the root's mean lies ``clip.distance`` deep;
    tilt (B, 2): that camera's elevation and roll; present (B, T).
    """

    clip: CanonicalClip
    seen: Tensor
    space: Tensor
    tilt: Tensor
    present: Tensor

    @property
    def world(self) -> Tensor:
        """The motion in the canonical world (B, T, K, 3)."""
        camera = input_camera(self.clip, self.tilt[:, 0], self.tilt[:, 1])
        return camera.to_world(self.space.flatten(1, 2)).view_as(self.space)


@dataclass(frozen=True)
class MultiviewBatch:
    """B filmed motions: the input view, its detections' visibility (B, T, K), the other views (B, 3, T, K, 2), and the
    input camera's elevation and roll (B, 2)."""

    clip: CanonicalClip
    seen: Tensor
    views: Tensor
    tilt: Tensor
    present: Tensor


class SyntheticFootage:
    """Films motions ``(N, T, K, 3)`` (metres, Z up) with present frames ``(N, T)``."""

    def __init__(self, motions: Tensor, present: Tensor, shortest: int = 30):
        self.motions, self.present, self.shortest = motions, present, shortest

    def draw(self, batch: int, generator: torch.Generator) -> MultiviewBatch:
        chosen = torch.randint(len(self.motions), (batch,), generator=generator)
        motion, present = self.motions[chosen].float(), self.present[chosen]
        motion = varied_motion(motion, generator)
        present = self._cut(present, generator)
        return film_multiview(motion, present, level_and_wild_cameras(motion, generator), generator)

    def _cut(self, present: Tensor, generator: torch.Generator) -> Tensor:
        """Shorten a fifth of the windows: clips are not all four seconds long."""
        batch, window = present.shape
        cut = torch.rand(batch, 1, generator=generator) < 0.2
        length = torch.randint(min(self.shortest, window), window + 1, (batch, 1), generator=generator)
        return torch.where(cut, present & (torch.arange(window) < length), present)


def level_and_wild_cameras(motion: Tensor, generator: torch.Generator) -> Camera:
    """Input cameras (B,) around ``motion (B, T, K, 3)``: half of them level, half as people hold them."""
    half = len(motion) // 2
    parts = [
        put_up_camera(motion[rows], shots, generator)[0]
        for rows, shots in ((slice(None, half), LEVEL_SHOTS), (slice(half, None), WILD_SHOTS))
        if len(motion[rows])
    ]
    return Camera(*(torch.cat([getattr(p, f) for p in parts]) for f in ("matrix", "rotation", "translation")))


def film_input(motion: Tensor, present: Tensor, camera: Camera, generator: torch.Generator) -> FilmedInput:
    """``motion (B, T, K, 3)`` filmed by ``camera (B,)`` as a detector sees it."""
    batch, time, points, _ = motion.shape
    rays = camera.project(motion.flatten(1, 2)).view(batch, time, points, 2)
    extent = (rays.amax((1, 2)) - rays.amin((1, 2))).norm(dim=-1)
    noise, seen = detector_faults((batch, time, points), generator)
    seen = seen & ~left_out(batch, points, generator)[:, None]
    rays = rays + noise * extent[:, None, None, None]
    clip = canonicalise(rays, present)
    turned = clip.rotation @ camera.rotation
    angles = torch.stack(tilt(turned @ motion.new_tensor(UP)), -1)
    # The world scaled about the input camera, so that the root's mean lies as deep as the canonical world's origin.
    local = (motion - camera.centre[:, None, None]).flatten(1, 2) @ turned.transpose(1, 2)
    weight = present.to(motion.dtype)
    depth = (mid_hip(local.view_as(motion))[..., 2] * weight).sum(1) / weight.sum(1)
    space = (local * (clip.distance / depth)[:, None, None]).view_as(motion)
    return FilmedInput(clip, seen & present[..., None], space, angles, present)


def film_multiview(motion: Tensor, present: Tensor, camera: Camera, generator: torch.Generator) -> MultiviewBatch:
    """The input view by ``camera (B,)`` as a detector sees it, and the three strictly consistent views beside it."""
    given = film_input(motion, present, camera, generator)
    views = project_views(view_cameras(torch.tensor(AZIMUTHS)), given.world)
    return MultiviewBatch(given.clip, given.seen, views, given.tilt, present)


def detector_faults(shape: tuple[int, int, int], generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Jitter ``(B, T, K, 2)`` in parts of the subject's extent, and which points are seen ``(B, T, K)``.

    Half of the clips are clean. The others jitter from frame to frame and drift slowly, miss single points for a while,
    and now and then everything below or above the waist.
    """
    batch, time, points = shape
    dirty = (torch.rand(batch, 1, 1, generator=generator) < 0.5).float()
    strength = 0.012 * torch.rand(batch, 1, 1, 1, generator=generator) * dirty[..., None]
    drift = torch.randn(batch, points * 2, max(time // 15, 2), generator=generator)
    drift = nn.functional.interpolate(drift, time, mode="linear", align_corners=True)
    drift = drift.transpose(1, 2).view(batch, time, points, 2)
    jitter = strength * (torch.randn(batch, time, points, 2, generator=generator) + 0.7 * drift)
    seen = torch.ones(shape, dtype=torch.bool)
    frame = torch.arange(time)[None, :, None]
    for _ in range(2):
        start = torch.randint(-time // 4, time, (batch, 1, points), generator=generator)
        length = torch.randint(2, 40, (batch, 1, points), generator=generator)
        missed = torch.rand(batch, 1, points, generator=generator) < 0.15 * dirty
        seen &= ~(missed & (frame >= start) & (frame < start + length))
    return jitter, seen


#: Points of animals that not every layout and detector has.
_OFTEN_LEFT_OUT = (
    ("left_eye", "right_eye"),
    ("left_shoulder", "right_shoulder", "left_hip", "right_hip"),
    ("neck",),
    ("tail_root",),
)
LEFT_OUT = 0.12  # of the clips, for each of the groups


def left_out(batch: int, points: int, generator: torch.Generator) -> Tensor:
    """Which points (B, K) a clip has in no frame: none of a person's, some groups of an animal's, a box's far one."""
    missing = torch.zeros(batch, points, dtype=torch.bool)
    if points == len(QUADRUPED):
        for group in _OFTEN_LEFT_OUT:
            chosen = torch.rand(batch, generator=generator) < LEFT_OUT
            missing[:, [QUADRUPED.index(name) for name in group]] |= chosen[:, None]
    elif points == len(HUMAN_BOX):  # who marks one face only
        missing[:, HUMAN_BOX.index("box_5")] = torch.rand(batch, generator=generator) < LEFT_OUT
    return missing


def multiview_loss(
    schedule: Schedule, draw: Callable[[torch.Generator], MultiviewBatch], device: torch.device
) -> Callable[[nn.Module, torch.Generator], dict[str, Tensor]]:
    """The loss of one step: L1 of the clean views (eq. 2 over three views), and of the input camera's tilt."""

    def loss_of(network: nn.Module, generator: torch.Generator) -> dict[str, Tensor]:
        footage = draw(generator)
        batch = len(footage.present)
        level = torch.randint(LEVELS, (batch,), generator=generator)
        top = torch.rand(batch, generator=generator) < TOP_LEVEL_SHARE
        level = torch.where(top, LEVELS - 1, level)
        noise = torch.randn(footage.views.shape, generator=generator)
        nearness = footage.clip.nearness * (1 + uniform(-0.1, 0.1, (batch,), generator))
        clean, given, seen, nearness, present, level, noise, angles = (
            x.to(device)
            for x in (footage.views, footage.clip.points, footage.seen, nearness, footage.present, level, noise,
                      footage.tilt)
        )  # fmt: skip
        mask = present[:, None, :, None, None].to(clean.dtype)
        clean = clean.clamp(-RADIUS, RADIUS)
        noisy = schedule.add_noise(clean, noise, level) * mask
        predicted, tilt_of_input = network(noisy, level, given, seen, nearness, present)
        reconstruction = ((predicted - clean).abs() * mask).sum() / (mask.sum() * clean[0, :, 0, :, :].numel())
        tilt_error = (tilt_of_input - angles).abs().mean()
        return {
            "loss": reconstruction + TILT_WEIGHT * tilt_error, "reconstruction": reconstruction, "tilt": tilt_error,
        }  # fmt: skip

    return loss_of
