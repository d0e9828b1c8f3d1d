# SPDX-License-Identifier: GPL-3.0-or-later
from dataclasses import replace

import pytest
import torch

from backend.diffusion.canonical import limb_lengths, limb_sum, mid_hip
from backend.diffusion.checkpoint import CheckpointError, save_network
from backend.diffusion.denoisers import DenoiserConfig
from backend.evaluation.baselines import plain_fit
from backend.evaluation.baselines.lifter_network import LifterNetwork
from backend.evaluation.baselines.supervised import lift_points, lifter
from backend.evaluation.baselines.world import WorldNetwork
from backend.lifting.models import LiftModels
from backend.progress import silent

from ...diffusion.scene import awake
from .lifting_scene import CPU, both, shot, true_windows

SMALL = DenoiserConfig(width=32, blocks=1, heads=2)


def lifted(scene, view=None):
    pose, _ = true_windows(scene)
    return lift_points(view or scene.view, lambda *asked: both(pose), scene.limbs, CPU, silent)


@pytest.mark.parametrize("frames", [40, 260])
def test_a_network_that_knows_the_pose_yields_the_true_path_for_a_level_camera(frames):
    scene = shot(frames)
    space = lifted(scene)
    torch.testing.assert_close(space.points, scene.points, atol=0.02, rtol=0)
    torch.testing.assert_close(space.up, scene.up, atol=1e-6, rtol=0)


def test_missing_points_do_not_move_the_path():
    scene = shot()
    weight, rays = scene.view.weight.clone(), scene.view.rays.clone()
    weight[20:40, [8, 11, 4]], rays[20:40, 4] = 0.0, 3.0
    space = lifted(scene, replace(scene.view, weight=weight, rays=rays))
    torch.testing.assert_close(mid_hip(space.points), mid_hip(scene.points), atol=0.01, rtol=0)


def test_the_network_is_told_which_points_are_missing():
    scene, asked = shot(), []
    answer = both(true_windows(scene)[0])
    weight = scene.view.weight.clone()
    weight[5:9, 3] = 0.0

    def network(points, seen, nearness, present):
        asked.append(seen)
        return answer

    lift_points(replace(scene.view, weight=weight), network, 1.0, CPU, silent)
    assert not asked[0][0, 5:9, 3].any() and asked[0][0].sum() == 60 * 18 - 4
    assert not asked[0][1, 5:9, 6].any()  # the other elbow in the mirror


def test_the_limb_sum_sets_the_size():
    scene = shot()
    pose, _ = true_windows(scene)
    space = lift_points(scene.view, lambda *asked: both(1.7 * pose), 1.0, CPU, silent)
    assert float(limb_sum(limb_lengths(space.points).median(0).values)) == pytest.approx(1.0, abs=1e-3)
    torch.testing.assert_close(space.points, scene.points / scene.limbs, atol=0.01, rtol=0)


def test_a_trained_file_lifts_a_clip_to_a_body_and_a_camera_the_same_each_time(tmp_path, monkeypatch):
    path = tmp_path / "weights.safetensors"
    save_network(path, awake(LifterNetwork(SMALL)), {})
    spaces = []
    monkeypatch.setattr(plain_fit, "fit_points", lambda space, weight, *rest: spaces.append((space, weight)))
    scene = shot(30)
    for seed in (0, 1):
        lifter(LiftModels(None, None, None, CPU), path, None, seed, silent)(scene.view, 1.3, None)
    (first, weight), (second, _) = spaces
    assert first.points.shape == (30, 18, 3) and first.points.isfinite().all() and weight.shape == (30, 18)
    assert torch.equal(first.points, second.points)


def test_weights_of_another_kind_are_refused_in_one_sentence(tmp_path):
    path = tmp_path / "weights.safetensors"
    path.write_bytes(b"no tensors")
    with pytest.raises(CheckpointError, match="no checkpoint of this program"):
        lifter(LiftModels(None, None, None, CPU), path, None, 0, silent)
    save_network(path, WorldNetwork(SMALL), {})
    with pytest.raises(CheckpointError, match="does not fit LifterNetwork"):
        lifter(LiftModels(None, None, None, CPU), path, None, 0, silent)
