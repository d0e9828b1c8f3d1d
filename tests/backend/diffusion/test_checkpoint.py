# SPDX-License-Identifier: GPL-3.0-or-later
import os
import pickle

import pytest
import torch
from safetensors.torch import save_file

from backend.diffusion import checkpoint
from backend.diffusion.checkpoint import CheckpointError, blend, clone, load_network, load_tensors, save_network
from backend.diffusion.denoisers import DenoiserConfig, LineDenoiser, MultiviewDenoiser

from .scene import SMALL, awake


class Hostile:
    def __reduce__(self):
        return os.system, ("touch hostile_was_here",)


def test_a_network_comes_back_as_it_was_saved(tmp_path):
    network, path = awake(LineDenoiser(SMALL)), tmp_path / "new" / "line.safetensors"
    save_network(path, network, {"stage": 1, "data": "ü"})
    loaded, card = load_network(path, LineDenoiser, DenoiserConfig)
    assert card["stage"] == 1 and card["data"] == "ü" and loaded.config == SMALL
    assert not loaded.training and not any(p.requires_grad for p in loaded.parameters())
    for name, tensor in network.state_dict().items():
        torch.testing.assert_close(loaded.state_dict()[name], tensor.half().float(), rtol=0, atol=0)
    assert os.listdir(path.parent) == [path.name]


def test_eight_bits_halve_the_file_and_keep_the_answers(tmp_path):
    network = awake(LineDenoiser(DenoiserConfig(width=128, blocks=2)))
    for bits in (8, 16):
        save_network(tmp_path / f"{bits}.safetensors", network, {}, bits)
    sizes = [(tmp_path / f"{bits}.safetensors").stat().st_size for bits in (8, 16)]
    assert sizes[0] < 0.6 * sizes[1]
    loaded, _ = load_network(tmp_path / "8.safetensors", LineDenoiser, DenoiserConfig)
    for name, tensor in network.state_dict().items():
        rows = tensor.abs().amax(-1, keepdim=True) if tensor.dim() == 2 else tensor.abs()
        assert ((loaded.state_dict()[name] - tensor).abs() <= rows / 200 + 1e-5).all(), name


def test_an_interrupted_write_leaves_the_old_file_and_no_other(tmp_path, monkeypatch):
    path = tmp_path / "line.safetensors"
    save_network(path, awake(LineDenoiser(SMALL)), {"take": 1})

    def interrupted(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(checkpoint.os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        save_network(path, awake(LineDenoiser(SMALL)), {"take": 2})
    assert load_tensors(path)[1]["take"] == 1
    assert os.listdir(tmp_path) == [path.name]


def write_pickle(path):
    path.write_bytes(pickle.dumps(Hostile()))


def write_truncated(path):
    save_network(path, LineDenoiser(SMALL), {})
    path.write_bytes(path.read_bytes()[:2000])


@pytest.mark.parametrize(
    "write",
    [
        lambda path: None, lambda path: path.mkdir(), lambda path: path.write_bytes(b""),
        lambda path: path.write_text("no weights"), write_truncated, write_pickle,
        lambda path: save_file({"x": torch.zeros(1)}, path),
        lambda path: save_file({"x": torch.zeros(1)}, path, {"card": "no JSON"}),
        lambda path: save_file({"x": torch.zeros(1)}, path, {"card": "[1]"}),
        lambda path: save_network(path, MultiviewDenoiser(SMALL), {}),
    ],
    ids=["missing", "folder", "empty", "text", "truncated", "pickle", "no card", "no JSON", "a list", "other network"],
)  # fmt: skip
def test_what_is_no_checkpoint_gets_one_line(tmp_path, monkeypatch, write):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "line.safetensors"
    write(path)
    with pytest.raises(CheckpointError) as error:
        load_network(path, LineDenoiser, DenoiserConfig)
    assert "line.safetensors" in str(error.value) and "\n" not in str(error.value)
    assert not (tmp_path / "hostile_was_here").exists()


def test_the_moving_average_moves_by_its_share():
    network = awake(LineDenoiser(SMALL))
    average = clone(network)
    before = [p.clone() for p in average.parameters()]
    for parameter in network.parameters():
        parameter += 1.0
    blend(average, network, 0.9)
    for old, new in zip(before, average.parameters(), strict=True):
        torch.testing.assert_close(new, old + 0.1)
    assert not any(p.requires_grad for p in average.parameters())
