# SPDX-License-Identifier: GPL-3.0-or-later
from dataclasses import replace

import pytest
import torch

from backend.diffusion.canonical import LIMB_METRES, mid_hip, tilt
from backend.diffusion.checkpoint import save_network
from backend.diffusion.denoisers import DenoiserConfig
from backend.evaluation.baselines import plain_fit, world
from backend.evaluation.baselines.egocentric import encode, heading
from backend.evaluation.baselines.lifter_training import draw
from backend.evaluation.baselines.world import WorldNetwork, lift_points, lifter, world_loss
from backend.lifting.models import LiftModels
from backend.lifting.space import upright
from backend.lifting.windows import cut, window_starts
from backend.progress import silent

from ...diffusion.scene import awake
from .lifting_scene import CPU, both, mocap_set, shot, true_windows

SMALL = DenoiserConfig(width=32, blocks=1, heads=2)


@pytest.fixture(autouse=True)
def free_feet(monkeypatch):
    """The made-up walker's feet slide."""
    monkeypatch.setattr(world, "with_standing_feet", lambda path, pose: path)


def truth(scene):
    """What a perfect network answers to a clip asked twice, the second time in a mirror."""
    pose, up = true_windows(scene)
    points = scene.points @ upright(scene.up).T
    velocity = encode(mid_hip(points), heading(points)) * (LIMB_METRES / scene.limbs)
    velocity = cut(velocity, window_starts(len(points)))
    angles = torch.stack(tilt(up), -1)
    return both(pose), twice(velocity, [1.0, -1, 1]), twice(angles, [1.0, -1])


def twice(answer, signs):
    return torch.cat([answer, answer * torch.tensor(signs)])


def lifted(scene, answer, view=None):
    return lift_points(view or scene.view, lambda *asked: answer, scene.limbs, CPU, silent)


@pytest.mark.parametrize("frames", [40, 260])
@pytest.mark.parametrize("elevation", [0.0, 0.4])
def test_a_network_that_knows_the_truth_yields_it_from_any_height(frames, elevation):
    scene = shot(frames, elevation)
    space = lifted(scene, truth(scene))
    torch.testing.assert_close(space.up, scene.up, atol=1e-3, rtol=0)
    torch.testing.assert_close(space.points, scene.points, atol=0.02, rtol=0)


def test_the_path_follows_the_velocity_and_not_the_image():
    scene = shot()
    pose, velocity, angles = truth(scene)
    still = lifted(scene, (pose, 0 * velocity, angles))
    root = mid_hip(still.points)
    assert (root - root[0]).norm(dim=-1).max() < 1e-4 < (mid_hip(scene.points)[-1] - root[0]).norm()
    sway = 0.3 * torch.sin(2 * torch.pi * torch.arange(60) / 60)  # of the image: 1.5 metres
    swaying = replace(scene.view, rays=scene.view.rays + sway[:, None, None] * torch.tensor([1.0, 0]))
    along = mid_hip(lifted(scene, truth(scene), swaying).points)
    torch.testing.assert_close(along, mid_hip(scene.points), atol=0.1, rtol=0)


def test_feet_that_stand_are_held(monkeypatch):
    monkeypatch.undo()
    scene = shot(60)
    frozen = replace(scene, points=scene.points[:1].expand(60, -1, -1))
    frozen = replace(frozen, view=replace(scene.view, rays=scene.view.rays[:1].expand(60, -1, -1)))
    pose, velocity, angles = truth(frozen)
    drifting = velocity + torch.tensor([0.15, 0.1, 0.0])
    root = mid_hip(lifted(frozen, (pose, drifting, angles)).points)
    assert (root - root[0]).norm(dim=-1).max() < 0.05  # 27 cm without


def test_the_truth_costs_nothing_and_mistakes_what_they_are():
    question = draw(mocap_set(150).footage.windows, 8, torch.Generator().manual_seed(0), CPU)
    velocity = encode(mid_hip(question.world), heading(question.world))

    def losses(pose, velocity, tilt_of_input):
        return world_loss(lambda *asked: (pose, velocity, tilt_of_input), question)

    assert losses(question.pose, velocity, question.tilt)["loss"] < 1e-4
    off = losses(question.pose + 0.1, velocity + 0.3, question.tilt + 0.2)
    for name, wrong in (("position", 0.1), ("velocity", 0.0), ("motion", 0.3), ("tilt", 0.2)):
        assert float(off[name]) == pytest.approx(wrong, abs=1e-3)
    assert off["path"] > 0.2 and off["loss"] > 0.1
    absent = (~question.present)[..., None].float()
    assert losses(question.pose + 5 * absent[..., None], velocity + 5 * absent, question.tilt)["loss"] < 1e-4


def test_a_trained_file_lifts_a_clip_the_same_each_time(tmp_path, monkeypatch):
    path = tmp_path / "weights.safetensors"
    save_network(path, awake(WorldNetwork(SMALL)), {})
    spaces = []
    monkeypatch.setattr(plain_fit, "fit_points", lambda space, *rest: spaces.append(space))
    scene = shot(31)
    for seed in (0, 1):
        lifter(LiftModels(None, None, None, CPU), path, None, seed, silent)(scene.view, 1.3, None)
    first, second = spaces
    assert first.points.shape == (31, 18, 3) and first.points.isfinite().all()
    assert torch.equal(first.points, second.points) and float(first.up.norm()) == pytest.approx(1)


def test_a_mirrored_clip_has_the_mirrored_path():
    network, scene, mirror = awake(WorldNetwork(SMALL)), shot(40), torch.tensor([-1.0, 1, 1])
    flipped = both(scene.view.rays[None])[1]
    here, there = (
        lift_points(replace(scene.view, rays=rays), network, 1.3, CPU, silent) for rays in (scene.view.rays, flipped)
    )
    torch.testing.assert_close(there.points, both(here.points[None])[1], atol=0.03, rtol=0)
    torch.testing.assert_close(there.up, here.up * mirror, atol=0.01, rtol=0)
