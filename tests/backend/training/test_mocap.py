# SPDX-License-Identifier: GPL-3.0-or-later
import os
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from backend.training.mocap import TrainingError, choose_clips, read_mocap

from ..evaluation.figures import LAYOUT, carrier, walker, write_box_mocap, write_mocap


def place(clip, name):
    return clip.keypoints[:, LAYOUT.names.index(name)]


def rewrite(path, **changes):
    """The clip with some fields changed, or left out where None."""
    with np.load(path) as data:
        fields = {name: data[name] for name in data.files}
    np.savez(path, **{name: value for name, value in (fields | changes).items() if value is not None})
    return path


@pytest.fixture
def path(tmp_path):
    write_mocap(tmp_path / "walk.npz", walker(31))
    return tmp_path / "walk.npz"


def test_limbs_stand_where_the_file_says(path):
    clip, motion = read_mocap(path), walker(31)
    assert clip.keypoints.shape == (31, 18, 3) and clip.keypoints.dtype == np.float32
    assert (clip.fps, clip.name, clip.licence) == (30.0, "walk", "GPL-3.0-or-later")
    limbs = [i for i, name in enumerate(LAYOUT.names) if not name.endswith(("nose", "eye", "ear"))]
    np.testing.assert_allclose(clip.keypoints[:, limbs], motion[:, limbs], atol=1e-6)


@pytest.mark.parametrize("with_rotations", [True, False])
def test_the_face_looks_ahead(path, with_rotations):
    if not with_rotations:
        rewrite(path, rotations=None)
    clip = read_mocap(path)
    nose, neck = place(clip, "nose"), place(clip, "neck")
    left_eye, right_eye = place(clip, "left_eye"), place(clip, "right_eye")
    left_ear, right_ear = place(clip, "left_ear"), place(clip, "right_ear")
    # the figure faces -Y with its left towards +X
    assert (nose[:, 1] < left_eye[:, 1]).all() and (left_eye[:, 1] < left_ear[:, 1] - 0.03).all()
    assert (left_eye[:, 2] > nose[:, 2]).all() and (nose[:, 2] > neck[:, 2] + 0.1).all()
    assert (left_eye[:, 0] > right_eye[:, 0] + 0.03).all() and (left_ear[:, 0] > left_eye[:, 0]).all()
    np.testing.assert_allclose((left_ear + right_ear)[:, 0] / 2, nose[:, 0], atol=0.02)
    np.testing.assert_allclose(nose[:, :2], neck[:, :2], atol=0.2)


def test_the_face_turns_with_the_head(path):
    quarter = Rotation.from_euler("z", 90, degrees=True).as_quat()[[3, 0, 1, 2]]
    ahead = read_mocap(path)
    turned = read_mocap(rewrite(path, rotations=np.tile(quarter, (31, 22, 1))))
    head = walker(31)[:, LAYOUT.names.index("neck")] + [0, 0, 0.15]
    before, after = place(ahead, "nose") - head, place(turned, "nose") - head
    np.testing.assert_allclose(after, np.stack([-before[:, 1], before[:, 0], before[:, 2]], -1), atol=1e-5)


def test_sixty_frames_a_second_become_thirty(tmp_path):
    motion = walker(41)
    write_mocap(tmp_path / "fast.npz", motion, fps=60)
    write_mocap(tmp_path / "slow.npz", motion[::2], fps=30)
    fast, slow = read_mocap(tmp_path / "fast.npz"), read_mocap(tmp_path / "slow.npz")
    assert fast.fps == 30 and len(fast.keypoints) == 21
    np.testing.assert_allclose(fast.keypoints, slow.keypoints, atol=1e-5)


@pytest.mark.parametrize(("fps", "frames"), [(24, 49), (25, 51), (50, 101), (120, 241)])
def test_other_rates_keep_the_time(tmp_path, fps, frames):
    """Two seconds at a steady pace are two seconds at a steady pace."""
    motion = walker(frames, travel=0.0)[:1] + np.linspace(0, 2, frames)[:, None, None] * [0.0, 1.0, 0.0]
    write_mocap(tmp_path / "steady.npz", motion, fps=fps)
    clip = read_mocap(tmp_path / "steady.npz")
    assert len(clip.keypoints) == 61
    steps = np.diff(place(clip, "left_knee")[:, 1])
    np.testing.assert_allclose(steps, 1 / 30, atol=1e-5)


