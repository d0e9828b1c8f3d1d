# SPDX-License-Identifier: GPL-3.0-or-later
import math

import pytest
import torch

from backend.geometry.rotations import axis_angle_to_matrix, geodesic
from backend.lifting.box_image import farther_by, refine, track
from backend.lifting.box_pose import edge_lengths, marked, rigid_pose, to_surface

SIZE = torch.tensor([0.5, 0.4, 0.3])
FRAMES = 12


@pytest.fixture
def seen():
    """A box that turns and goes by, in a camera's frame: rotation, centre, rays (T, 5, 2)."""
    time = torch.arange(FRAMES) / 30
    rotation = axis_angle_to_matrix(torch.stack([0.3 * time, 2.0 + time, 0.2 * torch.ones(FRAMES)], -1))
    place = torch.stack([time - 0.2, 0.5 + 0 * time, 3 + 0.5 * time], -1)
    points = marked(rotation, place, SIZE)
    return rotation, place, points[..., :2] / points[..., 2:]


def test_a_track_is_found_without_any_start(seen):
    rotation, place, rays = seen
    weights = torch.ones(FRAMES, 5)
    weights[5] = 0  # nothing of it is seen: it waits there
    found, centres = track(rays, weights, SIZE)
    others = [frame for frame in range(FRAMES) if frame != 5]
    assert geodesic(found, rotation)[others].max() < 2e-3 and (centres - place)[others].norm(dim=-1).max() < 2e-3
    assert (centres - place)[5].norm() < 0.1


def test_noise_costs_centimetres(seen):
    rotation, place, rays = seen
    noisy = rays + 0.002 * torch.randn(rays.shape, generator=torch.Generator().manual_seed(0))
    turned = axis_angle_to_matrix(torch.tensor([0.0, 0.3, 0.1])) @ rotation
    found, centres, error = refine(noisy, torch.ones(FRAMES, 5), SIZE, turned, place + 0.3)
    assert (centres - place).norm(dim=-1).mean() < 0.08 and error.max() < 3 * 0.002**2
    assert (found @ found.transpose(1, 2) - torch.eye(3)).abs().max() < 1e-4


def test_how_much_farther_away_it_is(seen):
    rotation, place, rays = seen
    points = marked(rotation, place, SIZE)
    assert farther_by(0.7 * points, rays, torch.ones(FRAMES, 5), SIZE) == pytest.approx(1 / 0.7, rel=1e-3)
    assert farther_by(points, rays, torch.ones(FRAMES, 5), 1.2 * SIZE) == pytest.approx(1.2, rel=1e-3)
    assert farther_by(points, rays, torch.zeros(FRAMES, 5), SIZE) is None


def test_size_and_pose_of_points_in_space():
    rotation = axis_angle_to_matrix(torch.tensor([[0.4, -0.2, 2.5], [0.0, 0.0, math.pi / 2]]))
    place = torch.tensor([[1.0, 2.0, 0.3], [0.0, 0.0, 0.2]])
    points = marked(rotation, place, SIZE)
    torch.testing.assert_close(edge_lengths(points[None], torch.ones(1, 2, 5))[0], SIZE)
    weights = torch.ones(2, 5)
    weights[0, 2] = 0
    found, centre = rigid_pose(points, weights, SIZE.expand(2, 3))
    assert (found - rotation).abs().max() < 1e-5 and (centre - place).abs().max() < 1e-5
    hidden = torch.ones(1, 2, 5)
    hidden[..., 4] = 0  # the only end of the third edge: it is as long as the others
    assert edge_lengths(points[None], hidden)[0, 2] == pytest.approx(0.45)


def test_the_surface_has_two_sides():
    inside = torch.tensor([[0.0, 0.0, 0.1], [0.35, 0.0, 0.0], [0.25 + 0.03, 0.2 + 0.04, 0.0]])
    torch.testing.assert_close(to_surface(inside, SIZE), torch.tensor([-0.05, 0.1, 0.05]), atol=1e-5, rtol=0)
