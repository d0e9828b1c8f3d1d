# SPDX-License-Identifier: GPL-3.0-or-later
import math

import pytest
import torch

from backend.bodies.pose_prior import load_pose_prior
from backend.bodies.skeleton import joint
from backend.bodies.smpl import load_body
from backend.geometry.cameras import Camera, intrinsics, look_at
from backend.geometry.rotations import axis_angle_to_matrix, geodesic, matrix_to_axis_angle
from backend.lifting.body_fit import SUNK
from backend.lifting.fit_losses import FitWeights
from backend.lifting.fit_skeleton import FitSkeleton
from backend.lifting.smpl_fit import fit_smpl
from backend.training.mocap import read_mocap
from backend.training.mocap_rotations import UPRIGHT

FRAMES = 40


@pytest.fixture(scope="module")
def body():
    return load_body()


@pytest.fixture(scope="module")
def prior():
    return load_pose_prior()


@pytest.fixture(scope="module")
def walk(body) -> torch.Tensor:
    """Keypoints (1, T, 18, 3) of the body walking towards -Y, arms hanging, feet about the floor."""
    swing = 0.45 * torch.sin(2 * math.pi * torch.arange(FRAMES) / 32)
    rotations = torch.eye(3).repeat(FRAMES, 24, 1, 1)

    def turn(name, x=0.0, y=0.0, z=0.0):
        angles = torch.stack([torch.as_tensor(a, dtype=torch.float32).expand(FRAMES) for a in (x, y, z)], -1)
        rotations[:, joint(name)] = axis_angle_to_matrix(angles)

    turn("left_hip", x=-swing)
    turn("right_hip", x=swing)
    turn("left_knee", x=0.35 - 0.3 * swing)
    turn("right_knee", x=0.35 + 0.3 * swing)
    turn("left_shoulder", x=swing, z=-1.2)
    turn("right_shoulder", x=-swing, z=1.2)
    turn("left_elbow", y=-0.4)
    turn("right_elbow", y=0.4)
    rotations[:, 0] = UPRIGHT
    place = torch.stack([torch.zeros(FRAMES), -0.04 * torch.arange(FRAMES), torch.full((FRAMES,), 1.16)], -1)
    return body.keypoints(rotations, torch.zeros(body.num_betas), place)[1][None]


def side_camera() -> Camera:
    rotation, translation = look_at(torch.tensor([4.0, -1.0, 1.2]), torch.tensor([0.0, -0.8, 1.0]))
    return Camera(intrinsics(torch.tensor(1000.0), torch.tensor([960.0, 540.0])), rotation, translation)


def given(fit, points):
    """Distances in metres from the fit, moved back to the given world, to points."""
    found = fit.keypoints.clone()
    found[..., 2] += fit.floor[:, None, None]
    return (found - points).norm(dim=-1)


def test_clean_keypoints_are_met_and_everything_is_consistent(body, prior, walk):
    fit = fit_smpl(walk, body, prior, iterations=60)
    assert given(fit, walk).mean() < 0.02
    assert torch.allclose(fit.residual, given(fit, walk).mean((1, 2)), atol=5e-3)
    joints, keypoints = body.keypoints(fit.rotations[0], fit.betas[0], fit.translation[0])
    assert torch.allclose(joints, fit.joints[0], atol=1e-5) and torch.allclose(keypoints, fit.keypoints[0], atol=1e-5)
    still = torch.eye(3).expand(FRAMES, 24, 3, 3)
    assert torch.allclose(fit.rotations[0] @ fit.rotations[0].transpose(-1, -2), still, atol=1e-4)
    assert torch.equal(fit.rotations[:, :, 22:], torch.eye(3).expand(1, FRAMES, 2, 3, 3))
    soles = FitSkeleton(body).pose(fit.rotations, FitSkeleton(body).rest(fit.betas)[:, None], fit.translation)[2]
    lowest = soles[..., 2].amin(-1)
    assert -1e-3 - SUNK < lowest.quantile(0.05) < 1e-3 and lowest.min() > -0.02
    for name in ("left_knee", "right_knee"):
        assert matrix_to_axis_angle(fit.rotations[0, :, joint(name)])[:, 0].min() > -0.1


