# SPDX-License-Identifier: GPL-3.0-or-later
"""All four stages of a training run, of a size that takes seconds."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from backend.bodies.pose_prior import new_vposer, save_pose_prior
from backend.diffusion import checkpoint
from backend.diffusion.checkpoint import load_network, load_tensors
from backend.diffusion.denoisers import DenoiserConfig, LineDenoiser, MultiviewDenoiser
from backend.diffusion.view_optimisation import OptimisationConfig
from backend.errors import Cancelled
from backend.lifting.models import LINE_FILE, MULTIVIEW_FILE
from backend.lifting.space import REFINE_LEVEL
from backend.training import loop, previews, synthesis
from backend.training import run as run_module
from backend.training.data import from_mocap
from backend.training.filming import Film
from backend.training.lock import locked
from backend.training.mocap import TrainingError
from backend.training.presets import PRESETS
from backend.training.run import RunOptions, run_training

from ..evaluation.figures import walker, write_mocap
from .tiniest import TINIEST, lenient


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Motion capture, a pose prior, a preset of seconds, and a judge who lets untrained networks pass."""
    folder = tmp_path_factory.mktemp("training")
    (folder / "mocap").mkdir()
    for number in range(3):
        write_mocap(folder / "mocap" / f"{number}.npz", walker(60 + number, travel=0.3 * number))
    torch.manual_seed(0)
    save_pose_prior(new_vposer(), folder / "prior.safetensors", {})

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(PRESETS, "tiny", TINIEST)
        patch.setattr(synthesis, "judge", lenient)
        yield folder


def run(world, out, progress=lambda *args: None, pictures=False, hear=lambda *args: None, **options):
    data = from_mocap(world / "mocap", Film.MANY, 0)
    options = {"preset": "tiny", "device": "cpu", "prior": world / "prior.safetensors"} | options
    with pytest.MonkeyPatch.context() as patch:
        if not pictures:  # they take longer than all the rest
            patch.setattr(loop, "plot_losses", lambda *args: None)
            for name in ("draw_line_samples", "draw_motions", "draw_multiview_samples"):
                patch.setattr(run_module, name, lambda *args: None)
        patch.setattr(previews, "ROWS", 1)
        patch.setattr(previews, "POSES", 2)
        return run_training(data, out, RunOptions(**options), progress, hear)


def weights(out):
    return {name: load_tensors(out / name)[0] for name in (LINE_FILE, MULTIVIEW_FILE)}


def equal(a, b):
    return all(torch.equal(a[file][name], b[file][name]) for file in a for name in a[file])


@pytest.fixture(scope="module")
def whole(world):
    out, ticks, losses = world / "whole", [], []
    run(world, out, lambda *args: ticks.append(args), pictures=True, hear=lambda *args: losses.append(args))
    return out, ticks, losses


def test_a_run_leaves_a_model_its_card_and_pictures(whole):
    out, ticks, _ = whole
    line, line_card = load_network(out / LINE_FILE, LineDenoiser, DenoiserConfig)
    multiview, card = load_network(out / MULTIVIEW_FILE, MultiviewDenoiser, DenoiserConfig)
    assert (line.config, multiview.config) == (TINIEST.line_network, TINIEST.multiview_network)
    assert (line_card["stage"], card["stage"], card["synthesis"]) == (1, 4, {"kept": 3})
    assert "3 motion capture clips" in card["data"] and card["licences"] == ["GPL-3.0-or-later"]
    text = (out / "README.md").read_text()
    assert "3 motion capture clips" in text and "3 kept" in text and "GPL-3.0-or-later" in text
    for picture in ("line_diffusion", "views", "synthetic", "multiview_diffusion", "multiview"):
        assert (out / "work" / f"{picture}.png").read_bytes()[:4] == b"\x89PNG"
    assert not [path.name for path in out.rglob(".*")]
    assert list(dict.fromkeys(stage for stage, *_ in ticks)) == ["line_diffusion", "synthesis", "multiview_diffusion"]
    assert all(0 <= done <= total for _, done, total in ticks)
    for name in ("line_diffusion", "synthesis", "multiview_diffusion"):
        steps = [done for stage, done, _ in ticks if stage == name]
        assert steps == sorted(steps) and steps[0] == 0


def test_the_losses_are_told_and_kept_for_those_who_have_no_torch(whole):
    out, _, losses = whole
    assert [(stage, step) for stage, step, _ in losses] == [
        *(("line_diffusion", step) for step in (2, 4)), *(("multiview_diffusion", step) for step in (1, 2, 3)),
    ]  # fmt: skip
    kept = json.loads((out / "work" / "losses.json").read_text())
    assert [(stage, row["step"]) for stage, rows in kept.items() for row in rows] == [row[:2] for row in losses]
    assert kept["line_diffusion"][0] == {"step": 2, **losses[0][2]} and losses[0][2].keys() == {
        "loss", "reconstruction", "line",
    }  # fmt: skip


def test_one_process_at_a_time_trains_in_a_folder(world, whole):
    hold = "import sys; from pathlib import Path; from backend.training.lock import locked\n"
    hold += "with locked(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    words = [sys.executable, "-c", hold, str(whole[0] / "work")]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline().split() == [b"held"]
        with pytest.raises(TrainingError, match="another process is training"):
            run(world, whole[0], resume=True)
        other.kill()
    with locked(whole[0] / "work"):
        pass