class Hostile:
    def __reduce__(self):
        return os.system, ("touch hostile_was_here",)


def changed(**changes):
    return lambda path: rewrite(path, **changes)


MALFORMED = {
    "empty": lambda path: path.write_bytes(b""),
    "text": lambda path: path.write_text("walk"),
    "an array": lambda path: np.save(path.open("wb"), np.zeros(3)),
    "truncated": lambda path: path.write_bytes(path.read_bytes()[:5000]),
    "pickled": changed(positions=np.array([[Hostile()]], dtype=object)),
    "no positions": changed(positions=None),
    "no fps": changed(fps=None),
    "many fps": changed(fps=np.ones(3)),
    "fps of nought": changed(fps=0.0),
    "fps of NaN": changed(fps=np.nan),
    "negative fps": changed(fps=-30.0),
    "fps of nearly nought": changed(fps=1e-9),
    "positions of NaN": changed(positions=np.full((31, 22, 3), np.nan)),
    "flat positions": changed(positions=np.zeros((31, 22))),
    "two coordinates": changed(positions=np.zeros((31, 22, 2))),
    "no frames": changed(positions=np.zeros((0, 22, 3)), rotations=None),
    "words": changed(positions=np.full((31, 22, 3), "word")),
    "too few joints": changed(positions=np.zeros((31, 3, 3))),
    "other names": changed(names=np.array([f"bone{i}" for i in range(22)])),
    "other rotations": changed(rotations=np.ones((7, 22, 4))),
    "rotations of nought": changed(rotations=np.zeros((31, 22, 4))),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_files_get_one_line(path, monkeypatch, name):
    monkeypatch.chdir(path.parent)
    MALFORMED[name](path)
    with pytest.raises(TrainingError) as error:
        read_mocap(path)
    assert str(error.value).startswith("walk.npz") and "\n" not in str(error.value)
    assert not (path.parent / "hostile_was_here").exists()


def test_patterns_choose_clips_by_name():
    paths = [Path(f"{name}.npz") for name in ("05_01", "05_02", "60_01", "pirouette")]
    assert choose_clips(paths, None) == paths
    assert [path.stem for path in choose_clips(paths, "05_*, pirouette")] == ["05_01", "05_02", "pirouette"]


@pytest.mark.parametrize("only", ["05_*,61_*", " , ", ""])
def test_a_pattern_that_chooses_nothing_is_refused(only):
    with pytest.raises(TrainingError, match="none is like"):
        choose_clips([Path("05_01.npz")], only)


def test_a_box_follows_the_person_and_begins_with_the_face_on_top(tmp_path):
    write_box_mocap(tmp_path / "carries.npz", 31)
    write_mocap(tmp_path / "walk.npz", walker(31))
    clip = read_mocap(tmp_path / "carries.npz")
    assert clip.keypoints.shape == (31, 23, 3)
    np.testing.assert_array_equal(clip.keypoints[:, :18], read_mocap(tmp_path / "walk.npz").keypoints)
    box = clip.keypoints[:, 18:]
    # lying on its side its y edge is upright: the new z, and x and y are cyclically z and x
    np.testing.assert_allclose(clip.box_size, [0.2, 0.4, 0.3])
    edges = np.linalg.norm(box[:, [1, 3, 4]] - box[:, :1], axis=-1)
    np.testing.assert_allclose(edges, np.tile(clip.box_size, (31, 1)), atol=1e-5)
    assert (box[:, :4, 2] > box[:, 4:, 2] + 0.29).all()
    middle = box[:, [1, 3, 4]].sum(1) / 2 - box[:, 0] / 2
    np.testing.assert_allclose(middle, carrier(31)[1]["box_position"], atol=1e-5)
    assert read_mocap(tmp_path / "walk.npz").box_size is None


@pytest.mark.parametrize(
    "changes",
    [{"box_size": np.ones(2)}, {"box_size": -np.ones(3)}, {"box_rotation": np.zeros((31, 4))},
     {"box_position": np.ones((30, 3))}, {"box_position": np.full((31, 3), np.nan)}],
)  # fmt: skip
def test_what_is_no_box_is_told(tmp_path, changes):
    write_box_mocap(tmp_path / "carries.npz", 31, **changes)
    with pytest.raises(TrainingError, match=r"carries"):
        read_mocap(tmp_path / "carries.npz")
