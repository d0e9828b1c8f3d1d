# SPDX-License-Identifier: GPL-3.0-or-later
"""Triangulation against OpenCV and against a generic least-squares solver, in float64."""

import cv2
import numpy as np
import torch

from backend.geometry.cameras import ring
from backend.geometry.triangulation import triangulate

from .test_cameras import random_cameras, random_points


def projection_matrices(cameras):
    return (cameras.matrix @ torch.cat([cameras.rotation, cameras.translation[..., None]], -1)).numpy()


def test_two_views_are_opencvs():
    cameras, points = random_cameras(2), random_points(50)
    pixels = cameras.project(points)
    first, second = projection_matrices(cameras)
    homogeneous = cv2.triangulatePoints(first, second, pixels[0].numpy().T, pixels[1].numpy().T)
    np.testing.assert_allclose(triangulate(pixels, cameras).numpy(), (homogeneous[:3] / homogeneous[3]).T, atol=1e-6)


def test_noisy_weighted_views_are_the_least_squares_solution():
    """Rows (x P3 - P1, y P3 - P2) of the projection equations, scaled to unit plane normals, solved by lstsq."""
    cameras, points = random_cameras(5), random_points(12)
    generator = torch.Generator().manual_seed(5)
    pixels = cameras.project(points)
    pixels = pixels + 15 * torch.randn(pixels.shape, generator=generator, dtype=torch.float64)
    weights = torch.rand(5, 12, generator=generator, dtype=torch.float64)
    found = triangulate(pixels, cameras, weights)
    matrices = projection_matrices(cameras)
    for point in range(12):
        rows = []
        for view, matrix in enumerate(matrices):
            for axis in range(2):
                row = pixels[view, point, axis].item() * matrix[2] - matrix[axis]
                rows.append(row / np.linalg.norm(row[:3]) * np.sqrt(weights[view, point].item()))
        rows = np.array(rows)
        expected = np.linalg.lstsq(rows[:, :3], -rows[:, 3], rcond=None)[0]
        np.testing.assert_allclose(found[point].numpy(), expected, atol=1e-6)
    assert (found - points).norm(dim=-1).max() > 1e-3, "the noise had no effect"


def test_leading_dimensions():
    azimuth = torch.rand(3, 4, dtype=torch.float64) + torch.arange(4) * 1.5
    cameras = ring(azimuth, 3.0, 1000.0)
    points = random_points(3 * 10).reshape(3, 1, 10, 3)
    found = triangulate(cameras.project(points), cameras)
    torch.testing.assert_close(found, points[:, 0])
    # One ring for a batch of clips with frames: the cameras broadcast.
    ring_of_four = cameras[0]
    points = random_points(2 * 5 * 6).reshape(2, 5, 1, 6, 3)
    torch.testing.assert_close(triangulate(ring_of_four.project(points), ring_of_four), points[:, :, 0])


def test_single_precision_is_good_to_a_tenth_of_a_millimetre():
    cameras = ring(torch.arange(6) * torch.pi / 3, 3.0, 1000.0)
    points = random_points(200).float()
    assert (triangulate(cameras.project(points), cameras) - points).abs().max() < 1e-4


def test_missing_pixels_of_weight_zero_do_not_spoil_the_rest():
    cameras, points = random_cameras(4), random_points(3)
    pixels = cameras.project(points)
    weights = torch.ones(4, 3, dtype=torch.float64)
    pixels[1, 0] = float("nan")
    weights[1, 0] = 0
    weights[:, 2] = 0  # seen nowhere
    weights[0, 1:] = torch.tensor([10.0, 1.0])
    found = triangulate(pixels, cameras, weights)
    torch.testing.assert_close(found[:2], points[:2])
    weights[0, 2] = 1  # seen once
    assert torch.isnan(triangulate(pixels, cameras, weights)[2]).all()


def test_gradients_are_right():
    cameras, points = random_cameras(3), random_points(2)
    pixels = cameras.project(points).requires_grad_()
    weights = torch.tensor([[1.0, 2.0], [0.5, 1.0], [3.0, 0.1]], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda p, w: triangulate(p + 3, cameras, w), (pixels, weights), eps=1e-4, atol=1e-6)
