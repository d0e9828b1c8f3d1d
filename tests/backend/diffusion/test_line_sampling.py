# SPDX-License-Identifier: GPL-3.0-or-later
import math

import pytest
import torch

from backend.diffusion.denoisers import LineDenoiser
from backend.diffusion.line_sampling import make_ring, project_views, sample_views, triangulate_ring
from backend.diffusion.schedule import cosine_schedule
from backend.geometry.epipolar import point_line_distance

from .scene import SMALL, KnowingLineDenoiser, awake, make_scene

SCHEDULE = cosine_schedule()


@pytest.fixture(scope="module")
def scene():
    return make_scene()


@pytest.fixture(scope="module")
def ring(scene):
    return make_ring(scene.clip, scene.weight, scene.present, scene.tilt[:, 0], scene.tilt[:, 1])


@pytest.fixture(scope="module")
def true_views(scene, ring):
    return project_views(ring.others, scene.truth)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def test_six_cameras_stand_60_degrees_apart_the_input_first(scene, ring):
    centre = ring.cameras.centre
    assert centre.shape == (2, 6, 3)
    torch.testing.assert_close(centre[:, 0], scene.input.centre)
    azimuth = torch.atan2(centre[..., 0], -centre[..., 1])
    expected = torch.tensor([0, 60, 120, 180, -120, -60]) * math.pi / 180
    turn = (azimuth - expected + math.pi) % (2 * math.pi) - math.pi
    assert turn.abs().max() < 1e-4


def test_the_lines_pass_through_the_true_views(ring, true_views):
    assert point_line_distance(true_views, ring.lines).max() < 1e-4
    assert (ring.lines[..., :2].norm(dim=-1) - 1).abs().max() < 1e-5
    # and they are the lines of these views, not of others
    assert point_line_distance(true_views.roll(1, 1), ring.lines).mean() > 0.01


def test_absent_frames_have_no_lines_and_no_weight(scene):
    present = scene.present.clone()
    present[:, 15:] = False
    ring = make_ring(scene.clip, scene.weight, present, scene.tilt[:, 0], scene.tilt[:, 1])
    assert (ring.lines[:, :, 15:] == 0).all() and (ring.weight[:, 15:] == 0).all()
    assert (ring.lines[:, :, :15, :, :2].norm(dim=-1) > 0.99).all()


def test_true_views_triangulate_to_the_truth(scene, ring, true_views):
    torch.testing.assert_close(triangulate_ring(ring, true_views), scene.truth, atol=2e-4, rtol=0)
    assert project_views(ring.others, 1e4 * scene.truth).abs().max() <= 8.0


def test_a_point_that_the_input_misses_comes_from_the_other_views(scene, true_views):
    weight = scene.weight.clone()
    weight[:, :, 4] = 0
    clip = scene.clip
    points = clip.points.clone()
    points[:, :, 4] = 5.0
    wrong = type(clip)(points, clip.focal, clip.distance, clip.rotation)
    ring = make_ring(wrong, weight, scene.present, scene.tilt[:, 0], scene.tilt[:, 1])
    torch.testing.assert_close(triangulate_ring(ring, true_views), scene.truth, atol=3e-4, rtol=0)


@pytest.mark.parametrize("consistent", [True, False])
@pytest.mark.parametrize("steps", [1, 4])
def test_a_network_that_knows_the_truth_yields_the_true_motion(scene, ring, true_views, consistent, steps):
    network = KnowingLineDenoiser(true_views)
    views, points = sample_views(network, SCHEDULE, ring, steps, seeded(), consistent)
    torch.testing.assert_close(points, scene.truth, atol=3e-4, rtol=0)
    torch.testing.assert_close(views, true_views, atol=3e-4, rtol=0)


def test_consistent_sampling_makes_the_views_of_a_mistaken_network_agree(ring, true_views):
    mistaken = true_views + 0.05 * torch.randn(true_views.shape, generator=seeded())

    def disagreement(consistent):
        views, points = sample_views(KnowingLineDenoiser(mistaken), SCHEDULE, ring, 3, seeded(), consistent)
        return (project_views(ring.others, points) - views).norm(dim=-1).mean()

    assert disagreement(False) > 0.02 and disagreement(True) < 0.2 * disagreement(False)


def test_the_seed_alone_decides(ring):
    network = awake(LineDenoiser(SMALL))
    first, again, other = (sample_views(network, SCHEDULE, ring, 3, seeded(s), True)[0] for s in (5, 5, 6))
    assert torch.equal(first, again) and not torch.allclose(first, other, atol=1e-3)


def test_views_of_absent_frames_are_blank(scene, true_views):
    present = scene.present.clone()
    present[:, 15:] = False
    ring = make_ring(scene.clip, scene.weight, present, scene.tilt[:, 0], scene.tilt[:, 1])
    views, points = sample_views(KnowingLineDenoiser(true_views), SCHEDULE, ring, 2, seeded(), True)
    assert (views[:, :, 15:] == 0).all() and points.isfinite().all()
    torch.testing.assert_close(points[:, :15], scene.truth[:, :15], atol=3e-4, rtol=0)
