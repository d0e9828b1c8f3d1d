# SPDX-License-Identifier: GPL-3.0-or-later
import json
import os
from dataclasses import dataclass

import pytest
import torch
from torch import nn

from backend.diffusion.checkpoint import load_tensors
from backend.errors import Cancelled
from backend.training import history, loop
from backend.training.loop import LoopConfig, train
from backend.training.mocap import TrainingError

CPU = torch.device("cpu")
CONFIG = LoopConfig(steps=7, batch=4, warm_up=2, log_every=2, save_every=3, learning_rate=0.05)


@dataclass(frozen=True)
class Size:
    width: int = 6


class Line(nn.Module):
    """y = a x + b with a layer too many."""

    def __init__(self, config: Size):
        super().__init__()
        self.config = config
        self.layers = nn.Sequential(nn.Linear(1, config.width), nn.Tanh(), nn.Linear(config.width, 1))

    def forward(self, x):
        return self.layers(x)


def loss_of(network, generator):
    x = torch.randn(16, 1, generator=generator)
    error = (network(x).float() - (2 * x + 1)).square().mean()
    return {"loss": error, "error": error}


@pytest.fixture(autouse=True)
def no_curves(monkeypatch):
    monkeypatch.setattr(loop, "plot_losses", lambda *args: None)


def run(folder, resume=False, seed=0, progress=lambda *args: None, config=CONFIG, hear=lambda *args: None):
    torch.manual_seed(seed)
    network = Line(Size())
    average = train(network, loss_of, config, folder, "line", seed, CPU, resume, progress, hear)
    tensors, card = load_tensors(folder / "line.state.safetensors")
    return network, average, tensors, card


def same(a: nn.Module, b: nn.Module) -> bool:
    return all(torch.equal(x, y) for x, y in zip(a.state_dict().values(), b.state_dict().values(), strict=True))


class Killed(Exception):
    """Stands for an end that leaves no time to save."""


def ended_at(step, how):
    def progress(stage, done, total):
        if done == step:
            raise how

    return progress


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop, "plot_losses", lambda *args: None)
        return run(tmp_path_factory.mktemp("whole"))


@pytest.mark.parametrize("how", [Cancelled, KeyboardInterrupt, Killed])
@pytest.mark.parametrize("step", range(CONFIG.steps + 1))
def test_ended_and_resumed_is_as_if_it_had_not_been(tmp_path, uninterrupted, step, how):
    with pytest.raises(how):
        run(tmp_path, progress=ended_at(step, how))
    torch.rand(5)  # nothing may hang on the global random state
    seen, rows = [], []
    network, average, tensors, card = run(
        tmp_path, resume=True, progress=lambda *args: seen.append(args), hear=lambda *args: rows.append(args)
    )
    whole_network, whole_average, whole_tensors, whole_card = uninterrupted
    assert same(average, whole_average)
    assert tensors.keys() == whole_tensors.keys() and all(torch.equal(tensors[k], whole_tensors[k]) for k in tensors)
    assert card == whole_card and [row["step"] for row in card["history"]] == [2, 4, 6, 7]
    assert json.loads((tmp_path / "losses.json").read_text()) == {"line": card["history"]}
    # a stop loses no step, a kill those since the last save
    first = step if step == CONFIG.steps or how is not Killed else step // 3 * 3
    assert seen == [("line", i, 7) for i in range(first, 8)]
    assert [{"step": step, **losses} for _, step, losses in rows] == [r for r in card["history"] if r["step"] > first]


@pytest.mark.parametrize("part", ["backward", "step", "blend"])
def test_ctrl_c_within_a_step_keeps_a_state_of_one_step(tmp_path, uninterrupted, monkeypatch, part):
    place = {
        "backward": (torch.Tensor, "backward"), "step": (torch.optim.AdamW, "step"), "blend": (loop, "blend"),
    }[part]  # fmt: skip
    work, count = getattr(*place), []

    def interrupted(*args, **options):
        count.append(1)
        result = work(*args, **options)
        if len(count) == 6:
            raise KeyboardInterrupt
        return result

    monkeypatch.setattr(*place, interrupted)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path)
    saved = load_tensors(tmp_path / "line.state.safetensors")[1]["step"]
    assert saved == (5 if part == "backward" else 3)  # half a step's state is none: the last save stays
    assert same(run(tmp_path, resume=True)[1], uninterrupted[1])


