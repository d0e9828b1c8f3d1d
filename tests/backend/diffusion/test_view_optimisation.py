# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest
import torch

from backend.diffusion import view_optimisation
from backend.diffusion.canonical import CanonicalClip
from backend.diffusion.line_sampling import make_ring, project_views
from backend.diffusion.schedule import cosine_schedule
from backend.diffusion.view_optimisation import OptimisationConfig, consistency_loss, optimise_views, pairwise_lines

from .scene import KnowingLineDenoiser

SCHEDULE = cosine_schedule()


@pytest.fixture(scope="module")
def true_views(scene, ring):
    return project_views(ring.others, scene.truth)


def test_all_pairs_both_ways(ring):
    pairs = [(a, b) for a, b, _ in pairwise_lines(ring)]
    assert len(pairs) == 30 and set(pairs) == {(a, b) for a in range(6) for b in range(6) if a != b}


def test_consistent_views_cost_nothing_and_moved_ones_do(ring, true_views):
    pairs = pairwise_lines(ring)
    assert consistency_loss(ring, true_views, pairs) < 1e-4
    moved = true_views.clone()
    moved[:, 2] += 0.1
    assert consistency_loss(ring, moved, pairs) > 0.01


def test_the_loss_is_the_mean_over_thirty_ordered_pairs_computed_by_hand():
    """Two points, one frame; the projections and lines of every pair by numpy, from the textbook's formulas."""
    generator = torch.Generator().manual_seed(1)
    clip = CanonicalClip(torch.randn(1, 1, 2, 2, generator=generator) * 0.3, torch.tensor([3.0]), torch.tensor([4.0]),
                         torch.eye(3)[None])  # fmt: skip
    present = torch.ones(1, 1, dtype=torch.bool)
    ring = make_ring(clip, torch.ones(1, 1, 2), present, torch.tensor([0.2]), torch.tensor([0.1]))
    views = torch.randn(1, 5, 1, 2, 2, generator=generator) * 0.3
    points = torch.cat([clip.points[:, None], views], 1)[0, :, 0].double().numpy()
    k, r, t = (x[0].double().numpy() for x in (ring.cameras.matrix, ring.cameras.rotation, ring.cameras.translation))
    distances = []
    for a in range(6):
        for b in range(6):
            if a == b:
                continue
            turn = r[b] @ r[a].T
            x, y, z = t[b] - turn @ t[a]
            essential = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]]) @ turn
            fundamental = np.linalg.inv(k[b]).T @ essential @ np.linalg.inv(k[a])
            for point in range(2):
                line = fundamental @ [*points[a, point], 1]
                distances.append(abs(line @ [*points[b, point], 1]) / np.hypot(line[0], line[1]))
    assert len(distances) == 60
    assert float(consistency_loss(ring, views, pairwise_lines(ring))) == pytest.approx(np.mean(distances), rel=1e-4)


def test_points_the_input_misses_do_not_count(scene, true_views):
    points, weight = scene.clip.points.clone(), scene.weight.clone()
    points[:, :, 3], weight[:, :, 3] = 2.0, 0
    clip = CanonicalClip(points, scene.clip.focal, scene.clip.distance, scene.clip.rotation)
    ring = make_ring(clip, weight, scene.present, scene.tilt[:, 0], scene.tilt[:, 1])
    assert consistency_loss(ring, true_views, pairwise_lines(ring)) < 1e-4


def test_descending_the_consistency_loss_brings_a_moved_view_back_onto_its_lines(ring, true_views):
    pairs = pairwise_lines(ring)
    views = true_views.clone()
    views[:, 1, :, :, 1] += 0.1
    views.requires_grad_()
    before = consistency_loss(ring, views, pairs)
    (gradient,) = torch.autograd.grad(before, views)
    # the view that was moved, and the way it was moved
    assert gradient[:, 1, :, :, 1].mean() > 0
    assert gradient[:, 1].abs().mean() > 2 * gradient[:, [0, 2, 3, 4]].abs().mean()
    after = consistency_loss(ring, views - 0.05 * gradient / gradient.abs().max(), pairs)
    assert after < 0.95 * before


def test_score_distillation_points_towards_what_the_network_believes(ring, true_views):
    """Eq. 4 with a known answer: the score is a positive multiple of views minus truth, so that Adam's first step from
    zeros is the learning rate towards the truth's sign."""
    config = OptimisationConfig(steps=1, learning_rate=0.02, consistency=0.0, start_steps=0)
    network = KnowingLineDenoiser(true_views)
    views, _ = optimise_views(network, SCHEDULE, ring, config, torch.Generator().manual_seed(3))
    sure = true_views.abs() > 0.05
    assert sure.float().mean() > 0.5
    torch.testing.assert_close(views[sure], 0.02 * true_views[sure].sign(), atol=1e-4, rtol=0)


def test_perturbed_views_come_nearer_to_the_truth(ring, true_views, monkeypatch):
    perturbed = true_views + 0.1 * torch.randn(true_views.shape, generator=torch.Generator().manual_seed(0))
    monkeypatch.setattr(view_optimisation, "sample_views", lambda *args, **options: (perturbed, None))
    network, ticks = KnowingLineDenoiser(true_views), []
    views, points = optimise_views(
        network, SCHEDULE, ring, OptimisationConfig(steps=12, learning_rate=0.02), torch.Generator().manual_seed(0),
        lambda done, total: ticks.append((done, total)),
    )  # fmt: skip
    assert (views - true_views).abs().mean() < 0.5 * (perturbed - true_views).abs().mean()
    assert points.shape == (2, 8, 18, 3) and ticks == [(i, 12) for i in range(12)]
    pairs = pairwise_lines(ring)
    assert consistency_loss(ring, views, pairs) < 0.5 * consistency_loss(ring, perturbed, pairs)


def test_the_seed_alone_decides(ring, true_views):
    config = OptimisationConfig(steps=2, start_steps=2)
    network = KnowingLineDenoiser(true_views * 1.1)
    first, again, other = (
        optimise_views(network, SCHEDULE, ring, config, torch.Generator().manual_seed(seed))[0] for seed in (1, 1, 2)
    )
    assert torch.equal(first, again) and not torch.equal(first, other)
