# SPDX-License-Identifier: GPL-3.0-or-later
"""SMPLify on a walk of the bundled body itself, with fewer steps than it takes otherwise."""

from dataclasses import replace

import pytest
import torch

from backend.bodies.pose_prior import load_pose_prior
from backend.errors import Cancelled
from backend.evaluation.baselines import smplify
from backend.keypoints.layouts import LAYOUTS
from backend.lifting.input_view import InputView
from backend.lifting.lift import body_limbs
from backend.lifting.models import LiftModels
from backend.progress import silent

from ...lifting.clips import body, walk

FRAMES = 5
WRIST = LAYOUTS["openpose18"].names.index("left_wrist")


@pytest.fixture
def few_steps(monkeypatch):
    monkeypatch.setattr(smplify, "fit_iterations", lambda models: 25)
    monkeypatch.setattr(smplify, "RATE", 2e-2)
    monkeypatch.setattr(smplify, "STEPS", (60, 40, 60))


@pytest.fixture(scope="module")
def models():
    models = LiftModels(None, None, None, torch.device("cpu"))
    models.__dict__["body"], models.__dict__["prior"] = body(), load_pose_prior()
    return models


def view() -> InputView:
    shot = walk(FRAMES)
    camera = shot.camera.to(dtype=torch.float32)
    rays = (camera.project(shot.keypoints) - camera.matrix[:2, 2]) / camera.matrix[0, 0]
    return InputView(rays, torch.ones(FRAMES, 18), 1000.0, "given", (960.0, 540.0), ())


def fitted(models, form, seen, progress=silent):
    limbs = body_limbs(models.body, float(models.body.stature(torch.zeros(models.body.num_betas))))
    return smplify.lifter(models, None, form, 0, progress)(seen, limbs, None)


def error(fit, camera, seen):
    """By how much the body's keypoints miss the image's, in parts of a metre at one metre."""
    distance = (camera.project(fit.keypoints[0]) - seen.rays).norm(dim=-1) * (seen.weight > 0)
    return float(distance.sum() / (seen.weight > 0).sum())


@pytest.mark.parametrize("form", ["release", "sharp"])
def test_the_body_falls_on_the_image_and_stands_on_the_floor(few_steps, models, form):
    fit, camera = fitted(models, form, view())
    assert fit.keypoints.shape == (1, FRAMES, 18, 3) and fit.keypoints.isfinite().all()
    assert error(fit, camera, view()) < 0.02  # of a body that is 0.4 high there
    assert -0.1 < fit.keypoints[0, :, [10, 13], 2].min() < 0.25 and 1.2 < fit.keypoints[0, :, 0, 2].mean() < 1.8


def test_what_was_not_seen_counts_for_nothing(few_steps, models):
    seen = view()
    weight = seen.weight.clone()
    weight[:, WRIST] = 0
    hidden = replace(seen, weight=weight)
    nonsense = seen.rays.clone()
    nonsense[:, WRIST] = 3.0
    first, _ = fitted(models, "sharp", hidden)
    second, _ = fitted(models, "sharp", replace(hidden, rays=nonsense))
    torch.testing.assert_close(first.keypoints, second.keypoints, atol=1e-3, rtol=0)


def test_one_wrong_point_bends_the_mean_square_and_not_the_robust_distance(few_steps, models):
    seen = view()
    wrong = seen.rays.clone()
    wrong[FRAMES // 2, WRIST] += 0.3
    others = [point for point in range(18) if point != WRIST]

    def harm(form):
        fit, camera = fitted(models, form, replace(seen, rays=wrong))
        images = camera.project(fit.keypoints[0])[FRAMES // 2]
        return float((images - seen.rays[FRAMES // 2])[others].norm(dim=-1).mean())

    assert harm("sharp") < 0.7 * harm("release")


def test_a_cancel_is_heard(few_steps, models):
    def cancel(stage, done, total):
        assert stage == "Fitting the image" and total == 160
        if done == 70:
            raise Cancelled

    with pytest.raises(Cancelled):
        fitted(models, "release", view(), cancel)
