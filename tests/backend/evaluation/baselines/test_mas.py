# SPDX-License-Identifier: GPL-3.0-or-later
import math
from dataclasses import replace

import pytest
import torch

from backend.diffusion.canonical import join_cameras, limb_lengths, limb_sum, view_cameras
from backend.diffusion.checkpoint import CheckpointError, save_network
from backend.diffusion.denoisers import DenoiserConfig, LineDenoiser
from backend.diffusion.line_sampling import project_views
from backend.diffusion.schedule import Schedule
from backend.errors import Cancelled
from backend.evaluation.baselines import mas, plain_fit
from backend.evaluation.baselines.mas import MotionDenoiser, lifter, mas_schedule, motion_loss
from backend.evaluation.baselines.mas_sampling import INPUT_WEIGHT, fit_space, lift_points, posterior, sample_space
from backend.evaluation.baselines.weights import WEIGHTS_FILE
from backend.lifting.models import LiftModels
from backend.progress import silent
from backend.training import loop
from backend.training.history import unheard
from backend.training.loop import LoopConfig
from backend.training.mocap import TrainingError

from ...diffusion.scene import awake, make_scene
from .lifting_scene import CPU, clip_set, mocap_set, shot
from .training_scene import trained

SMALL = DenoiserConfig(width=32, blocks=1, heads=2)
FEW = Schedule(mas_schedule().alpha_bar[::20])


@pytest.fixture(autouse=True)
def tiniest(monkeypatch):
    preset = (SMALL, LoopConfig(6, 4, warm_up=2, log_every=2, save_every=2))
    monkeypatch.setattr(mas, "PRESETS", {"tiny": preset})
    monkeypatch.setattr(mas, "STATISTICS_WINDOWS", 16)
    monkeypatch.setattr(loop, "plot_losses", lambda *drawing: None)  # takes longer than the training


class Knowing(MotionDenoiser):
    """Answers the true views (B * V, T, K, 2), whatever the noise, and keeps what it was asked."""

    def __init__(self, views):
        super().__init__(SMALL)
        self.mean += 0.1
        self.spread *= 0.3
        self.views, self.asked = views, []

    def forward(self, noisy, level, present):
        self.asked.append(noisy)
        return self.standardise(self.views)


def scene_and_cameras():
    scene = make_scene(8)
    azimuth = torch.arange(1, 7) * (2 * math.pi / 7)
    return scene, join_cameras(scene.input, view_cameras(azimuth))


def sampled(scene, network, weight=None, schedule=FEW, seed=0):
    weight = scene.weight if weight is None else weight
    generator = torch.Generator().manual_seed(seed)
    return sample_space(network, schedule, scene.clip, weight, scene.input, generator, silent)


def test_a_network_that_knows_the_views_yields_the_points():
    scene, cameras = scene_and_cameras()
    network = Knowing(project_views(cameras, scene.truth).flatten(0, 1))
    torch.testing.assert_close(sampled(scene, network), scene.truth, atol=2e-3, rtol=0)
    assert len(network.asked) == 5 and network.asked[0].shape == (14, 8, 18, 2)


def test_points_that_are_missing_are_the_models():
    scene, cameras = scene_and_cameras()
    network = Knowing(project_views(cameras, scene.truth).flatten(0, 1))
    weight = scene.weight
    weight[:, 2:5, 4] = 0.0
    clip = replace(scene.clip, points=torch.where(weight[..., None] > 0, scene.clip.points, 5.0))
    scene = replace(scene, clip=clip)
    torch.testing.assert_close(sampled(scene, network, weight), scene.truth, atol=2e-3, rtol=0)
    assert (sampled(scene, network) - scene.truth).abs().max() > 0.1  # had they counted