@pytest.mark.parametrize("stage", ["line_diffusion", "synthesis", "multiview_diffusion"])
def test_a_full_disk_gets_one_line_and_the_run_can_go_on(world, whole, tmp_path, monkeypatch, stage):
    stages, save_file = [], checkpoint.save_file

    def full(tensors, path, *rest):
        if stages[-1] == stage:
            Path(path).write_bytes(b"half")
            raise checkpoint.SafetensorError(
                "Error while serializing: I/O error: No space left on device (os error 28)"
            )
        save_file(tensors, path, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(checkpoint, "save_file", full)
        with pytest.raises(TrainingError, match="disk is full.*resume"):
            run(world, tmp_path, lambda name, *rest: stages.append(name))
    assert not [path for path in tmp_path.rglob(".*")]
    run(world, tmp_path, resume=True)
    assert equal(weights(tmp_path), weights(whole[0]))


def test_stage_2_in_the_papers_form_makes_other_motions(world, whole, tmp_path, monkeypatch):
    monkeypatch.setattr(run_module, "OptimisationConfig", lambda: OptimisationConfig(steps=2, start_steps=1))
    run(world, tmp_path, stages=(1, 2, 3), stage2="sds")
    shard = "work/synthetic_00000.safetensors"
    sds, sampled = (load_tensors(out / shard)[0]["keypoints"] for out in (tmp_path, whole[0]))
    assert sds.shape == sampled.shape and not torch.equal(sds, sampled)


def test_resuming_a_finished_run_does_nothing_again(world, whole, monkeypatch):
    before = weights(whole[0])
    monkeypatch.setattr(synthesis, "_lift", None)
    monkeypatch.setattr(torch.optim.AdamW, "step", None)
    run(world, whole[0], resume=True)
    assert equal(weights(whole[0]), before)


@pytest.mark.parametrize("stage", ["line_diffusion", "synthesis", "multiview_diffusion"])
def test_killed_in_any_stage_and_resumed_is_as_if_it_had_not_been(world, whole, tmp_path, stage):
    def progress(name, done, total):
        if (name, done) == (stage, 2):
            raise Cancelled

    with pytest.raises(Cancelled):
        run(world, tmp_path, progress)
    run(world, tmp_path, resume=True)
    assert equal(weights(tmp_path), weights(whole[0]))


def test_stages_can_be_run_one_after_another(world, whole, tmp_path):
    with pytest.raises(TrainingError, match="need stage 1"):
        run(world, tmp_path / "none", stages=(2, 3, 4))
    run(world, tmp_path, stages=(1,))
    assert (tmp_path / LINE_FILE).exists() and not (tmp_path / MULTIVIEW_FILE).exists()
    run(world, tmp_path, stages=(2, 3, 4), resume=True)
    assert equal(weights(tmp_path), weights(whole[0]))


def test_a_folder_with_another_run_is_refused(world, whole, monkeypatch):
    out = whole[0]
    with pytest.raises(TrainingError, match="give --resume"):
        run(world, out)
    with pytest.raises(TrainingError, match="another seed"):
        run(world, out, resume=True, seed=1)
    with pytest.raises(TrainingError, match="another stage2"):
        run(world, out, resume=True, stage2="sds")
    monkeypatch.setitem(PRESETS, "tiny", replace(TINIEST, multiview=TINIEST.line))
    with pytest.raises(TrainingError, match="another preset"):
        run(world, out, resume=True)
    monkeypatch.undo()
    write_mocap(world / "mocap" / "new.npz", walker(50))
    try:
        with pytest.raises(TrainingError, match="another data"):
            run(world, out, resume=True)
    finally:
        (world / "mocap" / "new.npz").unlink()


@pytest.mark.parametrize("seed", [-1, 2**31, 10**30])
def test_an_impossible_seed_gets_one_line(world, tmp_path, seed):
    with pytest.raises(TrainingError, match="seed"):
        run(world, tmp_path, seed=seed)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_made_gets_one_line(world, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(TrainingError, match="cannot write"):
        run(world, tmp_path / "file" / "out")


def test_the_default_prior_goes_with_the_model(world, tmp_path, monkeypatch):
    monkeypatch.setattr(run_module.pose_prior, "BUNDLED", world / "prior.safetensors")
    run(world, tmp_path, prior=None, stages=(1,))
    assert (tmp_path / "pose_prior.safetensors").read_bytes() == (world / "prior.safetensors").read_bytes()


def test_a_further_round_goes_on_from_a_models_weights_and_starts_stage_2_at_its_stage_4(world, whole, monkeypatch):
    starts = []
    sample = synthesis.sample_views

    def watched(network, schedule, ring, steps, generator, consistent, start=None, progress=None):
        starts.append(start)
        return sample(network, schedule, ring, steps, generator, consistent, start, progress)

    monkeypatch.setattr(synthesis, "sample_views", watched)
    monkeypatch.setitem(PRESETS, "tiny", replace(TINIEST, line=replace(TINIEST.line, learning_rate=0.0)))
    out = run(world, world / "second", start=whole[0])
    assert all(start[0].isfinite().all() and start[1] == REFINE_LEVEL for start in starts) and len(starts) == 2
    first, second = (load_network(each / LINE_FILE, LineDenoiser, DenoiserConfig)[0] for each in (whole[0], out))
    for name, value in first.state_dict().items():  # learnt nothing, so it is the model that it started from
        torch.testing.assert_close(second.state_dict()[name], value, atol=3e-3, rtol=2e-2)
    assert load_tensors(out / LINE_FILE)[1]["started_from"] == "whole"
    with pytest.raises(TrainingError, match="started with another .*start"):
        run(world, world / "second", resume=True)
