# SPDX-License-Identifier: GPL-3.0-or-later
import math
from dataclasses import replace

import pytest
import torch

from backend.diffusion.canonical import LIMB_METRES, canonicalise, limb_lengths, limb_sum, mid_hip
from backend.diffusion.checkpoint import CheckpointError, save_network
from backend.errors import Cancelled
from backend.evaluation.baselines import elepose, elepose_loose, elepose_training
from backend.evaluation.baselines.elepose_flow import FlowConfig, PoseFlow
from backend.evaluation.baselines.elepose_network import (
    DISTANCE,
    HIP_TO_HEAD,
    EleposeConfig,
    EleposeNetwork,
    image_poses,
    lift,
    project,
    turn,
    up,
)
from backend.evaluation.baselines.elepose_training import draw_poses, lifter_losses, relative_bones, rest_pose
from backend.evaluation.baselines.weights import WEIGHTS_FILE
from backend.geometry.cameras import Camera, intrinsics, ring
from backend.lifting.models import LiftModels
from backend.progress import silent
from backend.training import loop
from backend.training.history import unheard
from backend.training.loop import LoopConfig
from backend.training.mocap import TrainingError

from ..figures import walker
from .lifting_scene import CPU, clip_set, mocap_set, shot
from .training_scene import trained

QUICK = LoopConfig(6, 4, warm_up=2, log_every=2, save_every=2)
TINIEST = {"tiny": (EleposeConfig(width=32), QUICK, FlowConfig(components=8, blocks=2, width=16), QUICK)}


@pytest.fixture(autouse=True)
def tiniest(monkeypatch):
    monkeypatch.setattr(elepose_training, "PRESETS", TINIEST)
    monkeypatch.setattr(loop, "plot_losses", lambda *drawing: None)  # takes longer than the training


def seen_from(azimuth, elevation):
    """A figure (1, 18, 3) about its mid-hip in the axes of a camera on a ring around it, and its 2D pose (1, 18, 2)."""
    figure = torch.as_tensor(walker(7), dtype=torch.float32)[2:3]
    figure = figure - mid_hip(figure)[:, None]
    camera = ring(torch.tensor([azimuth]), DISTANCE, DISTANCE, elevation, image_size=(0, 0))
    local = camera.to_camera(figure) - torch.tensor([0.0, 0.0, DISTANCE])
    image = camera.project(figure)
    return local, image - mid_hip(image)[:, None]


def test_a_pose_lifts_to_what_a_camera_sees_as_that_pose():
    space, image = seen_from(0.7, 0.2)
    torch.testing.assert_close(project(space), image, atol=1e-5, rtol=0)
    torch.testing.assert_close(lift(image, space[..., 2]), space, atol=2e-3, rtol=0)


def test_a_pose_turned_is_what_another_camera_sees():
    one, _ = seen_from(0.7, 0.2)
    rotation = turn(torch.tensor([0.2]), torch.tensor([1.1]), torch.tensor([-0.1]))
    other, image = seen_from(1.8, -0.1)
    torch.testing.assert_close(one @ rotation.transpose(1, 2), other, atol=1e-5, rtol=0)
    torch.testing.assert_close(project(one @ rotation.transpose(1, 2)), image, atol=1e-5, rtol=0)


def test_the_vertical_is_where_the_elevation_says():
    camera = ring(torch.tensor([2.0]), 4.0, 1.0, 0.3)
    torch.testing.assert_close(up(torch.tensor([0.3])), camera.rotation[..., 2])


def test_a_pose_behind_the_camera_stays_finite():
    image = torch.ones(2, 18, 2)
    space = lift(image, torch.full((2, 18), -1e6))
    assert space.isfinite().all() and project(torch.full((2, 18, 3), -1e6)).isfinite().all()


def losses_of_guesses(error=0.0):
    """The losses of two figures whose depths are known but for ``error`` metres of a point of the turned poses; those
    poses (2, 18, 3), and the flow."""
    azimuth, places = torch.tensor([1.3, -0.4]), (0.7, 2.0)
    turned_places = [place + float(turn) for place, turn in zip(places, azimuth, strict=True)]
    (space, image), (turned, _) = (
        map(torch.cat, zip(*(seen_from(place, 0.2) for place in each), strict=True)) for each in (places, turned_places)
    )
    guess = turned[..., 2].clone()
    guess[:, 4] += error
    depths = iter((space[..., 2], guess))
    flow = PoseFlow(FlowConfig()).requires_grad_(False)
    losses = lifter_losses(
        lambda poses: (next(depths), torch.full((2,), 0.2)), flow, relative_bones(space)[0], image, azimuth,
        torch.randn(2),
    )  # fmt: skip
    return losses, turned, flow


