# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest
import torch

from backend.diffusion.canonical import LIMB_METRES, limb_lengths, limb_sum
from backend.training.data import CAPTURED_SHARE, from_mocap, from_quadrupeds
from backend.training.filming import REACH, Film
from backend.training.mocap import TrainingError, read_mocap
from backend.training.procedural import LICENCE

from ..evaluation.figures import walker, write_mocap
from .quadrupeds import LAYOUT, trotter, write_dog


def test_a_dogs_joints_become_the_points_of_ap10k(tmp_path):
    write_dog(tmp_path / "dog.npz", trotter(61))
    clip = read_mocap(tmp_path / "dog.npz")
    truth = trotter(61)[::2]
    assert clip.keypoints.shape == (31, 17, 3) and clip.fps == 30
    same = [index for index, name in enumerate(LAYOUT.names) if not name.endswith("eye")]
    np.testing.assert_allclose(clip.keypoints[:, same], truth[:, same], atol=1e-6)
    left, right, nose = (clip.keypoints[:, LAYOUT.names.index(n)] for n in ("left_eye", "right_eye", "nose"))
    assert (left[:, 1] < right[:, 1] - 0.02).all()  # facing -X, its left is towards -Y
    assert (left[:, 2] > nose[:, 2]).all() and (left[:, 0] > nose[:, 0]).all()


def test_virtual_cameras_film_an_animal_as_large_as_a_person(tmp_path):
    write_dog(tmp_path / "dog.npz", trotter(200))
    data = from_mocap(tmp_path, Film.SINGLE, 0, subject="cat")
    assert data.subject == "cat" and data.licences == ("CC0-1.0",)
    footage = data.footage.draw(4, torch.Generator().manual_seed(0))
    assert footage.clip.points.shape == (4, 120, 17, 2) and footage.clip.points.isfinite().all()
    size = limb_sum(limb_lengths(data.footage.windows.draw(4, torch.Generator(), variety=False)[0]))
    torch.testing.assert_close(size, torch.full_like(size, LIMB_METRES), atol=0.1, rtol=0)


def test_clips_of_another_subject_are_left_out_and_named(tmp_path):
    write_dog(tmp_path / "dog.npz", trotter(200))
    write_mocap(tmp_path / "man.npz", walker(120))
    data = from_mocap(tmp_path, Film.MANY, 0)
    assert data.subject == "human" and [line.split(":")[0] for line in data.skipped] == ["dog.npz"]
    assert "shows a cat, not a human" in data.skipped[0]
    (tmp_path / "man.npz").unlink()
    with pytest.raises(TrainingError, match="of a human"):
        from_mocap(tmp_path, Film.MANY, 0)


def test_procedural_motion_needs_no_capture_and_says_so(tmp_path):
    made = from_quadrupeds(None, 1.0, Film.SINGLE, 0)
    assert made.subject == "cat" and "procedural" in made.description and made.licences == (LICENCE,)
    assert made.poses.shape[1:] == (34, 3, 3) and len(made.poses) > 100
    assert made.fingerprint == from_quadrupeds(None, 1.0, Film.SINGLE, 0).fingerprint
    assert made.fingerprint != from_quadrupeds(None, 1.0, Film.SINGLE, 1).fingerprint
    write_dog(tmp_path / "dog.npz", trotter(200))
    both = from_quadrupeds(tmp_path, 1.0, Film.SINGLE, 0)
    assert set(both.licences) == {LICENCE, "CC0-1.0"}
    # one captured clip among many others is drawn as often as its share says
    windows = both.footage.windows.clips
    assert abs(windows.shares[0] / windows.shares.sum() - CAPTURED_SHARE) < 1e-3


def test_windows_end_where_the_animal_has_run_too_far(tmp_path):
    write_dog(tmp_path / "dog.npz", trotter(240, travel=40.0))
    footage = from_mocap(tmp_path, Film.SINGLE, 0, subject="cat").footage
    motion, present = footage.windows.draw(16, torch.Generator().manual_seed(0))
    root = motion[..., :2].mean(2)
    assert ((root - root[:, :1]).norm(dim=-1)[present] < 1.2 * REACH).all() and not present.all()
    assert max(len(rays) for rays in footage.clips.rays) < 120
