# SPDX-License-Identifier: GPL-3.0-or-later
"""Cameras against OpenCV, in float64."""

import cv2
import numpy as np
import pytest
import torch

from backend.geometry.cameras import Camera, intrinsics, look_at, ring


def random_cameras(count: int, seed: int = 0) -> Camera:
    generator = torch.Generator().manual_seed(seed)
    draw = torch.randn(count, 3, generator=generator, dtype=torch.float64)
    centre = 4 * draw / draw.norm(dim=-1, keepdim=True)
    rotation, translation = look_at(centre, 0.2 * draw.roll(1, 0), roll=0.3 * draw[:, 0])
    focal = 800 + 400 * torch.rand(count, generator=generator, dtype=torch.float64)
    return Camera(intrinsics(focal, torch.tensor([930.0, 555.0], dtype=torch.float64)), rotation, translation)


def random_points(count: int, seed: int = 1) -> torch.Tensor:
    return torch.randn(count, 3, generator=torch.Generator().manual_seed(seed), dtype=torch.float64) * 0.5


def test_project_is_opencvs():
    cameras, points = random_cameras(5), random_points(20)
    pixels = cameras.project(points)
    assert pixels.shape == (5, 20, 2)
    for camera in range(5):
        turn = cv2.Rodrigues(cameras.rotation[camera].numpy())[0]
        expected = cv2.projectPoints(
            points.numpy(), turn, cameras.translation[camera].numpy(), cameras.matrix[camera].numpy(), None
        )[0][:, 0]
        np.testing.assert_allclose(pixels[camera].numpy(), expected, rtol=0, atol=1e-6)


def test_look_at_rotations_are_proper_and_aim_at_the_target():
    centre = torch.tensor([[3.0, -1.0, 2.0], [0.0, 0.0, 5.0], [0.0, 0.0, -5.0]], dtype=torch.float64)
    target = torch.tensor([0.0, 0.0, 0.5], dtype=torch.float64)
    rotation, translation = look_at(centre, target)
    torch.testing.assert_close(rotation @ rotation.mT, torch.eye(3, dtype=torch.float64).expand(3, 3, 3))
    torch.testing.assert_close(torch.linalg.det(rotation), torch.ones(3, dtype=torch.float64))
    camera = Camera(torch.eye(3, dtype=torch.float64).expand(3, 3, 3), rotation, translation)
    torch.testing.assert_close(camera.centre, centre)
    torch.testing.assert_close(camera.project(target.expand(3, 1, 3)), torch.zeros(3, 1, 2, dtype=torch.float64))


def test_the_image_of_a_level_camera_has_up_at_the_top_and_roll_turns_it():
    target = torch.zeros(3, dtype=torch.float64)
    above = torch.tensor([[0.0, 0.0, 0.1]], dtype=torch.float64)
    centre = torch.tensor([0.0, -3.0, 0.0], dtype=torch.float64)
    eye = torch.eye(3, dtype=torch.float64)
    level = Camera(eye, *look_at(centre, target)).project(above)[0]
    assert level[1] < 0 and abs(level[0]) < 1e-12
    # The camera turned clockwise sees the world turned anticlockwise: what is above moves to the left.
    rolled = Camera(eye, *look_at(centre, target, torch.tensor(0.1, dtype=torch.float64))).project(above)[0]
    assert rolled[0] < 0
    torch.testing.assert_close(rolled.norm(), level.norm())


def test_ring_stands_where_it_says():
    azimuth = torch.deg2rad(torch.tensor([0.0, 90.0], dtype=torch.float64))
    target = torch.tensor([1.0, 2.0, 0.5], dtype=torch.float64)
    cameras = ring(azimuth, 3.0, 1000.0, target=target)
    expected = torch.tensor([[1.0, -1.0, 0.5], [4.0, 2.0, 0.5]], dtype=torch.float64)
    torch.testing.assert_close(cameras.centre, expected)
    torch.testing.assert_close(cameras.project(target[None]), torch.tensor([[[960.0, 540.0]]] * 2, dtype=torch.float64))
    right_of_target = cameras[0].project(target[None] + torch.tensor([[0.3, 0.0, 0.0]], dtype=torch.float64))
    torch.testing.assert_close(right_of_target, torch.tensor([[1060.0, 540.0]], dtype=torch.float64))
    high = ring(azimuth[:1], 2.0, 1000.0, elevation=np.pi / 6)
    torch.testing.assert_close(high.centre, torch.tensor([[0.0, -(3.0**0.5), 1.0]], dtype=torch.float64))


def test_leading_dimensions_and_indexing():
    azimuth = torch.rand(4, 3, dtype=torch.float64)
    targets = torch.rand(4, 3, dtype=torch.float64)
    cameras = ring(azimuth, 3.0, 1000.0, target=targets)
    points = random_points(7).expand(4, 1, 7, 3)
    pixels = cameras.project(points)
    assert pixels.shape == (4, 3, 7, 2)
    torch.testing.assert_close(cameras[2, 1].project(points[0, 0]), pixels[2, 1])
    assert cameras.to(torch.float32).matrix.dtype == torch.float32


def test_frames_and_back_projection_invert():
    cameras, points = random_cameras(5), random_points(20).expand(5, 20, 3)
    local = cameras.to_camera(points)
    torch.testing.assert_close(cameras.to_world(local), points)
    torch.testing.assert_close(cameras.back_project(cameras.project(points), local[..., 2]), points)


@pytest.mark.parametrize("depth", [0.0, 1e-9, -1e-9])
def test_a_point_in_the_cameras_plane_keeps_finite_gradients(depth):
    camera = Camera(torch.eye(3), torch.eye(3), torch.zeros(3))
    point = torch.tensor([[0.1, 0.2, depth]], requires_grad=True)
    camera.project(point).sum().backward()
    assert torch.isfinite(point.grad).all()
