# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest
import torch

from backend.errors import Cancelled
from backend.training.card import in_markdown
from backend.training.data import from_clips, from_mocap
from backend.training.filming import Film
from backend.training.mocap import TrainingError

from ..evaluation.figures import walker, write_mocap


def write_clip(path, frames=40):
    """A walking figure seen from the front, 1.7 m tall 4 m away."""
    motion = walker(frames)
    pixels = np.stack([640 + 800 * motion[..., 0] / 4, 360 - 800 * (motion[..., 2] - 0.9) / 4], -1)
    np.savez(path, points=pixels, confidence=np.full(pixels.shape[:2], 0.9), fps=30.0, image_size=[1280, 720])


@pytest.mark.parametrize("mode", Film)
def test_motion_capture_becomes_2d_footage_with_its_facts(tmp_path, mode):
    for number in range(2):
        write_mocap(tmp_path / f"{number}.npz", walker(60))
    data = from_mocap(tmp_path, mode, seed=0)
    assert data.licences == ("GPL-3.0-or-later",) and data.skipped == ()
    assert "2 motion capture clips" in data.description and f"--film {mode.value}" in data.description
    drawn = data.footage.draw(4, torch.Generator().manual_seed(0))
    assert drawn.clip.points.shape == (4, 120, 18, 2)


def test_a_part_of_a_folder_is_named_on_the_card(tmp_path):
    for name in ("60_01", "60_02", "61_01", "walk"):
        write_mocap(tmp_path / f"{name}.npz", walker(60))
    data = from_mocap(tmp_path, Film.MANY, 0, only="60_*, walk")
    assert data.description.startswith("3 motion capture clips named 60_*, walk, 0 minutes, 2D only")
    assert in_markdown(data.description).startswith(r"3 motion capture clips named 60_\*, walk,")


def test_the_fingerprint_tells_one_set_from_another(tmp_path):
    write_mocap(tmp_path / "a.npz", walker(60))
    first = from_mocap(tmp_path, Film.MANY, 0).fingerprint
    assert from_mocap(tmp_path, Film.MANY, 1).fingerprint == first
    assert from_mocap(tmp_path, Film.SINGLE, 0).fingerprint != first
    write_mocap(tmp_path / "b.npz", walker(60))
    assert from_mocap(tmp_path, Film.MANY, 0).fingerprint != first


def test_clips_are_read_and_those_that_cannot_be_are_named(tmp_path):
    write_clip(tmp_path / "b.npz")
    write_clip(tmp_path / "c.npz", frames=60)
    (tmp_path / "a.json").write_text("{}")
    (tmp_path / ".hidden").write_text("x")
    data = from_clips(tmp_path)
    assert [line.split(":")[0] for line in data.skipped] == ["a.json"]
    assert [len(clip) for clip in data.footage.rays] == [40, 60] and data.description.startswith("2 2D clips")
    drawn = data.footage.draw(3, torch.Generator().manual_seed(0))
    assert drawn.clip.points.isfinite().all() and drawn.present.any(1).all()
    assert drawn.present.sum(1).max() <= 60 / 0.8  # slowed down, at most


def test_a_folder_without_a_usable_clip_gets_one_line(tmp_path):
    with pytest.raises(TrainingError, match="is none"):
        from_clips(tmp_path / "missing")
    with pytest.raises(TrainingError, match="there is no 2D clip in"):
        from_clips(tmp_path)
    (tmp_path / "a.json").write_text("{}")
    with pytest.raises(TrainingError, match="first: a.json"):
        from_clips(tmp_path)
    with pytest.raises(TrainingError, match="there is no motion capture clip"):
        from_mocap(tmp_path, Film.MANY, 0)
    (tmp_path / "b.npz").write_bytes(b"")
    with pytest.raises(TrainingError, match="none of the 1 entries.*first: b.npz"):
        from_mocap(tmp_path, Film.MANY, 0)


def test_reading_a_folder_tells_how_far_it_is_and_can_be_stopped(tmp_path):
    for number in range(3):
        write_clip(tmp_path / f"{number}.npz")
        write_mocap(tmp_path / f"mocap_{number}.npz", walker(60))
    told = []
    from_clips(tmp_path, lambda *args: told.append(args))
    assert told == [("Reading the clips", number, 6) for number in range(6)]
    told.clear()
    data = from_mocap(tmp_path, Film.MANY, 0, lambda *args: told.append(args))
    assert len(told) == 6 and [line.split(":")[0] for line in data.skipped] == ["0.npz", "1.npz", "2.npz"]

    def stop(*args):
        raise Cancelled

    with pytest.raises(Cancelled):
        from_clips(tmp_path, stop)
