# SPDX-License-Identifier: GPL-3.0-or-later
"""Epipolar geometry against OpenCV, in float64, and the ring's epipoles of the published method."""

import cv2
import numpy as np
import torch

from backend.geometry.cameras import Camera, intrinsics, ring
from backend.geometry.epipolar import (
    epipolar_lines,
    epipole,
    essential_matrix,
    fundamental_matrix,
    lines_through,
    normalise_lines,
    point_line_distance,
)
from backend.geometry.triangulation import triangulate

from .test_cameras import random_cameras, random_points


def pairs():
    cameras = random_cameras(8)
    return cameras[:4], cameras[4:]


def test_images_of_one_point_satisfy_the_fundamental_matrix():
    a, b = pairs()
    points = random_points(30)
    ones = torch.ones(4, 30, 1, dtype=torch.float64)
    xa, xb = (torch.cat([camera.project(points), ones], -1) for camera in (a, b))
    fundamental = fundamental_matrix(a, b)
    fundamental = fundamental / fundamental.flatten(1).norm(dim=-1)[:, None, None]
    residual = torch.einsum("npi,nij,npj->np", xb, fundamental, xa)
    # Scaled to a unit matrix; the pixels are about 1000.
    assert residual.abs().max() < 1e-6
    assert torch.einsum("npi,nij,npj->np", xa, fundamental, xb).abs().max() > 1e-3, "a and b are interchangeable"


def test_lines_are_opencvs():
    a, b = pairs()
    pixels = a.project(random_points(30))
    lines = epipolar_lines(fundamental_matrix(a, b), pixels)
    for pair in range(4):
        expected = cv2.computeCorrespondEpilines(
            pixels[pair].numpy()[:, None], 1, fundamental_matrix(a, b)[pair].numpy()
        )[:, 0]
        expected = expected * np.where(expected[:, :1] < 0, -1, 1)
        np.testing.assert_allclose(lines[pair].numpy(), expected, rtol=1e-6, atol=1e-6)


def test_essential_matrix_holds_the_pose_opencv_recovers():
    a, b = pairs()
    rotation = b.rotation @ a.rotation.mT
    translation = b.translation - (rotation @ a.translation[..., None])[..., 0]
    points = random_points(40)
    for pair in range(4):
        essential = essential_matrix(a, b)[pair].numpy()
        # Normalised image points: recoverPose takes one camera matrix for both images.
        ya, yb = (camera[pair].to_camera(points).numpy() for camera in (a, b))
        ya, yb = (np.ascontiguousarray(y[:, :2] / y[:, 2:]) for y in (ya, yb))
        _, found, direction, _ = cv2.recoverPose(essential, ya, yb, np.eye(3))
        np.testing.assert_allclose(found, rotation[pair].numpy(), atol=1e-6)
        expected = translation[pair] / translation[pair].norm()
        np.testing.assert_allclose(direction[:, 0], expected.numpy(), atol=1e-6)


def test_epipole_is_the_image_of_the_other_centre():
    a, b = pairs()
    homogeneous = epipole(a, b)
    torch.testing.assert_close(homogeneous[:, :2] / homogeneous[:, 2:], b.project(a.centre[:, None])[:, 0])
    # Every line goes through it.
    lines = epipolar_lines(fundamental_matrix(a, b), a.project(random_points(10)))
    distance = (lines * homogeneous[:, None] / homogeneous[:, None, 2:]).sum(-1).abs()
    assert distance.max() < 1e-6


def test_ring_epipoles_lie_on_the_horizon_at_the_published_places():
    """Level cameras, f = 1000 on 1920 x 1080: x = (1000 / 960) cot(angle / 2), y = 0 in [-1, 1], at any distance."""
    angles = torch.tensor([60.0, 90.0, 120.0, 180.0, 12.0], dtype=torch.float64)
    expected = torch.tensor([1.804, 1.042, 0.601, 0.0, 9.911], dtype=torch.float64)
    for distance in (2.8, 3.0):
        views = ring(torch.deg2rad(angles), distance, 1000.0)
        first = ring(torch.zeros(1, dtype=torch.float64), distance, 1000.0)
        homogeneous = epipole(first, views)
        normalised = homogeneous[:, :2] / homogeneous[:, 2:] / torch.tensor([960.0, 540.0]) - 1
        assert (normalised[:, 1]).abs().max() < 1e-9
        torch.testing.assert_close(normalised[:, 0].abs(), expected, atol=6e-4, rtol=0)


def test_a_point_lies_on_its_own_lines():
    points = random_points(50)[:, :2]
    centre = torch.tensor([1.8, 0.0], dtype=torch.float64)
    lines = lines_through(points, centre)
    assert point_line_distance(points, lines).max() < 1e-12
    assert point_line_distance(centre.expand(50, 2), lines).max() < 1e-12
    torch.testing.assert_close(lines[:, :2].norm(dim=-1), torch.ones(50, dtype=torch.float64))
    assert (lines[:, 0] >= 0).all()


def test_lines_through_hand_made():
    lines = lines_through(torch.tensor([[0.0, 0.0], [3.0, 4.0]]), torch.tensor([3.0, 0.0]))
    torch.testing.assert_close(lines, torch.tensor([[0.0, 1.0, 0.0], [1.0, 0.0, -3.0]]))
    assert point_line_distance(torch.tensor([7.0, 2.0]), lines[1]) == 4.0


def test_lines_and_their_gradients_stay_finite_without_a_direction():
    points = torch.zeros(1, 2, requires_grad=True)
    lines = lines_through(points, torch.zeros(2))
    lines.sum().backward()
    assert torch.isfinite(lines).all() and torch.isfinite(points.grad).all()
    zero = torch.zeros(3, requires_grad=True)
    normalise_lines(zero).sum().backward()
    assert torch.isfinite(zero.grad).all()


def test_two_views_of_a_ring_agree_with_triangulation():
    """A pixel moved along its epipolar line still meets the other ray; moved across it does not."""
    cameras = ring(torch.tensor([0.0, 1.0], dtype=torch.float64), 3.0, 1000.0)
    point = random_points(1)
    pixels = cameras.project(point)
    line = epipolar_lines(fundamental_matrix(cameras[0], cameras[1]), pixels[0])[0]
    along = torch.stack([-line[1], line[0]])
    for direction, meets in ((along, True), (line[:2], False)):
        moved = torch.stack([pixels[0], pixels[1] + 5 * direction])
        error = (cameras.project(triangulate(moved, cameras)) - moved).norm(dim=-1).max()
        assert (error < 1e-6) == meets


def test_a_batch_is_its_members():
    a, b = pairs()
    pixels = a.project(random_points(6))
    together = epipolar_lines(fundamental_matrix(a, b), pixels)
    alone = epipolar_lines(fundamental_matrix(a[3], b[3]), pixels[3])
    torch.testing.assert_close(together[3], alone)
    same = Camera(intrinsics(torch.ones(2, 3), torch.zeros(2)), torch.eye(3).expand(2, 3, 3, 3), torch.ones(2, 3, 3))
    assert fundamental_matrix(same, same).shape == (2, 3, 3, 3)
