# SPDX-License-Identifier: GPL-3.0-or-later
"""Clips filmed of the bundled body itself, whose motion is known, and models that know it, or nothing."""

import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from backend.bodies.pose_prior import load_pose_prior
from backend.bodies.skeleton import joint
from backend.bodies.smpl import Body, load_body
from backend.diffusion.canonical import canonicalise, tilt
from backend.diffusion.checkpoint import save_network
from backend.diffusion.denoisers import LineDenoiser, MultiviewDenoiser
from backend.diffusion.line_sampling import RING_VIEWS, project_views
from backend.diffusion.multiview_sampling import AZIMUTHS, view_cameras
from backend.diffusion.schedule import cosine_schedule
from backend.geometry.cameras import Camera, intrinsics, look_at
from backend.geometry.rotations import axis_angle_to_matrix
from backend.keypoints import KeypointClip
from backend.lifting.models import LINE_FILE, MULTIVIEW_FILE, LiftModels

from ..diffusion.scene import SMALL, KnowingLineDenoiser, KnowingMultiviewDenoiser, awake, canonical_truth

SIZE = (1920, 1080)


@lru_cache(maxsize=1)
def body() -> Body:
    return load_body()


@dataclass(frozen=True)
class Walk:
    """joints (T, 24, 3) and keypoints (T, 18, 3) of the mean body walking along +X, and the camera that films it."""

    joints: Tensor
    keypoints: Tensor
    camera: Camera


@lru_cache(maxsize=8)
def walk(frames: int, fps: float = 30.0) -> Walk:
    """Two steps a second, 0.8 m/s, filmed from 4.5 m away by a camera of 1000 px that looks down by 10 degrees."""
    time = torch.arange(frames) / fps
    swing = 0.5 * torch.sin(2 * math.pi * time)
    turns = torch.zeros(frames, 24, 3)
    for side, sign in (("left", 1), ("right", -1)):
        turns[:, joint(f"{side}_hip"), 0] = -sign * swing
        turns[:, joint(f"{side}_knee"), 0] = 0.4 + 0.3 * sign * swing
        turns[:, joint(f"{side}_shoulder"), 2] = -sign * 1.2  # arms down
        turns[:, joint(f"{side}_elbow"), 1] = -sign * (0.3 + 0.2 * swing)
    rotations = axis_angle_to_matrix(turns)
    upright = torch.tensor([[0.0, 0, 1], [1, 0, 0], [0, 1, 0]])  # Y up, facing +Z, becomes Z up, facing +X
    rotations[:, 0] = upright
    translation = torch.stack([0.8 * time - 0.5, torch.zeros(frames), torch.full((frames,), 1.1)], -1)
    joints, keypoints = body().keypoints(rotations, torch.zeros(body().num_betas), translation)
    target = torch.tensor([0.2, 0.0, 1.0])
    offset = 4.5 * torch.tensor([math.sin(0.6), -math.cos(0.6), math.tan(math.radians(10))])
    rotation, shift = look_at(target + offset, target)
    matrix = intrinsics(torch.tensor(1000.0), torch.tensor([960.0, 540.0]))
    return Walk(joints, keypoints, Camera(matrix, rotation, shift))


def filmed_walk(frames: int = 30, fps: float = 30.0, frame_start: int = 0) -> KeypointClip:
    """What a perfect detector sees of `walk`."""
    shot = walk(frames, fps)
    pixels = shot.camera.project(shot.keypoints).double().numpy()
    return KeypointClip(pixels, np.full(pixels.shape[:2], 0.9), fps, SIZE, "openpose18", frame_start, "walk.json")


def save_untrained(folder: Path) -> Path:
    """Write small networks with random parameters as a model's folder; body and pose prior are the bundled ones."""
    save_network(folder / LINE_FILE, awake(LineDenoiser(SMALL)), {})
    save_network(folder / MULTIVIEW_FILE, awake(MultiviewDenoiser(SMALL)), {})
    return folder


class KnowingModels(LiftModels):
    """Models whose multi-view network answers with the true views of `walk` (for clips of 30 fps, one window)."""

    def __init__(self, shot: Walk):
        super().__init__(None, None, None, torch.device("cpu"))
        self.body, self.prior, self.schedule = body(), load_pose_prior(), cosine_schedule()
        rays = shot.camera.project(shot.keypoints)[None]
        rays = (rays - torch.tensor([960.0, 540.0])) / 1000
        clip = canonicalise(rays, torch.ones(rays.shape[:2], dtype=torch.bool))
        angles = torch.stack(tilt((clip.rotation @ shot.camera.rotation)[..., 2]), -1)
        camera = Camera(shot.camera.matrix[None], shot.camera.rotation[None], shot.camera.translation[None])
        truth = canonical_truth(shot.keypoints[None], camera, clip, angles)
        views = project_views(view_cameras(torch.tensor([AZIMUTHS])), truth)
        self.multiview = KnowingMultiviewDenoiser(views, angles)
        ring = view_cameras(torch.arange(1, RING_VIEWS + 1)[None] * math.radians(60))
        self.line = KnowingLineDenoiser(project_views(ring, truth))
