# SPDX-License-Identifier: GPL-3.0-or-later
import pytest
import torch

from backend.bodies.quadruped_prior import (
    JOINTS,
    LATENT,
    learn_quadruped_prior,
    load_quadruped_prior,
    mirrored_pose,
    save_quadruped_prior,
)
from backend.bodies.smal_skeleton import joint
from backend.diffusion.checkpoint import CheckpointError
from backend.geometry.rotations import axis_angle_to_matrix

ELBOW, STIFLE = joint("LLeg2") - 1, joint("LLegBack2") - 1


@pytest.fixture(scope="module")
def poses() -> torch.Tensor:
    """Elbow and stifle on the left bend together, up to one radian; everything else stays."""
    generator = torch.Generator().manual_seed(0)
    turns = torch.zeros(400, JOINTS, 3)
    bend = torch.rand(400, generator=generator)
    turns[:, ELBOW, 1], turns[:, STIFLE, 1] = bend, -bend
    return axis_angle_to_matrix(turns)


def test_decoding_undoes_encoding(poses):
    prior = learn_quadruped_prior(poses, {})
    rotations, _ = prior.decode(prior.encode(poses))
    torch.testing.assert_close(rotations, poses, atol=1e-4, rtol=0)


def test_latents_of_the_poses_learnt_from_are_those_of_a_normal_distribution(poses):
    latents = learn_quadruped_prior(poses, {}).encode(torch.cat([poses, mirrored_pose(poses)]))
    moving = latents.std(0) > 0.3
    assert 2 <= moving.sum() <= 6 and latents.mean(0).abs().max() < 0.05
    assert latents[:, moving].std(0).max() < 1.1


def test_joints_that_moved_together_are_likely_together(poses):
    prior = learn_quadruped_prior(poses, {})
    together, against = torch.zeros(2, 1, JOINTS, 3)
    together[0, ELBOW, 1], together[0, STIFLE, 1] = 0.8, -0.8
    against[0, ELBOW, 1], against[0, STIFLE, 1] = 0.8, 0.8
    cost = [prior.encode(axis_angle_to_matrix(turns)).square().sum().item() for turns in (together, against)]
    assert cost[0] < 0.2 * cost[1]


def test_a_mirrored_pose_is_as_likely_and_limits_are_alike(poses):
    prior = learn_quadruped_prior(poses, {})
    one, other = (prior.encode(x).square().sum(-1) for x in (poses[:50], mirrored_pose(poses[:50])))
    torch.testing.assert_close(one, other, atol=1e-2, rtol=1e-2)
    assert torch.equal(mirrored_pose(mirrored_pose(poses)), poses)
    turns = torch.zeros(JOINTS, 3)
    turns[ELBOW, 1] = 1.6
    beyond = prior.beyond_limits(turns.flatten()).view(JOINTS, 3)
    assert 0.4 < beyond[ELBOW, 1] < 0.6 and beyond.sum() == beyond[ELBOW, 1]


def test_a_file_comes_back_and_others_are_refused(tmp_path, poses):
    prior = learn_quadruped_prior(poses, {"data": "made up"})
    save_quadruped_prior(prior, tmp_path / "prior.safetensors")
    again = load_quadruped_prior(tmp_path / "prior.safetensors")
    torch.testing.assert_close(again.spread, prior.spread)
    assert again.card["data"] == "made up" and again.latent_size == LATENT
    (tmp_path / "bad.safetensors").write_bytes(b"nothing")
    for wrong in (tmp_path, tmp_path / "bad.safetensors", tmp_path / "none.safetensors"):
        with pytest.raises(CheckpointError):
            load_quadruped_prior(wrong)