def test_noise_is_reduced_and_the_view_helps_across_the_line_of_sight(body, prior, walk):
    generator = torch.Generator().manual_seed(0)
    camera = side_camera()
    noisy = walk + 0.04 * torch.randn(walk.shape, generator=generator)
    view = (camera, camera.project(walk[0])[None], torch.ones(walk.shape[:-1]))
    loose = FitWeights(slide=1000.0, ground=100.0, plant=0.0)  # this walk's feet do slide
    fit = fit_smpl(noisy, body, prior, iterations=40, stride=2, settings=loose)
    # As networks err: every point for itself, and all together along the line of sight.
    drift = 0.08 * torch.sin(torch.linspace(0, 2 * math.pi, FRAMES))[:, None, None] * camera.forward
    drifting = fit_smpl(noisy + drift, body, prior, iterations=40, stride=2, settings=loose)
    seen = fit_smpl(noisy + drift, body, prior, views=view, iterations=40, stride=2, settings=loose)
    assert (noisy - walk).norm(dim=-1).mean() > 0.06
    assert given(fit, walk).mean() < 0.035
    assert given(seen, walk).mean() < 0.8 * given(drifting, walk).mean()

    def across(result):
        found = result.keypoints.clone()
        found[..., 2] += result.floor[:, None, None]
        return (camera.to_camera(found) - camera.to_camera(walk))[..., :2].norm(dim=-1).mean()

    assert across(seen) < 0.6 * across(fit) and across(seen) < 0.012
    jerk = (seen.joints[:, 2:] - 2 * seen.joints[:, 1:-1] + seen.joints[:, :-2]).norm(dim=-1).mean()
    assert jerk < 0.01


def test_a_window_does_not_depend_on_the_others(body, prior, walk):
    both = torch.cat([walk, walk.flip(1) + 0.02 * torch.randn(walk.shape, generator=torch.Generator().manual_seed(1))])
    together = fit_smpl(both, body, prior, iterations=8, stride=4)
    alone = fit_smpl(both[1:], body, prior, iterations=8, stride=4)
    assert together.joints.shape == (2, FRAMES, 24, 3)
    assert (together.joints[1] - alone.joints[0]).abs().max() < 2e-3


def test_missing_points_do_not_pull(body, prior, walk):
    holes = walk.clone()
    holes[:, 10:20, [4, 10]] = torch.nan
    fit = fit_smpl(holes, body, prior, iterations=30, stride=2)
    assert torch.isfinite(fit.joints).all() and torch.isfinite(fit.residual).all()
    assert given(fit, walk).mean() < 0.035
    wrong = walk.clone()
    wrong[:, 15:18, 7] += 1.0
    weights = torch.ones(walk.shape[:-1])
    weights[:, 15:18, 7] = 0
    told = fit_smpl(wrong, body, prior, weights=weights, iterations=30, stride=2)
    assert given(told, walk)[:, 15:18, 7].mean() < 0.08


def test_a_height_or_a_shape_is_kept(body, prior, walk):
    tall = fit_smpl(walk, body, prior, iterations=4, stride=4, height=1.9)
    assert abs(float(body.stature(tall.betas[0])) - 1.9) < 5e-3
    betas = torch.zeros(body.num_betas)
    betas[1] = 0.7
    kept = fit_smpl(walk, body, prior, iterations=4, stride=4, betas=betas)
    assert torch.equal(kept.betas[0], betas)


def test_one_frame_and_progress(body, prior, walk):
    steps = []
    fit = fit_smpl(walk[:, :1], body, prior, iterations=20, floor=False, progress=lambda *s: steps.append(s))
    assert steps[-1] == (20, 20) and len(steps) == 20
    assert fit.floor.item() == 0 and (fit.keypoints - walk[:, :1]).norm(dim=-1).mean() < 0.04


def test_held_out_motion_capture(body, prior, shared_data):
    clip = torch.as_tensor(read_mocap(shared_data / "human" / "test" / "02_01.npz").keypoints).float()[None, :60]
    fit = fit_smpl(clip, body, prior, iterations=60, stride=2)
    assert given(fit, clip).mean() < 0.025
    head = fit.rotations[0, :, [joint("neck"), joint("head")]]
    assert torch.rad2deg(geodesic(head, torch.eye(3).expand_as(head))).max() < 60
