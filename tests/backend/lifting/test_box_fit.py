# SPDX-License-Identifier: GPL-3.0-or-later
from dataclasses import replace

import pytest
import torch

from backend.bodies.pose_prior import load_pose_prior
from backend.bodies.skeleton import joint
from backend.bodies.smpl import load_body
from backend.geometry.rotations import geodesic
from backend.lifting import smpl_fit
from backend.lifting.box_fit import PALMS
from backend.lifting.box_pose import corners, in_box, marked, to_surface
from backend.lifting.fit_skeleton import FitSkeleton
from backend.lifting.fitting import fit_body

from .carrying import bystander, camera, carrier


@pytest.fixture(scope="module")
def body():
    return load_body()


@pytest.fixture(scope="module")
def prior():
    return load_pose_prior()


@pytest.fixture(scope="module")
def carried(body):
    return carrier(body)


def noisy(points, metres, seed=0):
    return points + metres * torch.randn(points.shape, generator=torch.Generator().manual_seed(seed))


def found(fit):
    points = fit.keypoints.clone()
    points[..., 2] += fit.floor[:, None, None]
    return points


def test_a_carried_box_is_rigid_and_nearer_than_its_points(body, prior, carried):
    given = noisy(carried.points, 0.045)
    fit = fit_body(given, body, prior, views=carried.view(camera()), iterations=40, stride=4)
    points = fit.keypoints[0, :, 18:]
    assert fit.keypoints.shape == carried.points.shape and fit.residual.shape == (1,)
    assert torch.cdist(points, points).std(0).max() < 1e-4
    assert torch.allclose(marked(fit.box_rotation, fit.box_translation, fit.box_size[:, None])[0], points, atol=1e-5)
    errors = [(each - carried.points)[0, :, 18:].norm(dim=-1).mean() for each in (given, found(fit))]
    assert errors[1] < 0.45 * errors[0]
    assert (fit.box_size[0] - carried.size).abs().max() < 0.03
    assert (found(fit) - carried.points)[0, :, :18].norm(dim=-1).mean() < 0.035
    steps = (fit.box_translation[0].diff(n=2, dim=0)).norm(dim=-1)
    assert steps.max() < 0.01


def test_palms_that_carry_stay_on_the_surface_and_where_they_are(body, prior, carried):
    fit = fit_body(noisy(carried.points, 0.04, 1), body, prior, iterations=60, stride=4, box_size=carried.size)
    assert torch.equal(fit.box_size[0], carried.size)
    held = fit.held[0] > 0.5
    assert held.float().mean() > 0.9
    palms = in_box(fit.joints[:, :, PALMS], fit.box_rotation, fit.box_translation)
    assert to_surface(palms, fit.box_size[:, None, None])[0][held].abs().max() < 0.04
    assert palms[0, 5:-5].std(0).max() < 0.02
    alone = fit_body(noisy(carried.points, 0.04, 1)[..., :18, :], body, prior, iterations=60, stride=4)
    apart = to_surface(
        in_box(alone.joints[:, :, PALMS], carried.rotation[None], carried.translation[None]), carried.size
    )
    assert apart.abs().max() > 0.04  # the fit of the body alone leaves them farther off


def test_a_box_that_rests_does_not_move_and_stands_on_the_floor(body, prior):
    scene = bystander(body)
    fit = fit_body(noisy(scene.points, 0.04), body, prior, views=scene.view(camera()), iterations=40, stride=4)
    assert (fit.box_translation[0] - fit.box_translation[0, 0]).abs().max() < 1e-6
    assert (fit.box_rotation[0] - fit.box_rotation[0, 0]).abs().max() < 1e-6
    lowest = corners(fit.box_rotation, fit.box_translation, fit.box_size[:, None])[0, 0, :, 2].min()
    assert lowest.abs() < 1e-3
    assert geodesic(fit.box_rotation[0], scene.rotation).max() < 0.07
    assert not (fit.held > 0.5).any()