def test_a_lifter_that_knows_the_truth_has_no_loss_but_the_likelihood():
    losses, turned, flow = losses_of_guesses()
    for name in ("image", "space", "deformation", "bones"):
        assert float(losses[name]) == pytest.approx(0, abs=0.03), name
    assert float(losses["likelihood"]) == pytest.approx(float(flow.surprise(project(turned)).mean()), abs=0.02)


def test_losses_are_in_the_sources_units():
    """A guess that is 1 from hips to head too deep in one point of every pose costs 1 in space."""
    losses, turned, _ = losses_of_guesses(HIP_TO_HEAD)
    sideways = (turned[:, 4, :2] / (1 + turned[:, 4, 2:] / DISTANCE)).norm(dim=-1) / DISTANCE  # on its line of sight
    assert float(losses["space"]) == pytest.approx(float((1 + sideways.square()).sqrt().mean()), abs=0.03)


def test_the_unit_of_length_is_that_of_the_open_body_at_rest():
    rest = rest_pose()
    trunk = (rest[0] - mid_hip(rest)).norm() * LIMB_METRES / limb_sum(limb_lengths(rest))
    assert float(trunk) == pytest.approx(HIP_TO_HEAD, abs=0.005)


def test_the_losses_teach_depths_and_elevation():
    poses = draw_poses(mocap_set(150), 2, torch.Generator().manual_seed(0))
    torch.manual_seed(0)
    network = EleposeNetwork(EleposeConfig(width=16))
    losses = lifter_losses(
        network, PoseFlow(FlowConfig()), relative_bones(rest_pose()[None])[0], poses, torch.rand(32), torch.randn(32)
    )
    sum(losses.values()).backward()
    assert all(parameter.grad.abs().max() > 0 for parameter in network.parameters())


def test_the_open_bodys_bones_do_not_depend_on_its_size():
    rest = rest_pose()
    torch.testing.assert_close(relative_bones(1.7 * rest[None]), relative_bones(rest[None]), atol=1e-5, rtol=0)
    assert relative_bones(rest[None]).shape == (1, 17)


def test_poses_are_centred_and_equally_large_near_and_far():
    motion = torch.as_tensor(walker(60, travel=0.0), dtype=torch.float32)
    motion[:, :, 1] += torch.linspace(0, 5, 60)[:, None]
    camera = Camera(intrinsics(torch.tensor(1.0), torch.zeros(2)), *_level(6.0))
    clip = canonicalise(camera.project(motion)[None], torch.ones(1, 60, dtype=torch.bool))
    poses = image_poses(clip.points, torch.ones(1, 60, 18, dtype=torch.bool))[0]
    assert mid_hip(poses).abs().max() < 1e-5
    trunk = (poses[:, 1] - mid_hip(poses)).norm(dim=-1)
    plain = clip.points[0, :, 1].sub(mid_hip(clip.points[0])).norm(dim=-1)
    assert trunk.max() / trunk.min() < 1.25 < 1.6 < plain.max() / plain.min()


def _level(distance):
    camera = ring(torch.zeros(1), distance, 1.0)
    return camera.rotation[0], camera.translation[0]


def test_drawn_poses_are_of_present_frames():
    generator = torch.Generator().manual_seed(0)
    poses = draw_poses(mocap_set(40), 4, generator)  # windows of 120 frames with 80 of padding
    assert poses.shape == (64, 18, 2) and limb_sum(limb_lengths(poses)).min() > 0.3


def test_a_network_that_knows_depths_and_elevation_yields_the_pose_at_a_constant_distance():
    scene = shot(300, elevation=0.2)  # longer than any window of the other methods
    clip = canonicalise(scene.view.rays[None], torch.ones(1, 300, dtype=torch.bool))
    turned = scene.points @ clip.rotation[0].T
    depth = (turned - mid_hip(turned)[:, None])[..., 2] * (1.3 / scene.limbs)
    slope = math.asin(float(-(clip.rotation[0] @ scene.up)[2]))
    elevation = torch.full((300,), slope)
    elevation[:50] = 1.0  # single frames do not count
    space = elepose.lift_points(scene.view, lambda poses: (depth, elevation), scene.limbs, CPU)
    pose, truth = (points - mid_hip(points)[:, None] for points in (space.points, scene.points))
    assert (pose - truth).norm(dim=-1).mean() < 0.06  # the perspective is another one
    assert space.up @ scene.up > 0.999  # but for the roll that comes of turning the camera towards the subject
    root = mid_hip(space.points)
    torch.testing.assert_close(root[:, :2] / root[:, 2:], mid_hip(scene.view.rays), atol=1e-4, rtol=0)
    distance = (root @ clip.rotation[0].T)[:, 2]
    assert distance.std() < 1e-4 and distance.mean() == pytest.approx(float(turned[..., 2].mean()), rel=0.2)


