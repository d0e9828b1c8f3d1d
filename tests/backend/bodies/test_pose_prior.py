# SPDX-License-Identifier: GPL-3.0-or-later
import pickle

import pytest
import torch

from backend.bodies.official_vposer import OfficialVPoser
from backend.bodies.pose_prior import CheckpointError, PosePrior, load_pose_prior, new_vposer, save_pose_prior
from backend.geometry.rotations import axis_angle_to_matrix, geodesic


class Trainer:
    """A class that only the file's writer has, as Lightning's are."""

    def __init__(self):
        self.settings = {"rate": 1e-3}


class Bomb:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


@pytest.fixture(scope="module")
def bundled() -> PosePrior:
    return load_pose_prior()


def small_poses(count: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(3)
    return axis_angle_to_matrix(0.1 * torch.randn(count, 21, 3, generator=generator))


def official_folder(path, extra=None):
    """A folder as the official download has it, with random weights; and the network that is in it."""
    torch.manual_seed(7)
    network = OfficialVPoser().eval()
    weights = {"vp_model." + name: tensor for name, tensor in network.state_dict().items()}
    (path / "snapshots").mkdir(parents=True)
    (path / "V02_05.yaml").write_text("model_params:\n  num_neurons: 512\n  latentD: 32\n")
    content = {"state_dict": {**weights, "bm_train.f": torch.zeros(3)}, "epoch": 13, **(extra or {})}
    torch.save(content, path / "snapshots" / "V02_05_epoch=13_val_loss=0.03.ckpt")
    return network


def test_decoding_gives_rotations_and_encoding_takes_them(bundled):
    rotations = bundled.decode(torch.randn(5, 32, generator=torch.Generator().manual_seed(0)))
    assert rotations.shape == (5, 21, 3, 3)
    assert torch.allclose(rotations @ rotations.transpose(-1, -2), torch.eye(3).expand(5, 21, 3, 3), atol=1e-5)
    assert torch.allclose(torch.linalg.det(rotations), torch.ones(5, 21), atol=1e-5)
    mean, deviation = bundled.encode(rotations)
    assert mean.shape == deviation.shape == (5, 32) and (deviation > 0).all()


def test_the_bundled_prior_knows_a_person_standing_in_a_t_pose(bundled):
    poses = small_poses(8)
    again = bundled.decode(bundled.encode(poses)[0])
    assert torch.rad2deg(geodesic(again, poses)).mean() < 15
    # an untrained network does not, so the bound can fail
    torch.manual_seed(0)
    other = PosePrior(new_vposer())
    assert torch.rad2deg(geodesic(other.decode(other.encode(poses)[0]), poses)).mean() > 40


def test_gradients_reach_the_latents_and_not_the_weights(bundled):
    latents = torch.zeros(2, 32, requires_grad=True)
    bundled.decode(latents).square().sum().backward()
    bundled.decode(latents)[..., 0, 1].sum().backward()
    assert latents.grad.abs().sum() > 0
    assert not any(weight.requires_grad for weight in bundled.network.parameters())


def test_what_is_saved_loads_as_it_was_but_for_half_precision(tmp_path):
    torch.manual_seed(0)
    network = new_vposer()
    save_pose_prior(network, tmp_path / "prior.safetensors", {"steps": 5, "licence": "any"})
    loaded = load_pose_prior(tmp_path / "prior.safetensors")
    assert loaded.card["steps"] == 5 and loaded.card["config"]["latent"] == 32
    latents = torch.randn(4, 32)
    assert geodesic(loaded.decode(latents), PosePrior(network).decode(latents)).max() < 0.02
    assert [p.name for p in tmp_path.iterdir()] == ["prior.safetensors"]


@pytest.mark.parametrize("inside", [True, False])
def test_an_official_folder_is_used(tmp_path, inside):
    network = official_folder(tmp_path / "V02_05")
    loaded = load_pose_prior(tmp_path / "V02_05" if inside else tmp_path)
    latents = torch.randn(3, 32)
    assert torch.equal(loaded.decode(latents), PosePrior(network).decode(latents))
    poses = small_poses(3)
    assert torch.equal(loaded.encode(poses)[0], PosePrior(network).encode(poses)[0])


def test_an_official_file_with_its_trainers_objects_is_read_without_them(tmp_path):
    network = official_folder(tmp_path, {"hyper_parameters": Trainer(), "callbacks": {Trainer: {"best": 1.0}}})
    latents = torch.randn(3, 32)
    assert torch.equal(load_pose_prior(tmp_path).decode(latents), PosePrior(network).decode(latents))


def test_code_in_an_official_file_is_not_run(tmp_path):
    trace = tmp_path / "trace"
    official_folder(tmp_path / "V02_05", {"callbacks": Bomb(trace)})
    load_pose_prior(tmp_path / "V02_05")
    assert not trace.exists()


@pytest.mark.parametrize("content", [b"", b"text", pickle.dumps({"state_dict": {}})])
@pytest.mark.parametrize("name", ["prior.safetensors", "V.ckpt"])
def test_other_files_are_refused_in_one_line(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CheckpointError) as refusal:
        load_pose_prior(tmp_path / name)
    assert "\n" not in str(refusal.value) and name in str(refusal.value)


def test_missing_empty_and_foreign_checkpoints_are_refused(tmp_path):
    with pytest.raises(CheckpointError, match="nothing|none"):
        load_pose_prior(tmp_path / "absent.safetensors")
    with pytest.raises(CheckpointError, match="snapshots"):
        load_pose_prior(tmp_path)
    (tmp_path / "snapshots").mkdir()
    torch.save({"state_dict": {"other.weight": torch.zeros(2)}}, tmp_path / "snapshots" / "a.ckpt")
    with pytest.raises(CheckpointError, match="vp_model"):
        load_pose_prior(tmp_path)
    network = new_vposer()
    save_pose_prior(network, tmp_path / "kind.safetensors", {"kind": "line_diffusion"})
    with pytest.raises(CheckpointError, match="metadata"):
        load_pose_prior(tmp_path / "kind.safetensors")
    with torch.no_grad():
        network.bodyprior_dec_fc1.weight[0, 0] = torch.nan
    save_pose_prior(network, tmp_path / "nan.safetensors", {})
    with pytest.raises(CheckpointError, match="finite"):
        load_pose_prior(tmp_path / "nan.safetensors")
