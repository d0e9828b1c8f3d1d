# SPDX-License-Identifier: GPL-3.0-or-later
import pytest
import torch

from backend.diffusion.canonical import LIMB_IMAGE, LIMB_METRES, CanonicalClip, input_camera, mid_hip
from backend.diffusion.checkpoint import load_tensors
from backend.diffusion.denoisers import DenoiserConfig
from backend.diffusion.device import half_precision
from backend.errors import Cancelled
from backend.evaluation.baselines import lifter_training, supervised, world
from backend.evaluation.baselines.lifter_training import draw
from backend.evaluation.baselines.weights import WEIGHTS_FILE
from backend.progress import silent
from backend.training import loop
from backend.training.history import unheard
from backend.training.loop import LoopConfig
from backend.training.mocap import TrainingError

from .lifting_scene import CPU, TINIEST, clip_set, mocap_set

BASELINES = pytest.mark.parametrize("baseline", [supervised, world])


@pytest.fixture(autouse=True)
def tiniest(monkeypatch):
    monkeypatch.setattr(lifter_training, "PRESETS", TINIEST)
    monkeypatch.setattr(loop, "plot_losses", lambda *drawing: None)  # takes longer than the training


def trained(baseline, folder, seed=0, resume=False, progress=silent, hear=unheard, data=None):
    data = mocap_set(150) if data is None else data
    return load_tensors(baseline.train(data, folder, "tiny", seed, CPU, resume, progress, hear))


def drawn(count=32):
    return draw(mocap_set(150).footage.windows, count, torch.Generator().manual_seed(0), CPU)


def test_what_is_asked_is_the_film_of_what_is_to_be_answered(monkeypatch):
    monkeypatch.setattr(lifter_training, "uniform", lambda low, high, shape, generator: torch.zeros(shape))
    with half_precision(CPU):  # as the loop calls it
        question = drawn()
    distance, points, world = 1 / question.nearness, question.points, question.world
    clip = CanonicalClip(points, distance * LIMB_IMAGE / LIMB_METRES, distance, torch.eye(3).expand(32, 3, 3))
    camera = input_camera(clip, *question.tilt.unbind(-1))
    local = camera.to_camera(world.flatten(1, 2)).view_as(world)
    torch.testing.assert_close(local - mid_hip(local)[..., None, :], question.pose, atol=1e-4, rtol=0)
    off = (camera.project(world.flatten(1, 2)).view_as(points) - points) * question.present[..., None, None]
    clean = off.abs().amax((1, 2, 3)) < 1e-3
    assert 0.2 < clean.float().mean() < 0.8 and off.abs().max() < 0.3  # the others have a detector's faults


def test_half_is_filmed_level_and_half_from_anywhere_at_a_distance_known_but_for_a_tenth(monkeypatch):
    question = drawn()
    assert question.tilt[16:, 0].max() > 0.25 > question.tilt[:16, 0].abs().max()
    assert not question.seen.all() and not (question.seen & ~question.present[..., None]).any()
    monkeypatch.setattr(lifter_training, "uniform", lambda low, high, shape, generator: torch.zeros(shape))
    off = (question.nearness / drawn().nearness - 1).abs()
    assert 0.05 < off.max() <= 0.1 + 1e-6


@BASELINES
def test_the_loss_falls(baseline, tmp_path, monkeypatch):
    preset = (DenoiserConfig(width=32, blocks=1, heads=2), LoopConfig(60, 8, 2e-3, warm_up=5, log_every=20))
    monkeypatch.setattr(lifter_training, "PRESETS", {"tiny": preset})
    rows = []
    trained(baseline, tmp_path, hear=lambda stage, step, losses: rows.append(losses))
    assert len(rows) == 3 and rows[2]["loss"] < 0.8 * rows[0]["loss"]


@BASELINES
def test_the_card_says_what_it_has_learnt_from(baseline, tmp_path):
    _, card = trained(baseline, tmp_path, seed=3)
    assert card["baseline"] == baseline.NAME and card["data"] == "a made-up walk, with their 3D truth"
    assert "3D truth" in card["supervision"]
    assert (card["licences"], card["preset"], card["seed"], card["steps"]) == (["none"], "tiny", 3, 6)


@BASELINES
def test_a_run_that_is_cancelled_and_resumed_ends_as_if_it_had_not_been(baseline, tmp_path):
    def stop(stage, done, total):
        if done == 3:
            raise Cancelled

    whole, _ = trained(baseline, tmp_path / "whole")
    with pytest.raises(Cancelled):
        trained(baseline, tmp_path / "cut", progress=stop)
    assert not (tmp_path / "cut" / WEIGHTS_FILE).exists()
    steps = []
    resumed, _ = trained(baseline, tmp_path / "cut", resume=True, progress=lambda stage, i, n: steps.append(i))
    assert steps[0] == 3
    again, _ = trained(baseline, tmp_path / "again")
    other, _ = trained(baseline, tmp_path / "other", seed=1)
    assert all(torch.equal(whole[name], resumed[name]) and torch.equal(whole[name], again[name]) for name in whole)
    assert not all(torch.equal(whole[name], other[name]) for name in whole)


def test_resuming_with_another_seed_or_other_clips_begins_anew(tmp_path):
    trained(supervised, tmp_path)
    for seed, data in ((1, mocap_set(150)), (0, mocap_set(90))):
        data = data if seed else type(data)(data.footage, data.description, data.licences, (), "0ther")
        steps = []
        trained(supervised, tmp_path, seed, True, lambda stage, i, n, steps=steps: steps.append(i), data=data)
        assert steps[0] == 0


@BASELINES
def test_2d_clips_hold_no_3d_truth_to_learn_from(baseline, tmp_path):
    with pytest.raises(TrainingError, match="3D truth, which 2D clips lack: give --mocap DIR") as caught:
        trained(baseline, tmp_path, data=clip_set())
    assert baseline.NAME in str(caught.value) and not list(tmp_path.iterdir())


def test_an_unknown_preset_and_a_folder_that_is_a_file_are_refused_in_one_sentence(tmp_path):
    with pytest.raises(TrainingError, match="preset among tiny, got 'huge'"):
        supervised.train(mocap_set(150), tmp_path, "huge", 0, CPU, False, silent, unheard)
    (tmp_path / "file").touch()
    with pytest.raises(TrainingError, match="choose another folder"):
        trained(supervised, tmp_path / "file")