def test_a_box_is_never_in_the_floor(body, prior):
    scene = bystander(body)
    sunk = scene.points.clone()
    sunk[..., 18:, 2] -= 0.06 + 0.02 * torch.sin(torch.arange(sunk.shape[1]) / 9)[None, :, None]
    fit = fit_body(sunk, body, prior, iterations=20, stride=4)
    assert corners(fit.box_rotation, fit.box_translation, fit.box_size[:, None])[..., 2].min() > -1e-4


def lowered(scene, metres):
    """The scene with its box so much lower, and the view of that."""
    points = scene.points.clone()
    points[..., 18:, 2] -= metres
    return points, replace(scene, points=points).view(camera())


def lowest_of(fit):
    return corners(fit.box_rotation, fit.box_translation, fit.box_size[:, None])[0, ..., 2].min()


def test_a_box_seen_well_below_the_feet_stays_in_the_image_and_the_floor_lies_under_it(body, prior):
    scene = bystander(body)
    points, view = lowered(scene, 0.15)
    fit = fit_body(points, body, prior, views=view, iterations=60, stride=4, box_size=scene.size)
    assert fit.box_below[0] == pytest.approx(0.15, abs=0.05)
    assert lowest_of(fit) > -1e-4
    assert (found(fit) - points)[0, :, 18:].norm(dim=-1).mean() < 0.03
    soles = FitSkeleton(body).soles(fit.rotations, fit.betas, fit.translation)[..., 2]
    assert soles.amin(-1).median() == pytest.approx(fit.box_below.item(), abs=0.03)


def test_a_box_seen_a_little_below_the_feet_stands_on_their_floor(body, prior):
    scene = bystander(body)
    points, view = lowered(scene, 0.02)
    fit = fit_body(points, body, prior, views=view, iterations=60, stride=4, box_size=scene.size)
    assert fit.box_below[0] == 0 and lowest_of(fit).abs() < 1e-3


def test_hands_reach_for_the_box_at_last_and_move_nothing_but_arms(body, prior, carried, monkeypatch):
    narrow = carried.size - torch.tensor([0.1, 0.0, 0.0])  # either palm 5 cm off
    points = carried.points.clone()
    points[0, :, 18:] = marked(carried.rotation, carried.translation, narrow)

    def fitted():
        return fit_body(points, body, prior, iterations=40, stride=4, box_size=narrow)

    def apart(fit):
        palms = in_box(fit.joints[:, :, PALMS], fit.box_rotation, fit.box_translation)
        return to_surface(palms, fit.box_size[:, None, None])[0][fit.held[0] > 0.5].abs()

    reached = fitted()
    monkeypatch.setattr(smpl_fit, "ARM_ITERATIONS", 0)
    before = fitted()
    assert apart(reached).mean() < 0.5 * apart(before).mean()
    arms = [joint(f"{side}_{part}") for part in ("collar", "shoulder", "elbow", "wrist") for side in ("left", "right")]
    others = [index for index in range(22) if index not in arms]
    assert torch.equal(reached.rotations[:, :, others], before.rotations[:, :, others])
    assert torch.equal(reached.box_translation, before.box_translation)


def test_a_box_hidden_for_a_second_comes_through_without_a_jump(body, prior, carried):
    given = noisy(carried.points, 0.02)
    given[:, 20:50, 18:] = torch.nan
    fit = fit_body(given, body, prior, iterations=40, stride=4)
    steps = (fit.box_translation[0, 1:] - fit.box_translation[0, :-1]).norm(dim=-1)
    truth = (carried.translation[1:] - carried.translation[:-1]).norm(dim=-1)
    assert steps.max() < 1.5 * truth.max()
    apart = (found(fit) - carried.points)[0, :, 18:].norm(dim=-1).mean(-1)
    assert apart.max() < 0.12 and torch.isfinite(fit.keypoints).all()


def test_a_window_does_not_depend_on_the_others(body, prior, carried):
    both = torch.cat([noisy(carried.points, 0.03), bystander(body).points])
    together = fit_body(both, body, prior, iterations=6, stride=4)
    alone = fit_body(both[1:], body, prior, iterations=6, stride=4)
    assert (together.keypoints[1] - alone.keypoints[0]).abs().max() < 3e-3
