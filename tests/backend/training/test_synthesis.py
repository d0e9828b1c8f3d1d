# SPDX-License-Identifier: GPL-3.0-or-later
from types import SimpleNamespace

import pytest
import torch

from backend.errors import Cancelled
from backend.training import synthesis
from backend.training.filming import Footage
from backend.training.mocap import TrainingError
from backend.training.synthesis import SynthesisConfig, judge, synthesise

from ..diffusion.scene import make_scene
from ..evaluation.figures import walker

CPU = torch.device("cpu")
CONFIG = SynthesisConfig(windows=10, batch=4)


def good_fits(count=8, frames=20):
    """Fits, footage and reprojections that nothing is wrong with."""
    keypoints = torch.as_tensor(walker(frames), dtype=torch.float32).expand(count, -1, -1, -1).clone()
    joints = torch.zeros(count, frames, 24, 3)
    joints[..., 1] = torch.linspace(0, 1, frames)[:, None]
    fit = SimpleNamespace(keypoints=keypoints, joints=joints, residual=torch.full((count,), 0.03))
    present = torch.ones(count, frames, dtype=torch.bool)
    return fit, SimpleNamespace(present=present), torch.full((count,), 0.01)


def test_every_reason_is_measured_and_counted():
    fit, footage, reprojection = good_fits()
    fit.keypoints[1, 3, 4, 0] = torch.nan
    fit.residual[2] = 0.11
    reprojection[3] = 0.06
    fit.joints[4, 10:] += 0.5  # half a metre in a thirtieth of a second
    fit.keypoints[5] *= 1.6
    fit.keypoints[6] *= 0.5
    fit.residual[6] = 0.3  # two reasons: counted once, under the first
    fit.joints[7, 15:] += 9
    footage.present[7, 15:] = False  # after the clip's end: nobody looks
    kept, verdicts = judge(fit, footage, reprojection)
    assert kept.tolist() == [True, False, False, False, False, False, False, True]
    assert verdicts == {"not_finite": 1, "far_from_its_points": 2, "off_the_input_view": 1, "too_fast": 1,
                        "too_large_or_small": 1, "kept": 2}  # fmt: skip
    assert sum(verdicts.values()) == 8


def test_measures_that_are_not_numbers_are_no_reason_to_keep():
    fit, footage, reprojection = good_fits(3)
    fit.residual[0] = torch.nan
    reprojection[1] = torch.nan
    assert judge(fit, footage, reprojection)[0].tolist() == [False, False, True]


@pytest.fixture
def lifts(monkeypatch):
    """In place of the lift one that marks its motions with the numbers drawn; rejects the first of each batch."""
    calls = []

    def draw(count, generator):
        marks = torch.rand(count, generator=generator)
        return SimpleNamespace(marks=marks, present=torch.ones(count, 20, dtype=torch.bool))

    def lift(network, schedule, footage, *rest):
        calls.append(len(footage.marks))
        fit, _, reprojection = good_fits(len(footage.marks))
        fit.keypoints[:, 0, 0, 0] = footage.marks
        fit.residual[0] = 1.0
        return fit, reprojection

    monkeypatch.setattr(synthesis, "_lift", lift)

    def run(folder, resume=False, seed=0, progress=lambda *args: None, config=CONFIG):
        calls.clear()
        out = synthesise(None, None, draw, None, None, config, folder, seed, CPU, resume, progress)
        return *out, list(calls)

    return run


def test_batches_are_written_gathered_and_counted(lifts, tmp_path):
    ticks = []
    motions, present, verdicts, calls = lifts(tmp_path, progress=lambda *args: ticks.append(args))
    assert motions.shape == (7, 20, 18, 3) and motions.dtype == torch.float16
    assert present.shape == (7, 20) and present.dtype == torch.bool and present.all()
    assert verdicts["kept"] == 7 and verdicts["far_from_its_points"] == 3 and calls == [4, 4, 2]
    assert ticks == [("synthesis", i, 10) for i in (0, 4, 8, 10)]
    assert len(set(motions[:, 0, 0, 0].tolist())) == 7  # no batch is drawn twice


def test_killed_and_resumed_nothing_is_lifted_twice(lifts, tmp_path):
    whole = lifts(tmp_path / "whole")

    def progress(stage, done, total):
        if done == 8:
            raise Cancelled

    with pytest.raises(Cancelled):
        lifts(tmp_path / "cut", progress=progress)
    motions, present, verdicts, calls = lifts(tmp_path / "cut", resume=True)
    assert calls == [2]
    assert torch.equal(motions, whole[0]) and torch.equal(present, whole[1]) and verdicts == whole[2]
    assert lifts(tmp_path / "cut", resume=True)[3] == [] and lifts(tmp_path / "cut", resume=False)[3] == [4, 4, 2]
    assert not torch.equal(lifts(tmp_path / "other", seed=1)[0], whole[0])


def test_when_all_are_rejected_the_user_is_told_why(lifts, tmp_path):
    with pytest.raises(TrainingError, match="all 2 synthetic motions were rejected.*far_from_its_points.*2"):
        lifts(tmp_path, config=SynthesisConfig(windows=2, batch=1))


def test_the_lift_of_a_batch_goes_by_the_views_and_measures_the_input(monkeypatch):
    """With stage 2 answering with the truth and a fit that returns it, the input view is met to the pixel."""
    scene = make_scene(elevation=(0.0, 0.0), roll=0.0)
    footage = Footage(scene.clip, scene.present)

    def fit_body(points, body, prior, *, weights, views, stride, iterations, progress):
        progress(iterations, iterations)
        camera, images, _ = views
        torch.testing.assert_close(points, scene.truth)
        assert torch.equal(images, scene.clip.points) and (stride, iterations) == (4, 40)
        floor = torch.tensor([0.7, -0.2])
        lowered = points.clone()
        lowered[..., 2] -= floor[:, None, None]
        lowered[1, ..., 0] += 0.1  # the second fit stands ten centimetres aside
        return SimpleNamespace(keypoints=lowered, floor=floor)

    monkeypatch.setattr(synthesis, "sample_views", lambda *args, **options: (None, scene.truth))
    monkeypatch.setattr(synthesis, "fit_body", fit_body)
    parts = []
    _, error = synthesis._lift(None, None, footage, None, None, CONFIG, torch.Generator(), CPU, parts.append)
    assert parts == [1.0]
    assert error[0] < 1e-4 and 0.03 < error[1] < 0.1
