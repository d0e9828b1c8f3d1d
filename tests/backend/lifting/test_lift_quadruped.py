# SPDX-License-Identifier: GPL-3.0-or-later
"""A quadruped's clip in, SMAL's motion out, by networks that were never trained: shapes, frames and words."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from backend.bodies.quadruped_prior import learn_quadruped_prior, save_quadruped_prior
from backend.diffusion.checkpoint import save_network
from backend.diffusion.denoisers import DenoiserConfig, LineDenoiser, MultiviewDenoiser
from backend.errors import UserError
from backend.evaluation import benchmark, filming
from backend.evaluation.baselines import smalify
from backend.evaluation.methods import lifters
from backend.evaluation.windows import Window, load_windows, withers_height
from backend.geometry.rotations import axis_angle_to_matrix
from backend.keypoints import KeypointClip
from backend.lifting import lift as lift_module
from backend.lifting.lift import lift_keypoints
from backend.lifting.models import LINE_FILE, MULTIVIEW_FILE, PRIOR_FILE, load_models
from backend.lifting.motion_file import read_motion, write_motion
from backend.lifting.options import ALL, LiftOptions
from backend.lifting.together import lift_together
from backend.training.gaits import draw_body, make_motion

from ..training.quadrupeds import trotter, write_dog

FRAMES = 24


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("cat")
    torch.manual_seed(0)
    sizes = {"keypoints": 17, "width": 16, "blocks": 1, "heads": 2}
    save_network(folder / LINE_FILE, LineDenoiser(DenoiserConfig(**sizes)), {"subject": "cat"})
    network = MultiviewDenoiser(DenoiserConfig(**sizes, from_plane=True))
    save_network(folder / MULTIVIEW_FILE, network, {"subject": "cat"})
    generator = np.random.default_rng(1)
    poses = [make_motion(generator, draw_body(generator), 3.0).rotations[::5, 1:] for _ in range(20)]
    save_quadruped_prior(learn_quadruped_prior(torch.as_tensor(np.concatenate(poses)).float(), {}), folder / PRIOR_FILE)
    return folder


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(lift_module, "ANIMAL_ITERATIONS", 8)
    monkeypatch.setattr(smalify, "STEPS", (10, 10, 10))
    monkeypatch.setattr(smalify, "ANIMAL_ITERATIONS", 8)


def clip(frames: int = FRAMES) -> KeypointClip:
    film = filming.film(trotter(frames), "paper", np.random.default_rng(0))
    return KeypointClip(film.pixels, film.confidence, 30.0, film.image_size, "ap10k", source="trot.json")


def test_a_clip_of_an_animal_becomes_a_motion_of_smal(model, tmp_path):
    models = load_models(LiftOptions(model=model)).load()
    assert models.subject.name == "cat"
    motion = lift_keypoints(clip(), LiftOptions(height=0.5), models)
    assert motion.model_type == "smal" and motion.poses.shape == (FRAMES, 105)
    assert motion.height == pytest.approx(0.5, rel=0.02)
    write_motion(motion, tmp_path / "out.npz")
    fields = read_motion(tmp_path / "out.npz")
    assert str(fields["model_type"]) == "smal" and fields["joints"].shape == (FRAMES, 35, 3)
    assert len(fields["joint_names"]) == 35 and fields["keypoints"].shape == (FRAMES, 17, 3)
    assert fields["keypoints_2d"].shape == (FRAMES, 17, 2) and len(fields["keypoint_names"]) == 17
    assert np.abs(fields["keypoints"][0, [11, 14], :2].mean(0)).max() < 1e-4  # the first mid-hip over the origin
    assert np.isfinite(fields["joints"]).all() and motion.reprojection_error() < 100


def test_a_camera_that_nobody_told_of_goes_along(model, monkeypatch):
    models = load_models(LiftOptions(model=model)).load()
    slow = replace(clip(), fps=25.0)
    stays = lift_keypoints(slow, LiftOptions(height=0.5), models)
    monkeypatch.setattr(lift_module, "camera_moves", lambda contacts: True)
    goes = lift_keypoints(slow, LiftOptions(height=0.5), models)
    assert goes.camera.rotation.shape == (FRAMES, 3, 3) and goes.camera.translation.shape == (FRAMES, 3)
    assert "the camera moves" in goes.warnings[-1] and len(goes.warnings) == len(stays.warnings) + 1
    images = [motion.camera.project(torch.from_numpy(motion.keypoints)) for motion in (stays, goes)]
    torch.testing.assert_close(*images, atol=0.5, rtol=0)
    assert np.abs(stays.trans - goes.trans).max() > 0.01


def test_two_animals_are_lifted_into_one_world(model):
    models = load_models(LiftOptions(model=model)).load()
    one = clip()
    other = replace(one, points=one.points * 0.8 + (420.0, 150.0), person=1)
    for height, wanted in ((None, None), (0.5, 0.5)):
        motions = lift_together([one, other], LiftOptions(person=ALL, height=height), models)
        first, second = motions
        assert first.model_type == "smal" and first.world == second.world != ""
        torch.testing.assert_close(first.camera.translation, second.camera.translation, atol=0, rtol=0)
        for motion in motions:
            assert np.isfinite(motion.joints).all() and wanted in (None, pytest.approx(motion.height, abs=0.01))
            posed = models.body.keypoints(
                axis_angle_to_matrix(torch.as_tensor(motion.poses).view(len(one), -1, 3)),
                torch.as_tensor(motion.betas), torch.as_tensor(motion.trans),
            )  # fmt: skip
            np.testing.assert_allclose(posed[1].numpy(), motion.keypoints, atol=2e-3)


def test_the_other_subjects_points_are_refused_in_one_line(model):
    models = load_models(LiftOptions(model=model)).load()
    with pytest.raises(UserError, match="the points of a human .* lifts a cat") as error:
        person = KeypointClip(np.ones((40, 17, 2)), np.ones((40, 17)), 30.0, (640, 480), "coco17")
        lift_keypoints(person, LiftOptions(), models)
    assert "\n" not in str(error.value)
    with pytest.raises(UserError, match="height of 0.03 to 4.0"):
        lift_keypoints(clip(), LiftOptions(height=9.0), models)


def test_methods_are_compared_on_animals(model, tmp_path):
    write_dog(tmp_path / "dog.npz", trotter(130))
    windows = load_windows(tmp_path)
    assert windows[0].keypoints.shape[1:] == (17, 3)
    window = Window("short", windows[0].keypoints[:FRAMES], windows[0].height_m)
    models = load_models(LiftOptions(model=model)).load()
    methods = lifters(["stage4", "plane", "smplify", "smplify_sharp"], LiftOptions(model=model), models)
    report = benchmark.run([window], methods, benchmark.Conditions(height="given"))
    assert [row["method"] for row in report["rows"]] == list(methods)
    assert all(np.isfinite(row["mpjpe_mm"]) and row["t_root_mm"] > 0 for row in report["rows"])
    with pytest.raises(UserError, match="does not lift a cat"):
        lifters(["elepose"], LiftOptions(model=model), models)


def test_all_of_an_animals_clip_is_measured(tmp_path):
    write_dog(tmp_path / "long.npz", trotter(600))
    write_dog(tmp_path / "short.npz", trotter(40))
    windows = load_windows(tmp_path)
    assert [(window.name, len(window.keypoints)) for window in windows] == [
        ("long_0000", 120), ("long_0120", 120), ("long_0240", 60),
    ]  # fmt: skip
    assert len({window.height_m for window in windows}) == 1


def test_the_withers_height_is_told_from_the_fore_legs():
    motion = trotter(60)
    height = withers_height(motion)
    assert withers_height(2 * motion) == pytest.approx(2 * height)
    assert 0.35 < height < 0.75  # of a back of half a metre
