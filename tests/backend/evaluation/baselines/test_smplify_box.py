# SPDX-License-Identifier: GPL-3.0-or-later
"""SMPLify on a person with a box whose motion is known."""

from dataclasses import replace

import pytest
import torch

from backend.bodies.pose_prior import load_pose_prior
from backend.evaluation import EvaluationError
from backend.evaluation.baselines import smplify, smplify_box
from backend.lifting.input_view import InputView
from backend.lifting.lift import body_limbs
from backend.lifting.models import LiftModels
from backend.progress import silent

from ...lifting.carrying import camera, carrier
from ...lifting.clips import body

FRAMES = 6


@pytest.fixture
def few_steps(monkeypatch):
    monkeypatch.setattr(smplify, "fit_iterations", lambda models: 10)
    monkeypatch.setattr(smplify, "RATE", 2e-2)
    monkeypatch.setattr(smplify, "STEPS", (40, 20, 40))
    monkeypatch.setattr(smplify_box, "STEPS", 20)


@pytest.fixture(scope="module")
def models():
    models = LiftModels(None, None, None, torch.device("cpu"))
    models.__dict__["body"], models.__dict__["prior"] = body(), load_pose_prior()
    return models


@pytest.fixture(scope="module")
def scene():
    return carrier(body())


@pytest.fixture(scope="module")
def view(scene) -> InputView:
    seen, points, weights = scene.view(camera())
    rays = (points[0, :FRAMES] - seen.matrix[:2, 2]) / seen.matrix[0, 0]
    return InputView(rays, weights[0, :FRAMES], 1000.0, "given", (960.0, 540.0), (), tuple(scene.size.tolist()))


def fitted(models, form, seen):
    limbs = body_limbs(models.body, float(models.body.stature(torch.zeros(models.body.num_betas))))
    return smplify.lifter(models, None, form, 0, silent)(seen, limbs, None)


def test_the_box_is_as_far_from_the_camera_as_it_is(few_steps, models, scene, view):
    fit, seen = fitted(models, "release", view)
    found = seen.to_camera(fit.keypoints[0, :, 18:])
    true = camera().to_camera(scene.points[0, :FRAMES, 18:])
    assert (found - true).norm(dim=-1).max() < 0.03
    assert fit.keypoints.shape == (1, FRAMES, 23, 3) and torch.allclose(fit.box_size[0], scene.size)


def test_sharp_has_a_box_too(few_steps, models, scene, view):
    fit, seen = fitted(models, "sharp", view)
    found = seen.project(fit.keypoints[0, :, 18:])
    assert fit.box_rotation.shape == (1, FRAMES, 3, 3) and (found - view.rays[:, 18:]).norm(dim=-1).mean() < 0.03


def test_without_a_size_there_is_no_telling(few_steps, models, view):
    with pytest.raises(EvaluationError, match="size to be given"):
        fitted(models, "release", replace(view, box_size=None))