def test_long_steps_are_saved_by_the_clock(tmp_path, monkeypatch):
    monkeypatch.setattr(loop, "SAVE_SECONDS", 0.0)
    with pytest.raises(Killed):
        run(tmp_path, progress=ended_at(2, Killed))
    assert load_tensors(tmp_path / "line.state.safetensors")[1]["step"] == 2


def test_a_loss_that_runs_away_ends_the_training(tmp_path, monkeypatch):
    monkeypatch.setitem(globals(), "loss_of", lambda network, generator: {"loss": network(torch.ones(1, 1)).sum() / 0})
    with pytest.raises(TrainingError, match="ran away at step 1"):
        run(tmp_path)


def test_training_learns_and_the_average_follows(tmp_path):
    config = LoopConfig(steps=60, warm_up=2, log_every=20, save_every=60, learning_rate=0.05)
    network, average, _, card = run(tmp_path, config=config)
    losses = [row["loss"] for row in card["history"]]
    assert losses[-1] < 0.3 * losses[0]
    assert not same(network, average) and not any(p.requires_grad for p in average.parameters())
    x = torch.linspace(-1, 1, 9)[:, None]
    assert (average(x) - (2 * x + 1)).abs().mean() < 0.8


def test_the_seed_alone_decides(tmp_path, uninterrupted):
    assert same(run(tmp_path / "same")[1], uninterrupted[1])
    assert not same(run(tmp_path / "other", seed=1)[1], uninterrupted[1])


def test_without_resume_training_starts_anew(tmp_path, uninterrupted):
    with pytest.raises(Cancelled):
        run(tmp_path, progress=ended_at(5, Cancelled))
    seen = []
    assert same(run(tmp_path, progress=lambda *args: seen.append(args))[1], uninterrupted[1])
    assert len(seen) == 8


def test_a_finished_training_is_reused_without_a_step(tmp_path, uninterrupted, monkeypatch):
    run(tmp_path)

    def no_step(*args):
        raise AssertionError

    monkeypatch.setitem(globals(), "loss_of", no_step)
    assert same(run(tmp_path, resume=True)[1], uninterrupted[1])


def test_killed_while_saving_the_state_before_remains(tmp_path, uninterrupted, monkeypatch):
    write, count = loop.save_tensors, []

    def second_time_killed(path, *args):
        count.append(path)
        if len(count) == 2:
            path.with_name(f".{path.name}.1").write_bytes(b"half a")  # it must not be taken for a state
            raise Killed
        write(path, *args)

    monkeypatch.setattr(loop, "save_tensors", second_time_killed)
    with pytest.raises(Killed):
        run(tmp_path)
    assert load_tensors(tmp_path / "line.state.safetensors")[1]["step"] == 3
    assert same(run(tmp_path, resume=True)[1], uninterrupted[1])


def test_the_curves_file_in_a_readers_hands_does_not_end_the_training(tmp_path, monkeypatch):
    def held(source, target):
        raise PermissionError

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", held)
        history.write_history(tmp_path, "line", [{"step": 1}])
    assert not list(tmp_path.iterdir())
    history.write_history(tmp_path, "line", [{"step": 1}])
    history.write_history(tmp_path, "multiview", [{"step": 2}])
    assert json.loads((tmp_path / "losses.json").read_text()) == {"line": [{"step": 1}], "multiview": [{"step": 2}]}


def test_the_rate_rises_then_falls_to_a_fiftieth():
    config = LoopConfig(steps=100, warm_up=10)
    rates = [loop._rate(step, config) for step in range(100)]
    assert rates[0] == pytest.approx(0.1) and rates[9] == rates[10] == 1
    assert all(a > b for a, b in zip(rates[10:], rates[11:], strict=False))
    assert 0.02 <= rates[-1] < 0.025 and rates[55] == pytest.approx(0.51)


def test_only_the_network_computes_in_half_precision(tmp_path):
    """What films a window would be wrong by centimetres otherwise, and train on that."""
    there = []

    class Watching(Line):
        def forward(self, x):
            there.append(torch.is_autocast_enabled("cpu"))
            return super().forward(x)

    def films(network, generator):
        there.append(torch.is_autocast_enabled("cpu"))
        return loss_of(network, generator)

    torch.manual_seed(0)
    train(Watching(Size()), films, CONFIG, tmp_path, "line", 0, CPU, False, lambda *args: None)
    assert there == [False, True] * CONFIG.steps
