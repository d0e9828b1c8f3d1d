# SPDX-License-Identifier: GPL-3.0-or-later
import pytest
import torch

from backend.diffusion.canonical import mid_hip
from backend.diffusion.denoisers import DenoiserConfig
from backend.evaluation.baselines.lifter_network import (
    LifterNetwork,
    apparent_size_by_frame,
    mean_of_mirrored,
    with_mirror,
)

from ...diffusion.scene import awake, make_scene

SMALL = DenoiserConfig(width=32, blocks=2, heads=2)


@pytest.fixture(scope="module")
def network():
    return awake(LifterNetwork(SMALL))


def question(frames=20):
    scene = make_scene(frames)
    seen = torch.ones(scene.clip.points.shape[:3], dtype=torch.bool)
    return scene.clip.points, seen, scene.clip.nearness, scene.present


@pytest.mark.parametrize("frames", [3, 20])
def test_the_answer_lies_about_the_root_for_clips_of_any_length(network, frames):
    pose = network(*question(frames))
    assert pose.shape == (2, frames, 18, 3) and pose.isfinite().all()
    assert mid_hip(pose).abs().max() < 1e-5


def test_unseen_points_and_absent_frames_tell_nothing(network):
    points, seen, nearness, present = question()
    seen, present = seen.clone(), present.clone()
    seen[:, :, 4], present[:, 12:] = False, False
    wrong = points.clone()
    wrong[:, :, 4], wrong[:, 12:] = 9.0, -9.0
    asked = network(points, seen, nearness, present)[:, :12]
    torch.testing.assert_close(network(wrong, seen, nearness, present)[:, :12], asked)
    assert (network(wrong, torch.ones_like(seen), nearness, present)[:, :12] - asked).abs().max() > 0.1


def test_how_near_the_camera_is_matters(network):
    points, seen, nearness, present = question()
    near, far = (network(points, seen, nearness * factor, present) for factor in (1.0, 0.3))
    assert (near - far).abs().max() > 0.01


def test_an_untrained_network_begins_near_the_image_plane():
    points, *rest = question()
    pose = LifterNetwork(SMALL)(points, *rest)
    flat = (points - mid_hip(points)[..., None, :]) * 1.3 / 0.8
    assert (pose[..., :2] - flat).abs().mean() < 0.2 < flat.abs().mean()


def test_who_comes_nearer_appears_larger_frame_by_frame_also_where_a_limb_is_missing():
    points = question(120)[0][:1]
    points = points / apparent_size_by_frame(points, torch.ones(1, 120, 18, dtype=torch.bool))[..., None, None]
    nearer = torch.linspace(0.6, 1.0, 120)  # limb sums in the picture
    seen = torch.ones(1, 120, 18, dtype=torch.bool)
    seen[:, 40:60, 9] = False
    size = apparent_size_by_frame(points * nearer[:, None, None], seen)[0]
    assert (size / nearer - 1).abs().max() < 0.15 and (size.diff() > -0.02).all()
    seen[..., 9] = False
    torch.testing.assert_close(apparent_size_by_frame(points, seen), torch.full((1, 120), 0.8))


def test_the_mean_with_the_mirrored_answer_is_the_mirrored_mean(network):
    points, seen, nearness, present = question()
    seen = seen.clone()
    seen[:, 5:9, 3] = False  # the right elbow
    asked = with_mirror(points, seen, nearness, present)
    plain = mean_of_mirrored(network(*asked))
    count = len(points)
    other_way_round = mean_of_mirrored(network(*(torch.cat([x[count:], x[:count]]) for x in asked)))
    turned_back = mean_of_mirrored(torch.cat([plain, other_way_round]))
    torch.testing.assert_close(turned_back, plain, atol=1e-5, rtol=0)
    assert asked[1][count, 6, 6] == 0 and asked[1][count, 6, 3]  # the left elbow there
    assert (plain - network(points, seen, nearness, present)).abs().max() > 0.01
