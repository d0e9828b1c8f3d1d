# SPDX-License-Identifier: GPL-3.0-or-later
import pytest
import torch

from backend.diffusion.canonical import mid_hip
from backend.evaluation.baselines.image_root import image_root

from ..figures import walker

FRAMES = 90


@pytest.fixture
def seen():
    """A walker coming towards a level camera and across its picture, not in its middle: points (T, 18, 3), rays."""
    motion = torch.as_tensor(walker(FRAMES, travel=0.0), dtype=torch.float32)
    local = torch.stack([motion[..., 0], -motion[..., 2], motion[..., 1]], -1)
    path = torch.stack([torch.linspace(-1, 1.5, FRAMES), torch.full((FRAMES,), 1.2), torch.linspace(6, 3, FRAMES)], -1)
    local = local + path[:, None]
    return local, local[..., :2] / local[..., 2:]


def about_root(points):
    return points - mid_hip(points)[:, None]


def test_a_true_pose_has_the_true_path(seen):
    points, rays = seen
    root = image_root(about_root(points), rays, torch.ones(FRAMES, 18))
    torch.testing.assert_close(root, mid_hip(points), atol=2e-3, rtol=0)


def test_missing_points_do_not_count_wherever_they_are(seen):
    points, rays = seen
    weight, wrong = torch.ones(FRAMES, 18), rays.clone()
    for frames, names in ((slice(10, 40), [8, 11]), (slice(30, 70), [3, 4, 9])):  # the hips, then arm and knee
        weight[frames, names], wrong[frames, names] = 0.0, 9.0
    root = image_root(about_root(points), wrong, weight)
    torch.testing.assert_close(root, mid_hip(points), atol=2e-3, rtol=0)
    assert (image_root(about_root(points), wrong, torch.ones(FRAMES, 18)) - mid_hip(points)).abs().max() > 0.5


def test_the_depth_of_somebody_not_seen_for_a_second_is_bridged(seen):
    points, rays = seen
    weight, held = torch.ones(FRAMES, 18), rays.clone()
    weight[30:60] = 0
    part = torch.linspace(0, 1, 32)[1:-1, None, None]
    held[30:60] = (1 - part) * rays[29] + part * rays[60]  # as gaps are filled
    root = image_root(about_root(points), held, weight)
    assert (root - mid_hip(points)).norm(dim=-1).max() < 0.1


def test_a_body_that_appears_half_as_large_is_twice_as_far(seen):
    points, _ = seen
    pose = about_root(points)
    flat = pose * torch.tensor([1.0, 1.0, 0.0])
    depth = [image_root(flat, flat[..., :2] / far, torch.ones(FRAMES, 18))[:, 2].mean() for far in (4.0, 8.0)]
    assert float(depth[0]) == pytest.approx(4, abs=1e-3) and float(depth[1]) == pytest.approx(8, abs=1e-3)


def test_noise_in_single_frames_hardly_moves_the_depth(seen):
    points, rays = seen
    noise = 0.01 * torch.randn(rays.shape, generator=torch.Generator().manual_seed(0))
    depth = image_root(about_root(points), rays + noise, torch.ones(FRAMES, 18))[:, 2]
    assert (depth.diff() - mid_hip(points)[:, 2].diff()).abs().max() < 0.01
    assert (depth - mid_hip(points)[:, 2]).abs().max() < 0.15


@pytest.mark.parametrize("frames", [1, 2, 3, 8])
def test_the_shortest_clips_have_a_path(seen, frames):
    points, rays = (each[:frames] for each in seen)
    root = image_root(about_root(points), rays, torch.ones(frames, 18))
    torch.testing.assert_close(root, mid_hip(points), atol=2e-3, rtol=0)


def test_nobody_ever_seen_or_no_body_at_all_is_somewhere_finite(seen):
    points, rays = seen
    for pose, weight in ((about_root(points), 0.0), (torch.zeros_like(points), 1.0)):
        assert image_root(pose, rays, torch.full((FRAMES, 18), weight)).isfinite().all()
