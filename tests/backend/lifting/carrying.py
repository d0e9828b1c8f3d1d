# SPDX-License-Identifier: GPL-3.0-or-later
"""Made-up people with a box whose truth is known: one carries it, one stands beside it."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from backend.bodies.skeleton import joint
from backend.geometry.cameras import Camera, intrinsics, look_at
from backend.geometry.rotations import axis_angle_to_matrix
from backend.lifting.box_pose import marked
from backend.lifting.fit_skeleton import FitSkeleton
from backend.training.mocap_rotations import UPRIGHT

FRAMES = 60


@dataclass(frozen=True)
class Scene:
    """points (1, T, 23, 3) metres, Z up; the box's rotation (T, 3, 3), centre (T, 3) and edges (3,)."""

    points: Tensor
    rotation: Tensor
    translation: Tensor
    size: Tensor

    def view(self, camera: Camera) -> tuple[Camera, Tensor, Tensor]:
        points = self.points
        return camera, camera.project(points.flatten(1, 2)).view(*points.shape[:-1], 2), torch.ones(points.shape[:-1])


def camera() -> Camera:
    rotation, translation = look_at(torch.tensor([3.5, -2.0, 1.3]), torch.tensor([0.0, -0.3, 0.8]))
    return Camera(intrinsics(torch.tensor(1000.0), torch.tensor([960.0, 540.0])), rotation, translation)


def _scene(body, arms: float, path: Tensor, place_box, size: Tensor) -> Scene:
    rotations = torch.eye(3).repeat(FRAMES, 24, 1, 1)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        down = axis_angle_to_matrix(torch.tensor([0.0, 0.0, -sign * 1.35]))
        forward = axis_angle_to_matrix(torch.tensor([-arms, 0.0, 0.0]))
        rotations[:, joint(f"{side}_shoulder")] = forward @ down
    rotations[:, 0] = UPRIGHT
    joints, points = body.keypoints(rotations, torch.zeros(body.num_betas), path)
    turned, place = place_box(joints)
    return Scene(torch.cat([points, marked(turned, place, size)], 1)[None], turned, place, size)


def carrier(body) -> Scene:
    """Somebody glides forwards (-Y) with a box between the palms, which turns a little about the line between them."""
    time = torch.arange(FRAMES) / 30
    path = torch.stack([0.05 * torch.sin(2 * time), -0.8 * time, torch.full((FRAMES,), 1.16)], -1)
    palms = [joint("left_hand"), joint("right_hand")]

    def between(joints: Tensor) -> tuple[Tensor, Tensor]:
        angle = 0.3 * torch.sin(math.pi * time)
        return axis_angle_to_matrix(angle[:, None] * torch.tensor([1.0, 0, 0])), joints[:, palms].mean(1)

    wide = float((_palms_apart(body)).norm())
    return _scene(body, 1.3, path, between, torch.tensor([wide, 0.35, 0.25]))


def _palms_apart(body) -> Tensor:
    rotations = torch.eye(3).repeat(1, 24, 1, 1)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        rotations[:, joint(f"{side}_shoulder")] = axis_angle_to_matrix(torch.tensor([0.0, 0.0, -sign * 1.35]))
    joints, _ = body.keypoints(rotations, torch.zeros(body.num_betas), torch.zeros(1, 3))
    return joints[0, joint("left_hand")] - joints[0, joint("right_hand")]


def bystander(body) -> Scene:
    """Somebody stands, arms hanging, beside a box that stands on the floor."""
    path = torch.tensor([0.0, 0.0, 1.16]).repeat(FRAMES, 1)
    size = torch.tensor([0.5, 0.4, 0.3])
    standing = torch.eye(3).repeat(1, 1, 24, 1, 1)
    standing[..., 0, :, :] = UPRIGHT
    lowest = float(FitSkeleton(body).soles(standing, torch.zeros(1, body.num_betas), path[None, :1])[..., 2].min())
    turned = axis_angle_to_matrix(torch.tensor([0.0, 0.0, 0.5])).repeat(FRAMES, 1, 1)
    place = torch.tensor([0.5, -0.5, lowest + 0.15]).repeat(FRAMES, 1)
    return _scene(body, 0.0, path, lambda joints: (turned, place), size)