def test_the_given_view_stands_in_for_its_prediction():
    scene, cameras = scene_and_cameras()
    views = project_views(cameras, scene.truth)
    wrong = views.clone()
    wrong[:, 0] += 3.0
    torch.testing.assert_close(
        fit_space(wrong, scene.clip.points, scene.weight, cameras), scene.truth, atol=2e-3, rtol=0
    )
    moved = fit_space(views, scene.clip.points + 0.07, scene.weight, cameras)
    assert 0.05 < (moved - scene.truth).norm(dim=-1).mean() < 0.2


def test_the_points_are_those_that_adam_finds_with_held_depths():
    scene, cameras = scene_and_cameras()
    views = project_views(cameras, scene.truth)
    views = views + 0.2 * torch.randn(views.shape, generator=torch.Generator().manual_seed(0))
    weight = scene.weight
    weight[:, :, 4] = 0.3
    found = fit_space(views, scene.clip.points, weight, cameras)
    points = found.clone().requires_grad_()
    optimiser = torch.optim.Adam([points], 1e-2)
    schedule = torch.optim.lr_scheduler.ExponentialLR(optimiser, 0.98)
    given = INPUT_WEIGHT * weight
    for _ in range(300):
        local = cameras.to_camera(points.flatten(1, 2)[:, None])
        images = (local[..., :2] * cameras.focal[:, :, None, :1] / local[..., 2:].detach()).view_as(views)
        squares = (images - views).square().sum(-1)
        predicted = squares[:, 1:].sum() + ((1 - weight) * squares[:, 0]).sum()
        optimiser.zero_grad()
        (predicted + (given * (images[:, 0] - scene.clip.points).square().sum(-1)).sum()).backward()
        optimiser.step()
        schedule.step()
    torch.testing.assert_close(found, points.detach(), atol=5e-4, rtol=0)


def test_the_noise_of_all_views_is_one_noise_in_space():
    scene, cameras = scene_and_cameras()
    network = Knowing(project_views(cameras, scene.truth).flatten(0, 1))
    sampled(scene, network)
    noise = network.asked[0].view(2, 7, 8 * 18, 2)
    axes = cameras.rotation[:, :, :2].flatten(1, 2)  # (2, 14, 3)
    images = noise.transpose(2, 3).flatten(1, 2)  # (2, 14, P)
    space = torch.linalg.lstsq(axes, images).solution
    torch.testing.assert_close(axes @ space, images, atol=1e-4, rtol=0)
    assert noise.std() == pytest.approx(1, abs=0.1)


def test_the_posterior_of_a_known_clean_sample_keeps_the_forward_process():
    schedule, generator = mas_schedule(), torch.Generator().manual_seed(0)
    clean, level = torch.full((200_000,), 0.7), 60
    here, below = schedule.alpha_bar[level], schedule.alpha_bar[level - 1]
    noisy = here.sqrt() * clean + (1 - here).sqrt() * torch.randn(len(clean), generator=generator)
    mean, deviation = posterior(schedule, clean, noisy, level)
    drawn = mean + deviation * torch.randn(len(clean), generator=generator)
    assert float(drawn.mean()) == pytest.approx(float(below.sqrt() * 0.7), abs=0.01)
    assert float(drawn.var()) == pytest.approx(float(1 - below), abs=0.01)


def test_the_schedule_falls_by_the_fourth_power_of_the_cosine():
    signal = mas_schedule().alpha_bar
    assert len(signal) == 100 and (signal.diff() < 0).all() and signal[0] > 0.99 and signal[-1] > 0
    assert float(signal[49]) == pytest.approx(0.25, abs=0.02)


def test_frames_that_are_not_present_do_not_matter():
    network, schedule = awake(MotionDenoiser(SMALL)), mas_schedule()
    generator = torch.Generator().manual_seed(0)
    clean, noise = (torch.randn(2, 30, 18, 2, generator=generator) for _ in range(2))
    present = torch.ones(2, 30, dtype=torch.bool)
    present[1, 13:] = False
    level = torch.tensor([10, 70])
    loss = motion_loss(network, schedule, clean, present, noise, level)["loss"]
    changed = torch.where(present[..., None, None], clean, 9.0)
    assert torch.equal(loss, motion_loss(network, schedule, changed, present, noise, level)["loss"])
    assert not torch.equal(loss, motion_loss(network, schedule, clean * 1.1, present, noise, level)["loss"])


