# SPDX-License-Identifier: GPL-3.0-or-later
import pytest
import torch
from torch import nn

from backend.diffusion.line_sampling import make_ring, project_views
from backend.diffusion.schedule import cosine_schedule
from backend.diffusion.space_optimisation import SpaceConfig, optimise_space
from backend.geometry.epipolar import point_line_distance

from .scene import KnowingLineDenoiser

SCHEDULE = cosine_schedule()


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


class Watching(nn.Module):
    """Remembers the lines it was told."""

    def __init__(self):
        super().__init__()
        self.told = []

    def forward(self, noisy, level, lines, present):
        self.told.append(lines)
        return torch.zeros_like(noisy)


def test_with_lines_the_network_is_told_those_of_the_input(ring):
    watching = Watching()
    optimise(watching, ring, steps=2)
    assert all(torch.equal(told, ring.lines.flatten(0, 1)) for told in watching.told)


def test_without_lines_the_network_is_told_only_where_the_points_are(ring):
    watching = Watching()
    optimise(watching, ring, steps=2, lines=False)
    first, second = watching.told
    start = project_views(ring.others, optimise(None, ring, steps=0)).flatten(0, 1)
    assert point_line_distance(start, first).max() < 1e-3
    # of one epipole each, which is another one at every step and not the input camera's
    assert torch.linalg.svdvals(first.flatten(1, 2))[:, 2].max() < 1e-2
    apart = [(first - other).abs().mean() for other in (second, ring.lines.flatten(0, 1))]
    assert min(apart) > 0.1


def test_absent_frames_have_no_lines(scene):
    present = scene.present.clone()
    present[:, 6:] = False
    ring = make_ring(scene.clip, scene.weight, present, scene.tilt[:, 0], scene.tilt[:, 1])
    watching = Watching()
    optimise(watching, ring, steps=1, lines=False)
    assert watching.told[0][:, :6].any() and not watching.told[0][:, 6:].any()


def test_every_step_is_told_and_may_stop_it(scene, ring):
    def stop(done, total):
        assert total == 150
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        optimise(KnowingLineDenoiser(project_views(ring.others, scene.truth)), ring, progress=stop)
