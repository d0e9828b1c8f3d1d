# SPDX-License-Identifier: GPL-3.0-or-later
"""A clip of a camera that turns is lifted as if it had stood still, and its camera turns in the motion file."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation

from backend.keypoints.camera_track import CameraTrack
from backend.lifting import lift
from backend.lifting.lift import lift_keypoints
from backend.lifting.models import load_models
from backend.lifting.motion_file import read_motion, write_motion
from backend.lifting.options import LiftOptions
from backend.lifting.picture import project

from .clips import SIZE, filmed_walk, save_untrained

FOCAL, MIDDLE = 1000.0, np.array(SIZE) / 2
OPTIONS = LiftOptions(steps=2, samples=1, focal=FOCAL, device="cpu")


@pytest.fixture
def models(tmp_path, monkeypatch):
    monkeypatch.setattr(lift, "FIT_ITERATIONS", 2)
    return load_models(replace(OPTIONS, model=save_untrained(tmp_path)))


def turning(clip, zoom):
    """The clip as a camera would have it that pans over 20 degrees and shakes meanwhile, and that says so."""
    frames = len(clip)
    pan = Rotation.from_rotvec(np.linspace(-0.17, 0.17, frames)[:, None] * (0, 1, 0))
    turns = (Rotation.from_rotvec(0.01 * np.random.default_rng(0).standard_normal((frames, 3))) * pan).as_matrix()
    rays = np.concatenate([(clip.points - MIDDLE) / FOCAL, np.ones((*clip.points.shape[:2], 1))], -1)
    seen = rays @ turns.transpose(0, 2, 1)
    points = FOCAL * zoom[:, None, None] * seen[..., :2] / seen[..., 2:] + MIDDLE
    return replace(clip, points=points, camera=CameraTrack(turns, zoom, None, clip.frame_start))


@pytest.mark.parametrize("zooms", [False, True])
def test_a_turning_camera_changes_nothing_but_the_camera(models, tmp_path, zooms):
    clip = filmed_walk(45)
    zoom = np.linspace(0.9, 1.2, 45) if zooms else np.ones(45)
    still = lift_keypoints(clip, OPTIONS, models)
    moved = lift_keypoints(turning(clip, zoom), OPTIONS, models)
    np.testing.assert_allclose(moved.joints, still.joints, atol=2e-3)
    assert moved.camera.rotation.shape == (45, 3, 3) and moved.camera.matrix.dim() == (3 if zooms else 2)
    np.testing.assert_allclose(moved.camera.centre.numpy(), np.tile(still.camera.centre.numpy(), (45, 1)), atol=2e-3)
    assert moved.reprojection_error() == pytest.approx(still.reprojection_error(), rel=0.2)
    write_motion(moved, tmp_path / "moved.npz")
    held = read_motion(tmp_path / "moved.npz")
    assert ("camera_zoom" in held) == zooms
    expected = moved.camera.project(torch.as_tensor(moved.keypoints)).numpy()
    np.testing.assert_allclose(project(held, held["keypoints"]), expected, atol=0.05)
