# SPDX-License-Identifier: GPL-3.0-or-later
import io
import zipfile

import numpy as np
import pytest

from backend.keypoints.description import describe
from backend.keypoints.errors import KeypointError
from backend.keypoints.reading import read_keypoints


class Bomb:
    """An object whose unpickling leaves a trace."""

    def __init__(self, trace):
        self.trace = trace

    def __reduce__(self):
        return open, (str(self.trace), "w")


@pytest.fixture
def npz(tmp_path):
    def write(**arrays):
        np.savez(tmp_path / "clip.npz", **arrays)
        return tmp_path / "clip.npz"

    return write


def test_arrays_with_everything_said(npz, walking):
    points = walking("openpose18")
    confidence = np.full(points.shape[:2], 0.7)
    confidence[3] = 0
    size = np.array([1280, 720])
    clip = read_keypoints(
        npz(points=points, confidence=confidence, fps=25.0, image_size=size, layout="openpose18", frame_start=10)
    )
    assert (clip.fps, clip.image_size, clip.layout, clip.frame_start) == (25, (1280, 720), "openpose18", 10)
    assert clip.warnings == ()
    np.testing.assert_array_equal(clip.confidence, confidence)
    np.testing.assert_array_equal(np.delete(clip.points, 3, 0), np.delete(points, 3, 0))


def test_confidence_as_third_coordinate_or_none_at_all(npz, walking, triples):
    clip = read_keypoints(npz(keypoints=triples(walking()).astype(np.float32)))
    np.testing.assert_allclose(clip.confidence, 0.9)
    points = walking()
    points[4, 5] = np.nan
    clip = read_keypoints(npz(points=points))
    assert clip.confidence[4, 5] == 0 and clip.present.sum() == 40 * 17 - 1


def test_several_people(npz, walking):
    points = np.stack([walking(), walking(start=(900, 50))])
    points[0, :10] = np.nan
    path = npz(points=points)
    assert [person.frames_seen for person in describe(path).people] == [40, 30]
    np.testing.assert_array_equal(read_keypoints(path, person=0).points, points[1])
    assert read_keypoints(path, person=1).frame_start == 10


def test_the_2d_keypoints_of_a_motion_file(npz, walking):
    path = npz(keypoints=np.ones((40, 18, 3)), keypoints_2d=walking("openpose18"), poses=np.ones((40, 72)),
               mocap_framerate=50.0)  # fmt: skip
    clip = read_keypoints(path)
    assert clip.fps == 50
    np.testing.assert_array_equal(clip.points, walking("openpose18"))


@pytest.mark.parametrize(
    ("arrays", "says"),
    [
        ({"positions": np.ones((40, 21, 3)), "fps": 30}, "found positions, fps"),
        ({"keypoints": np.ones((40, 18, 3)), "poses": np.ones(3)}, "3D motion without 2D keypoints"),
        ({"points": np.ones((40, 17))}, r"\(T,K,2\)"),
        ({"points": np.ones((40, 17, 4))}, r"\(T,K,2\)"),
        ({"points": np.ones((0, 17, 2))}, r"\(T,K,2\)"),
        ({"points": np.ones((40, 19, 2))}, "19 points"),
        ({"points": np.ones((40, 17, 2)), "layout": "body25"}, "25 points"),
        ({"points": np.ones((40, 17, 2)), "layout": "wombat"}, "expected one of"),
        ({"points": np.full((40, 17, 2), np.nan)}, "No keypoint is present"),
        ({"points": np.full((40, 17, 2), np.inf)}, "out of range"),
        ({"points": np.full((40, 17, 2), "a")}, "not of numbers"),
        ({"points": np.ones((40, 17, 2), complex)}, "not of numbers"),
        ({"points": np.ones((40, 17, 2)) * 50, "confidence": np.ones((39, 17))}, "does not fit"),
        ({"points": np.ones((40, 17, 2)) * 50, "fps": np.ones(3)}, "not one number"),
        ({"points": np.ones((40, 17, 2)) * 50, "fps": -3}, "frame rate"),
        ({"points": np.ones((40, 17, 2)) * 50, "image_size": [-5, 5]}, "image size"),
        ({"points": np.ones((40, 17, 2)) * 50, "image_size": 5}, "image size"),
        ({"points": np.ones((1, 17, 2)) * 50}, "1 frame of clip.npz: at least 15"),
    ],
)
def test_wrong_arrays_are_named(npz, arrays, says):
    with pytest.raises(KeypointError, match=says):
        read_keypoints(npz(**arrays))


def test_objects_are_refused_and_never_unpickled(npz, tmp_path):
    bomb = np.array([Bomb(tmp_path / "trace")], dtype=object)
    for name in ("points", "layout"):
        with pytest.raises(KeypointError, match="pickle"):
            read_keypoints(npz(**({"points": np.ones((40, 17, 2)) * 50} | {name: bomb})))
    assert not (tmp_path / "trace").exists()


def test_truncated_and_lying_archives(npz, walking, tmp_path):
    data = npz(points=walking(), fps=30).read_bytes()
    for cut in (4, 30, 200, len(data) // 2, len(data) - 3):
        (tmp_path / "cut.npz").write_bytes(data[:cut])
        with pytest.raises(KeypointError, match="damaged"):
            read_keypoints(tmp_path / "cut.npz")
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (10**9, 17, 2)})
    with zipfile.ZipFile(tmp_path / "lie.npz", "w") as archive:
        archive.writestr("points.npy", header.getvalue() + b"\0" * 100)
    with pytest.raises(KeypointError, match="'points' of this .npz is damaged"):
        read_keypoints(tmp_path / "lie.npz")
