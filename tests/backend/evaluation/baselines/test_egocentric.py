# SPDX-License-Identifier: GPL-3.0-or-later
import math

import torch

from backend.diffusion.canonical import mid_hip
from backend.evaluation.baselines.egocentric import encode, heading, integrate, turned, with_standing_feet

from ..figures import walker


def wandering(frames=150, seed=0):
    """A made-up walk (T, 3) by somebody who turns about several times, azimuths (T,)."""
    time = torch.arange(frames, dtype=torch.float64) / 30
    noise = 0.01 * torch.randn(frames, 3, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    path = torch.stack([time.cos() + 0.3 * time, 2 * (1.3 * time).sin(), 1 + 0.05 * (6 * time).sin()], -1) + noise
    return path, 2.9 + 2.5 * time + 0.4 * (3 * time).sin()


def test_integration_inverts_the_encoding():
    path, azimuth = wandering()
    velocity = encode(path, azimuth)
    assert velocity.shape == (150, 3) and 1 < velocity.norm(dim=-1).mean() < 5
    torch.testing.assert_close(integrate(velocity, azimuth), path - path[0])
    assert (integrate(velocity, azimuth + 0.1) - path + path[0]).abs().max() > 0.1


def test_the_encoding_knows_no_north_and_no_place():
    path, azimuth = wandering()
    elsewhere = turned(path, torch.tensor(1.1).double().expand(len(path))) + torch.tensor([5.0, -2, 0.3])
    torch.testing.assert_close(encode(path, azimuth), encode(elsewhere, azimuth + 1.1))


def test_several_walks_are_integrated_at_once_and_the_first_frame_has_no_step():
    path, azimuth = (torch.stack(each) for each in zip(wandering(seed=1), wandering(seed=2), strict=True))
    velocity = encode(path, azimuth)
    assert velocity[:, 0].abs().sum() == 0
    velocity[:, 0] = 7.0  # whatever a network says there
    torch.testing.assert_close(integrate(velocity, azimuth), path - path[:, :1])


def test_a_walker_who_faces_away_from_where_they_go_walks_backwards():
    motion = torch.as_tensor(walker(61, travel=1.0))  # faces -Y, goes towards +Y in two seconds
    azimuth = heading(motion)
    torch.testing.assert_close(azimuth, torch.full_like(azimuth, -math.pi / 2))
    velocity = encode(mid_hip(motion), azimuth)
    torch.testing.assert_close(velocity[1:], velocity.new_tensor([-0.5, 0, 0]).expand(60, 3))


def standing(frames=60):
    """Somebody who stands and sways: the keypoints about the root (T, 18, 3), and the root's path (T, 3)."""
    points = torch.as_tensor(walker(1)).repeat(frames, 1, 1)
    sway = 0.1 * (torch.arange(frames) / 6).sin()[:, None] * points.new_tensor([1.0, 0, 0])
    for point in (*range(8), *range(14, 18), 8, 11):  # all but the legs below the hips
        points[:, point] += sway
    path = mid_hip(points)
    return points - path[:, None], path


def test_standing_feet_hold_a_path_that_drifts():
    pose, path = standing()
    drifting = path + torch.arange(60)[:, None] * torch.tensor([0.0, 0.004, 0.0])  # 12 cm a second
    held = with_standing_feet(drifting, pose)
    assert (held - path).norm(dim=-1).max() < 0.03 < 0.2 < (drifting - path).norm(dim=-1).max()


def test_feet_in_the_air_or_fast_leave_the_path_as_it_is():
    pose, _ = standing()
    flight = torch.stack([torch.linspace(0, 6, 60), torch.zeros(60), torch.linspace(1, 2, 60)], -1).double()
    torch.testing.assert_close(with_standing_feet(flight, pose), flight, atol=0.02, rtol=0)
    assert with_standing_feet(flight[:2], pose[:2]).shape == (2, 3)
