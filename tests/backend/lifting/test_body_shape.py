# SPDX-License-Identifier: GPL-3.0-or-later
import pytest
import torch

from backend.bodies.smpl import load_body
from backend.lifting.body_shape import bone_lengths, fit_shape, keep_height, keypoint_error
from backend.lifting.fit_skeleton import FITTED, FitSkeleton

BODY = load_body()


@pytest.fixture(scope="module")
def skeleton() -> FitSkeleton:
    return FitSkeleton(BODY)


def keypoints_of(skeleton, betas, frames=40, noise=0.0):
    rest = skeleton.rest(betas)[:, None].expand(-1, frames, -1, -1)
    still = torch.eye(3).expand(FITTED, 3, 3)
    points = skeleton.pose(still, rest, torch.zeros(3))[1]
    return points + noise * torch.randn(points.shape, generator=torch.Generator().manual_seed(0))


def some_betas():
    betas = torch.zeros(2, BODY.num_betas)
    betas[0, 0], betas[1, 2], betas[1, 3] = 1.2, -1.0, 1.5
    return betas


def test_the_lengths_of_a_shape_are_found_again(skeleton):
    keypoints = keypoints_of(skeleton, some_betas())
    weights = torch.ones(keypoints.shape[:-1])
    lengths = bone_lengths(keypoints, weights)
    fitted = fit_shape(lengths, skeleton)
    again = bone_lengths(keypoints_of(skeleton, fitted), weights)
    assert (again - lengths)[:, :4].abs().max() < 0.012
    mean = bone_lengths(keypoints_of(skeleton, torch.zeros_like(fitted)), weights)
    assert (again - lengths).abs().mean() < 0.35 * (mean - lengths).abs().mean()


def test_a_given_height_is_kept(skeleton):
    lengths = bone_lengths(keypoints_of(skeleton, some_betas()), torch.ones(2, 40, 18))
    fitted = fit_shape(lengths, skeleton, height=1.85)
    assert torch.allclose(BODY.stature(fitted), torch.full((2,), 1.85), atol=2e-3)
    moved = keep_height(fitted, skeleton, 1.60)
    assert torch.allclose(skeleton.stature + moved @ skeleton.stature_shapes, torch.full((2,), 1.60), atol=1e-5)


def test_a_bone_never_seen_does_not_matter(skeleton):
    keypoints = keypoints_of(skeleton, some_betas())
    weights = torch.ones(keypoints.shape[:-1])
    weights[:, :, [4, 7]] = 0
    keypoints[:, :, [4, 7]] = 1e3
    lengths = bone_lengths(keypoints, weights)
    assert lengths[:, 1].isnan().all() and not lengths[:, [0, 2, 3]].isnan().any()
    assert torch.isfinite(fit_shape(lengths, skeleton)).all()


def test_the_error_of_keypoints_shows_in_their_limbs(skeleton):
    weights = torch.ones(2, 200, 18)
    for noise in (0.01, 0.04):
        found = keypoint_error(keypoints_of(skeleton, some_betas(), 200, noise), weights)
        assert ((found / noise - 1).abs() < 0.25).all(), (noise, found)
    assert keypoint_error(keypoints_of(skeleton, some_betas()), weights[:, :40]).max() < 1e-4
