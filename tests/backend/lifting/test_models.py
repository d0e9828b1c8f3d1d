# SPDX-License-Identifier: GPL-3.0-or-later
import gc
import shutil
import weakref

import pytest
import torch

from backend.bodies import BodyError
from backend.bodies.pose_prior import BUNDLED, new_vposer, save_pose_prior
from backend.diffusion.checkpoint import CheckpointError
from backend.diffusion.device import DeviceError
from backend.lifting.models import LINE_FILE, MULTIVIEW_FILE, PRIOR_FILE, load_models
from backend.lifting.options import LiftOptions

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


def test_a_model_that_is_trained_again_is_read_again_and_few_are_kept(folder, tmp_path):
    first = load_models(options(folder)).load()
    assert load_models(options(folder)) is first
    save_untrained(folder)
    again = load_models(options(folder))
    assert again is not first and again.multiview is not first.multiview and again.name == folder.name
    several = (load_models(options(shutil.copytree(folder, tmp_path / f"copy {number}"))) for number in range(5))
    kept = [weakref.ref(models.load()) for models in several]
    gc.collect()
    assert [models() is not None for models in kept] == [False, False, False, True, True]


def test_the_default_method_needs_no_line_network(folder):
    (folder / LINE_FILE).unlink()
    models = load_models(options(folder)).load()
    assert models.schedule.alpha_bar.device == torch.device("cpu") and models.body.num_betas >= 10
    with pytest.raises(CheckpointError, match=LINE_FILE):
        _ = models.line


def test_a_models_own_pose_prior_comes_before_the_bundled_one(folder):
    bundled = load_models(options(folder)).prior
    save_pose_prior(new_vposer(), folder / PRIOR_FILE, {"data": "none"})
    assert load_models(options(folder)).prior.card["data"] == "none" != bundled.card.get("data")
    given = load_models(options(folder, pose_prior=BUNDLED)).prior
    assert given.card == bundled.card


def test_what_is_not_there_gets_one_line(folder, tmp_path):
    with pytest.raises(BodyError):
        _ = load_models(options(folder, body=tmp_path / "missing.npz")).body
    (folder / MULTIVIEW_FILE).write_text("no weights")
    with pytest.raises(CheckpointError, match=MULTIVIEW_FILE):
        load_models(options(folder)).load()
    with pytest.raises(CheckpointError, match="found none"):
        load_models(options(tmp_path / "missing")).load()
    with pytest.raises(DeviceError):
        load_models(LiftOptions(model=folder, device="abacus"))
