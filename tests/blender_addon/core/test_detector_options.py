# SPDX-License-Identifier: GPL-3.0-or-later
from types import SimpleNamespace

import numpy as np
import pytest

from blender_addon.core.detector_options import ANIMAL, MEDIAPIPE, PERSON, detector_options, lacking
from blender_addon.core.frame_picture import read_picture

UNTOUCHED = {"detector": MEDIAPIPE, "pose_model": "", "box_model": "", "box": (0, 0, 0, 0)}


def settings(**changed):
    return SimpleNamespace(**{**UNTOUCHED, **changed})


def options(**changed):
    return detector_options(settings(**changed), lambda path: f"/a/{path}")


def test_the_bundled_detector_needs_nothing_and_is_not_named():
    assert options(pose_model="p.onnx") == {} and lacking(settings()) == ""


def test_a_model_of_the_users_with_an_object_detector_or_a_box():
    given = {"pose_model": "p.onnx", "box": (10, 20, 30, 40)}
    assert options(detector=PERSON, **given) == {
        "detector": "/a/p.onnx", "subject": "human", "box": [10, 20, 40, 60]
    }  # fmt: skip
    assert options(detector=ANIMAL, box_model="b.onnx", **given) == {
        "detector": "/a/p.onnx", "subject": "cat", "boxes": "/a/b.onnx"
    }  # fmt: skip


@pytest.mark.parametrize(
    "changed, words",
    [
        ({}, "the pose model"),
        ({"pose_model": "p"}, "object detector"),
        ({"pose_model": "p", "box": (5, 5, 0, 9)}, "object detector"),
        ({"pose_model": "p", "box": (5, 5, 9, 9)}, ""),
        ({"pose_model": "p", "box_model": "b"}, ""),
    ],
)
def test_what_it_lacks_is_told(changed, words):
    found = lacking(settings(detector=ANIMAL, **changed))
    assert words in found and bool(words) == bool(found)


def test_a_picture_is_read_upside_down_and_only_if_it_is_one(tmp_path):
    pixels = np.zeros((4, 6, 3), np.uint8)
    pixels[0, :, 0] = 255
    np.save(tmp_path / "a.npy", pixels)
    found = read_picture(tmp_path / "a.npy")
    assert found.shape == (4, 6, 4) and (found[-1, :, 0] == 1).all() and found[:-1, :, :3].max() == 0
    np.save(tmp_path / "b.npy", pixels.astype(float))
    (tmp_path / "c.npy").write_bytes(b"half of it")
    assert [read_picture(tmp_path / f"{name}.npy") for name in "bcd"] == [None] * 3
