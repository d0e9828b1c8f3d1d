# SPDX-License-Identifier: GPL-3.0-or-later
"""A walk filmed by a level camera, networks that know it, and training sets in small: for the 3D-trained baselines."""

from dataclasses import dataclass

import torch
from torch import Tensor

from backend.diffusion.canonical import LIMB_METRES, canonicalise, limb_lengths, limb_sum, mid_hip
from backend.diffusion.denoisers import DenoiserConfig
from backend.geometry.cameras import Camera, intrinsics, look_at
from backend.lifting.input_view import InputView
from backend.lifting.windows import cut, window_starts
from backend.training.data import TrainingSet
from backend.training.filming import ClipFootage, MocapFootage
from backend.training.loop import LoopConfig
from backend.training.variety import mirrored

from ...training.test_filming import made_clips
from ..figures import walker

CPU = torch.device("cpu")
TINIEST = {
    "tiny": (DenoiserConfig(width=32, blocks=1, heads=2), LoopConfig(6, 4, warm_up=2, log_every=2, save_every=2)),
}


@dataclass(frozen=True)
class Shot:
    """A walk's keypoints (T, 18, 3) in the frame of the camera that films it, metres; what a detector sees; way up."""

    points: Tensor
    view: InputView
    up: Tensor

    @property
    def limbs(self) -> float:
        return float(limb_sum(limb_lengths(self.points).median(0).values))


def shot(frames: int = 60, elevation: float = 0.0) -> Shot:
    """Somebody walks away aslant, beside the middle of the picture."""
    motion = torch.as_tensor(walker(frames, travel=frames / 50), dtype=torch.float32)
    target = torch.tensor([0.4, 0.3, 1.0])
    angle = torch.tensor(elevation)
    away = 5.0 * torch.stack([0.5 * angle.cos(), -(0.75**0.5) * angle.cos(), angle.sin()])
    rotation, translation = look_at(target + away, target)
    camera = Camera(intrinsics(torch.tensor(1.0), torch.zeros(2)), rotation, translation)
    view = InputView(camera.project(motion), torch.ones(frames, 18), 1000.0, "given", (960.0, 540.0), ())
    return Shot(camera.to_camera(motion), view, rotation[:, 2])


def true_windows(scene: Shot) -> tuple[Tensor, Tensor]:
    """What a perfect network answers: keypoints about the root (N, W, 18, 3) in the turned cameras' frames, canonical
    metres; and the ways up there (N, 3)."""
    starts = window_starts(len(scene.points))
    rays = cut(scene.view.rays, starts)
    clip = canonicalise(rays, torch.ones(rays.shape[:2], dtype=torch.bool))
    points = cut(scene.points, starts)
    turned = (points.flatten(1, 2) @ clip.rotation.transpose(1, 2)).view_as(points)
    pose = (turned - mid_hip(turned)[..., None, :]) * (LIMB_METRES / scene.limbs)
    return pose, clip.rotation @ scene.up


def both(pose: Tensor) -> Tensor:
    """An answer and the mirrored one."""
    return torch.cat([pose, mirrored(pose, torch.ones(len(pose), dtype=torch.bool))])


def mocap_set(*lengths: int) -> TrainingSet:
    return TrainingSet(MocapFootage(made_clips(*lengths), 120), "a made-up walk, 2D only", ("none",), (), "f00d")


def clip_set() -> TrainingSet:
    return TrainingSet(ClipFootage([torch.rand(60, 18, 2)], 120), "2D clips", ("the clips' own",), (), "c11b")
