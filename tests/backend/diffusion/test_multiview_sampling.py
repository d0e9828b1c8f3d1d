# SPDX-License-Identifier: GPL-3.0-or-later
import math

import pytest
import torch

from backend.diffusion.canonical import view_cameras
from backend.diffusion.denoisers import MultiviewDenoiser
from backend.diffusion.line_sampling import project_views
from backend.diffusion.multiview_sampling import AZIMUTHS, sample_multiview, triangulate_multiview
from backend.diffusion.schedule import cosine_schedule
from backend.geometry.cameras import Camera

from .scene import SMALL, KnowingMultiviewDenoiser, awake, make_scene

SCHEDULE = cosine_schedule()


@pytest.fixture(scope="module")
def scene():
    return make_scene()


@pytest.fixture(scope="module")
def true_views(scene):
    cameras = view_cameras(torch.tensor(AZIMUTHS))
    both = Camera(*(getattr(cameras, f)[None].expand(2, 3, *getattr(cameras, f).shape[1:])
                    for f in ("matrix", "rotation", "translation")))  # fmt: skip
    return project_views(both, scene.truth)


def sample(network, scene, steps=1, samples=1, seed=0, present=None):
    seen = torch.ones(scene.clip.points.shape[:3], dtype=torch.bool)
    present = scene.present if present is None else present
    generator = torch.Generator().manual_seed(seed)
    return sample_multiview(network, SCHEDULE, scene.clip, seen, present, steps, samples, generator)


def test_the_views_stand_at_right_angles():
    assert [round(math.degrees(azimuth)) for azimuth in AZIMUTHS] == [90, 180, 270]


@pytest.mark.parametrize("steps", [1, 4])
def test_a_network_that_knows_the_truth_yields_the_true_motion(scene, true_views, steps):
    network = KnowingMultiviewDenoiser(true_views, scene.tilt)
    views, tilt = sample(network, scene, steps)
    assert network.levels == [[999], [999, 749, 500, 250]][steps == 4]
    torch.testing.assert_close(views, true_views)
    torch.testing.assert_close(tilt, scene.tilt)
    points = triangulate_multiview(scene.clip, scene.weight, views, tilt)
    torch.testing.assert_close(points, scene.truth, atol=3e-4, rtol=0)


def test_a_point_that_the_input_misses_comes_from_the_other_views(scene, true_views):
    weight = scene.weight.clone()
    weight[:, 3:9, 7] = 0
    points = scene.clip.points.clone()
    points[:, 3:9, 7] += 1
    clip = type(scene.clip)(points, scene.clip.focal, scene.clip.distance, scene.clip.rotation)
    space = triangulate_multiview(clip, weight, true_views, scene.tilt)
    torch.testing.assert_close(space, scene.truth, atol=3e-4, rtol=0)


def test_several_samples_are_averaged(scene, true_views):
    network = KnowingMultiviewDenoiser(true_views, scene.tilt, offsets=(0.3, -0.1, -0.2))
    views, tilt = sample(network, scene, samples=3)
    assert len(network.levels) == 3
    torch.testing.assert_close(views, true_views)
    torch.testing.assert_close(tilt, scene.tilt)
    assert (sample(network, scene, samples=1)[0] - true_views).mean() == pytest.approx(0.3, abs=1e-4)


def test_each_sample_starts_from_noise_of_its_own_and_the_seed_alone_decides(scene):
    network = awake(MultiviewDenoiser(SMALL))
    one, again, other, mean = (sample(network, scene, 2, n, s)[0] for n, s in ((1, 4), (1, 4), (1, 5), (2, 4)))
    assert torch.equal(one, again)
    assert not torch.allclose(one, other, atol=1e-3) and not torch.allclose(one, mean, atol=1e-3)


def test_views_of_absent_frames_are_blank(scene, true_views):
    present = scene.present.clone()
    present[1, 12:] = False
    views, _ = sample(KnowingMultiviewDenoiser(true_views, scene.tilt), scene, present=present)
    assert (views[1, :, 12:] == 0).all() and (views[0, :, 12:] != 0).any()