@pytest.mark.parametrize("frames", [33, 150])
def test_a_file_lifts_clips_of_any_length_the_same_for_a_seed(frames, tmp_path, monkeypatch):
    path = tmp_path / "weights.safetensors"
    save_network(path, awake(MotionDenoiser(SMALL)), {})
    spaces = []
    monkeypatch.setattr(plain_fit, "fit_points", lambda space, weight, *rest: spaces.append((space, weight)))
    monkeypatch.setattr(mas, "mas_schedule", lambda: FEW)
    scene = shot(frames)
    for seed in (0, 0, 1):
        lifter(LiftModels(None, None, None, CPU), path, None, seed, silent)(scene.view, 1.3, None)
    (first, weight), (second, _), (other, _) = spaces
    assert first.points.shape == (frames, 18, 3) and first.points.isfinite().all() and (weight == 1).all()
    assert torch.equal(first.points, second.points) and not torch.equal(first.points, other.points)


def test_the_limb_sum_sets_the_size_and_the_camera_counts_as_level():
    scene = shot(30)
    space = lift_points(scene.view, awake(MotionDenoiser(SMALL)), FEW, 1.1, CPU, 0, silent)
    assert float(limb_sum(limb_lengths(space.points).median(0).values)) == pytest.approx(1.1, abs=1e-3)
    torch.testing.assert_close(space.up, torch.tensor([0.0, -1.0, 0.0]), atol=1e-5, rtol=0)


def test_weights_of_another_kind_are_refused_in_one_sentence(tmp_path):
    path = tmp_path / "weights.safetensors"
    save_network(path, LineDenoiser(SMALL), {})
    with pytest.raises(CheckpointError, match="does not fit MotionDenoiser"):
        lifter(LiftModels(None, None, None, CPU), path, None, 0, silent)


def test_the_loss_falls(tmp_path, monkeypatch):
    preset = (SMALL, LoopConfig(60, 8, 2e-3, warm_up=5, log_every=20))
    monkeypatch.setattr(mas, "PRESETS", {"tiny": preset})
    rows = []
    trained(mas.train, tmp_path, hear=lambda stage, step, losses: rows.append(losses["loss"]))
    assert len(rows) == 3 and rows[2] < 0.8 * rows[0]


def test_a_run_that_is_cancelled_and_resumed_ends_as_if_it_had_not_been(tmp_path):
    def stop(stage, done, total):
        if done == 3:
            raise Cancelled

    whole, card = trained(mas.train, tmp_path / "whole")
    with pytest.raises(Cancelled):
        trained(mas.train, tmp_path / "cut", progress=stop)
    assert not (tmp_path / "cut" / WEIGHTS_FILE).exists()
    steps = []
    resumed, _ = trained(mas.train, tmp_path / "cut", resume=True, progress=lambda stage, i, n: steps.append(i))
    other, _ = trained(mas.train, tmp_path / "other", seed=1)
    assert steps[0] == 3 and all(torch.equal(whole[name], resumed[name]) for name in whole)
    assert not all(torch.equal(whole[name], other[name]) for name in whole)
    assert (card["baseline"], card["preset"], card["steps"], card["licences"]) == ("mas", "tiny", 6, ["none"])
    assert whole["spread"].max() < 0.9  # standardised by what was seen


def test_2d_clips_are_enough_to_learn_from(tmp_path):
    weights, card = trained(mas.train, tmp_path, data=clip_set())
    assert all(value.isfinite().all() for value in weights.values()) and "2D only" in card["supervision"]


def test_an_unknown_preset_is_refused_in_one_sentence(tmp_path):
    with pytest.raises(TrainingError, match="preset among tiny, got 'huge'"):
        mas.train(mocap_set(150), tmp_path, "huge", 0, CPU, False, silent, unheard)
