# SPDX-License-Identifier: GPL-3.0-or-later
import os
import pickle

import numpy as np
import pytest
import torch

from backend import whole_file
from backend.geometry.cameras import Camera, intrinsics
from backend.lifting.motion_file import Motion, MotionError, read_motion, write_motion


def motion(frames=5, **changes):
    generator = np.random.default_rng(0)

    def some(*shape):
        return generator.normal(size=shape).astype(np.float32)

    camera = Camera(intrinsics(torch.tensor(1000.0), torch.tensor([960.0, 540.0])), torch.eye(3), torch.zeros(3))
    fields = {
        "poses": some(frames, 72), "trans": some(frames, 3), "betas": some(10), "joints": some(frames, 24, 3),
        "keypoints": some(frames, 18, 3) + [0, 0, 9], "keypoints_2d": some(frames, 18, 2).astype(float),
        "confidence": np.full((frames, 18), 0.8), "camera": camera, "fps": 29.97, "image_size": (1920, 1080),
        "frame_start": 7, "source": "clip é.json", "height": 1.7, "focal_source": "given", "warnings": ("a", "b"),
    }  # fmt: skip
    return Motion(**(fields | changes))


def test_a_motion_comes_back_as_it_was_written(tmp_path):
    made, path = motion(), tmp_path / "out.npz"
    write_motion(made, path)
    fields = read_motion(path)
    for name in ("poses", "trans", "betas", "joints", "keypoints", "keypoints_2d", "confidence"):
        np.testing.assert_array_equal(fields[name], getattr(made, name))
    assert fields["format_version"] == 1 and fields["model_type"] == "smpl" and fields["gender"] == "neutral"
    assert fields["mocap_framerate"] == 29.97 and fields["frame_start"] == 7 and fields["height"] == 1.7
    assert fields["image_size"].tolist() == [1920, 1080] and fields["warnings"].tolist() == ["a", "b"]
    assert str(fields["source"]) == "clip é.json" and str(fields["body_file"]) == ""
    assert fields["joint_names"][0] == "pelvis" and fields["keypoint_names"][1] == "neck"
    for name in ("matrix", "rotation", "translation"):
        np.testing.assert_array_equal(fields[f"camera_{name}"], getattr(made.camera, name).numpy())
    assert os.listdir(tmp_path) == ["out.npz"]


def test_what_reads_amass_finds_its_fields_as_plain_arrays(tmp_path):
    write_motion(motion(warnings=()), tmp_path / "out.npz")
    with np.load(tmp_path / "out.npz", allow_pickle=False) as data:
        assert all(data[name].dtype != object for name in data.files)
        assert data["poses"].shape == (5, 72) and data["poses"].dtype == np.float32
        assert data["trans"].shape == (5, 3) and data["betas"].ndim == 1
        assert str(data["gender"]) == "neutral" and float(data["mocap_framerate"]) == 29.97


def test_the_error_in_the_picture_counts_the_points_the_source_has():
    made = motion()
    exact = made.camera.project(torch.as_tensor(made.keypoints, dtype=torch.float32)).numpy().astype(float)
    assert motion(keypoints_2d=exact).reprojection_error() == pytest.approx(0, abs=1e-3)
    off = exact + [3.0, 4.0]
    off[:, 5] = np.nan
    confidence = made.confidence.copy()
    confidence[:, 5] = 0
    assert motion(keypoints_2d=off, confidence=confidence).reprojection_error() == pytest.approx(5, abs=1e-3)


def test_an_interrupted_write_leaves_the_old_file_alone(tmp_path, monkeypatch):
    path = tmp_path / "out.npz"
    write_motion(motion(), path)
    before = path.read_bytes()

    def full(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(whole_file.os, "replace", full)
    with pytest.raises(MotionError, match="the disk is full"):
        write_motion(motion(frames=6), path)
    assert path.read_bytes() == before and os.listdir(tmp_path) == ["out.npz"]


def test_a_folder_that_is_not_there_gets_one_line(tmp_path):
    with pytest.raises(MotionError, match="cannot write"):
        write_motion(motion(), tmp_path / "missing" / "out.npz")


class Hostile:
    def __reduce__(self):
        return os.system, ("touch hostile_was_here",)


@pytest.mark.parametrize(
    "write",
    [
        lambda path: None, lambda path: path.mkdir(), lambda path: path.write_bytes(b""),
        lambda path: path.write_text("motion"), lambda path: np.save(path.open("wb"), np.zeros(3)),
        lambda path: path.write_bytes(pickle.dumps(Hostile())),
        lambda path: np.savez(path, poses=np.array([Hostile()], dtype=object)),
        lambda path: np.savez(path, poses=np.zeros((3, 72))),
        lambda path: (write_motion(motion(), path), path.write_bytes(path.read_bytes()[:3000])),
    ],
    ids=["missing", "folder", "empty", "text", "array", "pickle", "object array", "poses only", "truncated"],
)  # fmt: skip
def test_what_is_no_motion_file_gets_one_line(tmp_path, monkeypatch, write):
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "out.npz")
    with pytest.raises(MotionError) as error:
        read_motion(tmp_path / "out.npz")
    assert str(error.value).startswith("out.npz is no motion file") and "\n" not in str(error.value)
    assert not (tmp_path / "hostile_was_here").exists()
