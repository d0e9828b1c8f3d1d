# SPDX-License-Identifier: GPL-3.0-or-later
"""SMAL fitted to keypoints that rules made: bodies of other proportions, in canonical metres."""

import numpy as np
import pytest
import torch

from backend.bodies.quadruped_prior import QuadrupedPrior, learn_quadruped_prior
from backend.bodies.smal import load_quadruped
from backend.bodies.smal_skeleton import joint
from backend.diffusion.canonical import LIMB_METRES, limb_lengths, limb_sum, mid_hip
from backend.geometry.cameras import Camera
from backend.lifting.fit_skeleton import FitSkeleton
from backend.lifting.fitting import at_own_size, enlargement, fit_body, resized, standing_limbs
from backend.lifting.rigs import rig_of
from backend.lifting.steady_size import steady_size
from backend.training.gaits import draw_body, make_motion

BODY = load_quadruped()


@pytest.fixture(scope="module")
def prior() -> QuadrupedPrior:
    generator = np.random.default_rng(1)
    clips = [make_motion(generator, draw_body(generator), 5.0) for _ in range(30)]
    return learn_quadruped_prior(torch.cat([torch.as_tensor(c.rotations[::5, 1:]).float() for c in clips]), {})


def motion(kind: str, family: str, frames: int = 60, seed: int = 5) -> torch.Tensor:
    """Keypoints (1, T, 17, 3) of a made animal, in canonical metres."""
    generator = np.random.default_rng(seed)
    made = make_motion(generator, draw_body(generator, family), 4.0, 30, kind)
    points = torch.as_tensor(made.keypoints[:frames], dtype=torch.float32)[None]
    return points * (LIMB_METRES / limb_sum(limb_lengths(points)).median())


@pytest.mark.parametrize("kind, family", [("walk", "cat"), ("trot", "dog"), ("sit", "cat")])
def test_the_body_comes_near_to_its_keypoints(prior, kind, family):
    points = motion(kind, family)
    fit = fit_body(points, BODY, prior, iterations=80)
    assert fit.rotations.shape == (1, 60, 35, 3, 3) and fit.keypoints.shape == (1, 60, 17, 3)
    assert float(fit.residual) < 0.05  # of a limb sum of 1.3
    there = fit.keypoints + torch.tensor([0, 0, float(fit.floor)])
    assert (mid_hip(there) - mid_hip(points)).norm(dim=-1).mean() < 0.05
    soles = FitSkeleton(BODY, rig_of(BODY), enlargement(BODY))
    soles = soles.pose(fit.rotations, soles.rest(fit.betas)[:, None], fit.translation)[2]
    assert abs(float(soles[..., 2].amin(-1).quantile(0.05))) < 0.02


def test_missing_points_are_filled_by_the_prior(prior):
    points, weights = motion("walk", "cat"), torch.ones(1, 60, 17)
    weights[:, :, [5, 8, 11, 14]] = 0  # shoulders and hips, as BADJA leaves them out
    broken = points.clone()
    broken[:, :, [5, 8, 11, 14], 2] += 0.2  # a guess that does not count
    fit = fit_body(broken, BODY, prior, weights=weights, iterations=80)
    there = fit.keypoints + torch.tensor([0, 0, float(fit.floor)])
    assert (there - points).norm(dim=-1)[:, :, [5, 8, 11, 14]].mean() < 0.12


def test_the_view_draws_the_body_onto_the_image(prior):
    points = motion("walk", "cat")
    camera = Camera(torch.eye(3), torch.tensor([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]]), torch.tensor([0.0, 0.5, 5.0]))
    images = camera.project(points[0])[None]
    noisy = points + 0.06 * torch.randn(points.shape, generator=torch.Generator().manual_seed(0))

    def error(views):
        fit = fit_body(noisy, BODY, prior, views=views, iterations=80)
        there = fit.keypoints[0] + torch.tensor([0, 0, float(fit.floor)])
        return (camera.project(there) - images[0]).norm(dim=-1).mean()

    assert error((camera, images, torch.ones(1, 60, 17))) < 0.6 * error(None)


def test_an_animal_comes_back_at_its_own_size(prior):
    fit = fit_body(motion("walk", "dog"), BODY, prior, iterations=40)
    small, shrink = at_own_size(fit, BODY, 0.55, keep=False)
    assert float(BODY.stature(small.betas[0])) == pytest.approx(0.55, rel=0.01)
    torch.testing.assert_close(small.keypoints, fit.keypoints * shrink, atol=0.01, rtol=0)
    mean, _ = at_own_size(fit, BODY, None, keep=False)
    usual = float(BODY.stature(torch.zeros(BODY.num_betas)))
    assert float(BODY.stature(mean.betas[0])) == pytest.approx(usual, rel=0.01)
    kept, shrink = at_own_size(fit, BODY, None, keep=True)
    assert torch.equal(kept.betas, fit.betas) and shrink == pytest.approx(1 / enlargement(BODY))


def test_a_body_is_resized_as_a_whole():
    betas = torch.zeros(BODY.num_betas)
    betas[BODY.shape_names.index("leg_length")] = 1.0
    twice = resized(BODY, betas, 2.0)
    torch.testing.assert_close(BODY.rest_joints(twice), 2 * BODY.rest_joints(betas), atol=2e-3, rtol=0)
    assert standing_limbs(BODY, twice) == pytest.approx(2 * standing_limbs(BODY, betas), rel=0.01)


def test_knees_bend_as_those_of_the_poses_learnt_from(prior):
    fit = fit_body(motion("trot", "dog"), BODY, prior, iterations=80)
    turned = BODY.joint_names.index("LLegBack2"), BODY.joint_names.index("LLegBack3")
    hip, stifle, hock = (fit.joints[0, :, index] for index in (joint("LLegBack1"), *turned))
    forward = fit.rotations[0, :, 0, :, 0]
    assert (((stifle - (hip + hock) / 2) * forward).sum(-1) > 0).float().mean() > 0.95  # stifles point ahead


def test_an_animal_that_seems_to_grow_is_nearer():
    points = motion("walk", "cat") + torch.tensor([0.0, 0.0, 6.0])
    points = points[0, ..., [0, 2, 1]]  # the frame of a camera: depth last
    points[..., 2] += 6
    wrong = points * torch.linspace(0.8, 1.25, len(points))[:, None, None]  # the same image, bones that grow
    steadied = steady_size(wrong)
    torch.testing.assert_close(steadied[..., :2] / steadied[..., 2:], points[..., :2] / points[..., 2:])
    ratio = steadied[..., 0, 2] / points[..., 0, 2]
    growth = ratio[-10:].mean() / ratio[:10].mean()
    assert abs(float(growth) - 1) < 0.12 < abs(1.25 / 0.8 - 1)