def test_a_file_lifts_a_clip_the_same_each_time_and_missing_points_do_not_count(tmp_path, monkeypatch):
    path = tmp_path / "weights.safetensors"
    save_network(path, EleposeNetwork(EleposeConfig(width=16)), {})
    spaces = []
    monkeypatch.setattr(elepose, "fit_points", lambda space, weight, *rest: spaces.append((space, weight)))
    scene = shot(30)
    weight = scene.view.weight.clone()
    weight[3:9, 4] = 0.0
    view = replace(scene.view, weight=weight)
    for seed in (0, 1):
        elepose.lifter(LiftModels(None, None, None, CPU), path, None, seed, silent)(view, 1.3, None)
    (first, counts), (second, _) = spaces
    assert first.points.shape == (30, 18, 3) and first.points.isfinite().all() and torch.equal(counts, weight)
    assert torch.equal(first.points, second.points)
    size = limb_sum(limb_lengths(first.points).median(0).values)
    assert float(size) == pytest.approx(1.3, abs=1e-3)


def test_weights_of_another_kind_are_refused_in_one_sentence(tmp_path):
    path = tmp_path / "weights.safetensors"
    save_network(path, PoseFlow(FlowConfig(blocks=1, width=8)), {})
    with pytest.raises(CheckpointError, match="does not fit EleposeNetwork"):
        elepose.lifter(LiftModels(None, None, None, CPU), path, None, 0, silent)


@pytest.mark.parametrize("moment", [("elepose_flow", 3), ("elepose", 3)])
def test_a_run_that_is_cancelled_and_resumed_ends_as_if_it_had_not_been(tmp_path, moment):
    def stop(stage, done, total):
        if (stage, done) == moment:
            raise Cancelled

    whole, card = trained(elepose.train, tmp_path / "whole")
    with pytest.raises(Cancelled):
        trained(elepose.train, tmp_path / "cut", progress=stop)
    assert not (tmp_path / "cut" / WEIGHTS_FILE).exists()
    steps = []
    resumed, _ = trained(elepose.train, tmp_path / "cut", resume=True, progress=lambda *at: steps.append(at[:2]))
    assert moment in steps and steps[0] == (moment if moment[0] == "elepose_flow" else ("elepose_flow", 6))
    other, _ = trained(elepose.train, tmp_path / "other", seed=1)
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)
    assert not all(torch.equal(whole[name], other[name]) for name in whole)
    assert (card["baseline"], card["preset"], card["steps"], card["licences"]) == ("elepose", "tiny", 6, ["none"])


@pytest.mark.parametrize(("module", "name", "weight"), [(elepose, "elepose", 50), (elepose_loose, "elepose_loose", 10)])
def test_the_forms_differ_by_what_bones_count(tmp_path, module, name, weight):
    rows = {}
    _, card = trained(module.train, tmp_path, hear=lambda stage, step, losses: rows.setdefault(stage, dict(losses)))
    assert card["baseline"] == name
    loss, bones = (float(rows[name].pop(part)) for part in ("loss", "bones"))
    assert loss - sum(map(float, rows[name].values())) == pytest.approx(weight * bones, rel=1e-2)


def test_2d_clips_are_enough_to_learn_from(tmp_path):
    rows = []
    weights, card = trained(
        elepose.train, tmp_path, data=clip_set(), hear=lambda stage, step, losses: rows.append((stage, losses))
    )
    assert all(value.isfinite().all() for value in weights.values()) and "2D only" in card["supervision"]
    assert {stage for stage, _ in rows} == {"elepose_flow", "elepose"}


def test_an_unknown_preset_and_a_folder_that_is_a_file_are_refused_in_one_sentence(tmp_path):
    with pytest.raises(TrainingError, match="preset among tiny, got 'huge'"):
        elepose.train(mocap_set(150), tmp_path, "huge", 0, CPU, False, silent, unheard)
    (tmp_path / "file").touch()
    with pytest.raises(TrainingError, match="choose another folder"):
        trained(elepose.train, tmp_path / "file")
