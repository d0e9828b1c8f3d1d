# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest
import torch

from backend.bodies.pose_prior import PosePrior, load_pose_prior
from backend.geometry.rotations import axis_angle_to_matrix, matrix_to_quaternion
from backend.training.mocap import TrainingError
from backend.training.mocap_rotations import SOURCE
from backend.training.pose_prior import make_pose_prior, reconstruction_error, train_pose_prior


def gestures(count: int, seed: int) -> torch.Tensor:
    """Poses (count, 21, 3, 3) that move along three made-up gestures only."""
    directions = 0.5 * torch.randn(3, 63, generator=torch.Generator().manual_seed(0))
    amounts = torch.rand(count, 3, generator=torch.Generator().manual_seed(seed))
    return axis_angle_to_matrix((amounts @ directions).view(count, 21, 3))


def test_training_learns_poses_it_has_not_seen():
    steps = []
    trained = train_pose_prior(gestures(400, 1), steps=60, seed=0, progress=lambda *state: steps.append(state))
    before = train_pose_prior(gestures(400, 1), steps=1, seed=0)
    unseen = gestures(50, 2)
    error = reconstruction_error(PosePrior(trained), unseen)
    assert error.shape == (50, 21)
    assert error.mean() < 0.6 * reconstruction_error(PosePrior(before), unseen).mean()
    assert [state[:2] for state in steps] == [(50, 60), (60, 60)] and steps[-1][2] > 0


def test_the_same_seed_gives_the_same_weights_and_leaves_the_global_generator():
    state = torch.random.get_rng_state()
    one, two = (train_pose_prior(gestures(20, 1), steps=3, seed=5) for _ in range(2))
    other = train_pose_prior(gestures(20, 1), steps=3, seed=6)
    assert torch.equal(torch.random.get_rng_state(), state)
    pairs = list(zip(one.state_dict().values(), two.state_dict().values(), strict=True))
    assert all(torch.equal(a, b) for a, b in pairs)
    assert not torch.equal(one.bodyprior_dec_out.weight, other.bodyprior_dec_out.weight)


def test_progress_may_stop_it():
    def stop(done, total, loss):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_pose_prior(gestures(20, 1), steps=2, progress=stop)


def test_a_folder_is_trained_on_and_measured(tmp_path):
    names = list(SOURCE.values())
    quaternions = matrix_to_quaternion(axis_angle_to_matrix(0.3 * torch.randn(12, len(names), 3)))
    rest = torch.randn(len(names), 3)
    for folder in ("train", "test"):
        (tmp_path / folder).mkdir()
        np.savez(tmp_path / folder / "a.npz", names=np.array(names), rotations=quaternions.numpy(), rest=rest.numpy())
    output = tmp_path / "prior.safetensors"
    card = make_pose_prior(tmp_path / "train", output, steps=2, held_out=tmp_path / "test")
    loaded = load_pose_prior(output)
    assert loaded.card["steps"] == 2 and loaded.card["poses"] == card["poses"] == 6
    assert loaded.card["held_out_degrees"] > 0 and "CC BY-SA" in loaded.card["licence"]


def test_a_folder_without_rotations_is_refused(tmp_path):
    with pytest.raises(TrainingError, match="rotations"):
        make_pose_prior(tmp_path, tmp_path / "prior.safetensors")


def test_other_shapes_are_refused():
    with pytest.raises(ValueError, match="21, 3, 3"):
        train_pose_prior(torch.eye(3).expand(5, 24, 3, 3), steps=1)
