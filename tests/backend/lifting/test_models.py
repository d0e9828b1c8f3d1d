# SPDX-License-Identifier: GPL-3.0-or-later
import shutil

import pytest
import torch

from backend.bodies import BodyError
from backend.bodies.pose_prior import BUNDLED, new_vposer, save_pose_prior
from backend.diffusion.checkpoint import CheckpointError
from backend.diffusion.device import DeviceError
from backend.lifting.lift import LiftOptions
from backend.lifting.models import LINE_FILE, MULTIVIEW_FILE, PRIOR_FILE, load_models

from .clips import save_untrained


@pytest.fixture
def folder(tmp_path):
    return save_untrained(tmp_path)


def options(folder, **others):
    return LiftOptions(model=folder, device="cpu", **others)


def test_the_same_paths_are_the_same_models(folder, tmp_path):
    models = load_models(options(folder))
    assert load_models(options(str(folder), seed=3)) is models
    assert models.multiview is models.multiview and not models.multiview.training
    shutil.copytree(folder, tmp_path / "copy")
    assert load_models(options(tmp_path / "copy")) is not models


def test_the_default_method_needs_no_line_network(folder):
    (folder / LINE_FILE).unlink()
    models = load_models(options(folder)).load()
    assert models.schedule.alpha_bar.device == torch.device("cpu") and models.body.num_betas >= 10
    with pytest.raises(CheckpointError, match=LINE_FILE):
        _ = models.line


def test_a_models_own_pose_prior_comes_before_the_bundled_one(folder):
    bundled = load_models(options(folder)).prior
    save_pose_prior(new_vposer(), folder / PRIOR_FILE, {"data": "none"})
    load_models.__globals__["_cached"].cache_clear()
    assert load_models(options(folder)).prior.card["data"] == "none" != bundled.card.get("data")
    given = load_models(options(folder, pose_prior=BUNDLED)).prior
    assert given.card == bundled.card


def test_what_is_not_there_gets_one_line(folder, tmp_path):
    (folder / MULTIVIEW_FILE).write_text("no weights")
    with pytest.raises(CheckpointError, match=MULTIVIEW_FILE):
        load_models(options(folder)).load()
    with pytest.raises(CheckpointError, match="found none"):
        load_models(options(tmp_path / "missing")).load()
    with pytest.raises(BodyError):
        _ = load_models(options(folder, body=tmp_path / "missing.npz")).body
    with pytest.raises(DeviceError):
        load_models(LiftOptions(model=folder, device="abacus"))
