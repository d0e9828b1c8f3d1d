# SPDX-License-Identifier: GPL-3.0-or-later
import pytest
import torch
from torch import nn

from backend.diffusion.line_sampling import make_ring, project_views
from backend.diffusion.schedule import cosine_schedule
from backend.diffusion.space_optimisation import SpaceConfig, optimise_space

from .scene import KnowingLineDenoiser, make_scene

SCHEDULE = cosine_schedule()


@pytest.fixture(scope="module")
def scene():
    return make_scene(frames=8)


@pytest.fixture(scope="module")
def ring(scene):
    return make_ring(scene.clip, scene.weight, scene.present, scene.tilt[:, 0], scene.tilt[:, 1])


def optimise(network, ring, steps=150, lines=True, seed=0, progress=lambda *args: None):
    config = SpaceConfig(steps=steps, learning_rate=0.03)
    return optimise_space(network, SCHEDULE, ring, config, torch.Generator().manual_seed(seed), lines, progress)


def test_a_network_that_knows_the_views_draws_the_points_to_the_truth(scene, ring):
    network = KnowingLineDenoiser(project_views(ring.others, scene.truth))
    start = optimise(network, ring, steps=0)
    points = optimise(network, ring)
    far, near = ((p - scene.truth).norm(dim=-1).mean() for p in (start, points))
    assert near < 0.35 * far
    images = ring.cameras[:, 0].project(points.flatten(1, 2)).view(ring.points.shape)
    assert (images - ring.points).norm(dim=-1).mean() < 0.02
    assert torch.equal(points, optimise(network, ring))


def test_it_starts_in_the_plane_of_the_subject_on_the_input_views_rays(ring):
    start = optimise(None, ring, steps=0)
    camera = ring.cameras[:, 0]
    images = camera.project(start.flatten(1, 2)).view(ring.points.shape)
    torch.testing.assert_close(images, ring.points, atol=1e-4, rtol=0)
    depth = camera.to_camera(start.flatten(1, 2))[..., 2]
    torch.testing.assert_close(depth, depth[:, :1].expand_as(depth), atol=1e-3, rtol=0)


def test_without_lines_the_network_is_told_none(scene, ring):
    class Watching(nn.Module):
        def __init__(self):
            super().__init__()
            self.told = []

        def forward(self, noisy, level, lines, present):
            self.told.append(lines)
            return torch.zeros_like(noisy)

    watching = Watching()
    optimise(watching, ring, steps=1, lines=False)
    optimise(watching, ring, steps=1)
    assert not watching.told[0].any() and torch.equal(watching.told[1], ring.lines.flatten(0, 1))


def test_every_step_is_told_and_may_stop_it(scene, ring):
    def stop(done, total):
        assert total == 150
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        optimise(KnowingLineDenoiser(project_views(ring.others, scene.truth)), ring, progress=stop)
