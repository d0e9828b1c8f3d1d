# SPDX-License-Identifier: GPL-3.0-or-later
"""Motion files of ours and of AMASS are read; whatever else comes gets one line and runs no code."""

import pickle
import zipfile

import numpy as np
import pytest

from backend.bodies.open_quadruped.proportions import WITHERS
from blender_addon.core.body_file import read_body
from blender_addon.core.box import corners
from blender_addon.core.motion_file import MotionFileError, read_motion
from tests.blender.synthetic import motion_arrays, source_arrays, write_motion
from tests.blender.synthetic_box import box_arrays, write_box
from tests.blender.synthetic_cat import write_cat


class Trap:
    """Unpickling this makes a folder."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        import os

        return os.mkdir, (str(self.path),)


def test_a_file_of_ours_is_read_whole(tmp_path):
    arrays = motion_arrays(frames=8, fps=29.97, betas=(0.5, 1.0))
    motion = read_motion(write_motion(tmp_path / "m.npz", frames=8, fps=29.97, betas=[0.5, 1.0]))
    np.testing.assert_array_equal(motion.poses, arrays["poses"].reshape(8, 24, 3))
    np.testing.assert_array_equal(motion.trans, arrays["trans"])
    assert motion.fps == 29.97 and motion.frame_start == 7 and len(motion) == 8 and motion.ours
    assert motion.name == "a walk" and motion.body_file is None and motion.betas.tolist() == [0.5, 1.0]
    assert motion.camera.image_size == (641, 479) and not motion.camera.moves
    np.testing.assert_allclose(motion.joints, arrays["joints"])


def test_what_a_lift_adds_is_read_and_a_file_without_it_is_too(tmp_path):
    added = source_arrays(motion_arrays(frames=8))
    path = write_motion(tmp_path / "m.npz", frames=8, **added)
    motion = read_motion(path)
    assert (motion.person, motion.seed, motion.model, motion.height) == (1, 3, "human", 1.7)
    assert (motion.focal_source, motion.source, motion.path) == ("given", "/somewhere/a walk.json", path)
    assert motion.keypoints.names[:2] == ("nose", "neck")
    np.testing.assert_array_equal(motion.keypoints.points, added["keypoints_2d"])
    np.testing.assert_array_equal(motion.keypoints.confidence, added["confidence"])
    np.testing.assert_array_equal(motion.keypoints.lifted, added["keypoints"])
    bare = read_motion(write_motion(tmp_path / "b.npz", frames=8))
    assert (bare.person, bare.seed, bare.model, bare.height, bare.keypoints) == (None, None, "", None, None)


ADDED = [
    ({"keypoint_names": None}, "no keypoint_names"),
    ({"confidence": None}, "no confidence"),
    ({"confidence": np.full((8, 14), 1.5)}, "not between 0 and 1"),
    ({"confidence": np.full((8, 13), 0.5)}, "confidence has shape"),
    ({"confidence": np.full((8, 14), 0.5)}, "no position"),
    ({"keypoints_2d": np.zeros((8, 14, 3))}, "keypoints_2d has shape"),
    ({"keypoints_2d": np.full((8, 14, 2), "x")}, "keypoints_2d has shape"),
    ({"keypoints": np.zeros((8, 13, 3))}, "keypoints has shape"),
    ({"seed": np.array(0.5)}, "seed is 0.5; expected a whole number"),
    ({"person": np.zeros(2)}, "person holds 2 numbers"),
    ({"person": np.array(10**12)}, "person is 1e\\+12; expected at most 2,147,483,647"),
    ({"body_file": np.array("a\0b")}, "body_file holds a character that no text has"),
    ({"trans": np.full((8, 3), 1e300)}, "trans holds values beyond 1,000,000"),
    ({"poses": np.full((8, 72), 1e200)}, "poses holds values beyond 1,000,000"),
    ({"betas": np.full(10, 1e300)}, "betas holds values beyond 1,000,000"),
]


@pytest.mark.parametrize(("change", "words"), ADDED, ids=[words for _, words in ADDED])
def test_what_a_lift_adds_is_checked(tmp_path, change, words):
    path = write_motion(tmp_path / "m.npz", frames=8, **{**source_arrays(motion_arrays(frames=8)), **change})
    with pytest.raises(MotionFileError, match=words) as raised:
        read_motion(path)
    assert "\n" not in str(raised.value)


def test_a_quadruped_has_35_joints_17_keypoints_and_says_so(tmp_path):
    path = write_cat(tmp_path / "m.npz", frames=8)
    motion = read_motion(path)
    assert (motion.model_type, motion.family.subject, motion.height) == ("smal", "cat", WITHERS)
    assert motion.poses.shape == (8, 35, 3) and motion.joints.shape == (8, 35, 3)
    assert motion.keypoints.lifted.shape == (8, 17, 3) and motion.body_file == tmp_path / "cat.npz"
    assert read_body(motion.body_file, motion.family).family is motion.family
    assert read_motion(write_motion(tmp_path / "h.npz", frames=8)).model_type == "smpl"


def test_a_box_comes_with_its_place_its_turn_and_its_size(tmp_path):
    motion, arrays = read_motion(write_box(tmp_path / "m.npz")), box_arrays()
    assert (motion.model_type, motion.family.subject, motion.box.source) == ("smpl_box", "human_box", "estimated")
    np.testing.assert_array_equal(motion.box.size, arrays["box_size"])
    np.testing.assert_array_equal(motion.box.places, arrays["box_translation"])
    marked = corners(motion.box.size)[:5] @ motion.box.matrices.swapaxes(-1, -2) + motion.box.places[:, None]
    np.testing.assert_allclose(marked, arrays["keypoints"][:, -5:], atol=1e-9)
    assert read_motion(write_motion(tmp_path / "h.npz", frames=8)).box is None


@pytest.mark.parametrize(("change", "words"), [
    ({"box_rotation": None, "box_size": None}, "a motion with a box but no box_rotation, box_size"),
    ({"box_size": np.array([0.5, 0.5])}, "box_size has shape"),
    ({"box_size": np.array([0.5, 0.0, 0.5])}, "a box of 0.5 x 0 x 0.5 m; expected edges between 0.01 and 20 m"),
    ({"box_rotation": np.zeros((3, 3))}, "box_rotation has shape"),
    ({"box_translation": np.full((60, 3), np.nan)}, "box_translation"),
])  # fmt: skip
def test_an_unsound_box_is_refused_in_one_line(tmp_path, change, words):
    with pytest.raises(MotionFileError, match=words) as raised:
        read_motion(write_box(tmp_path / "m.npz", **change))
    assert "\n" not in str(raised.value)


def test_of_another_programs_file_whatever_it_calls_itself_a_human_is_made(tmp_path):
    np.savez(tmp_path / "amass.npz", poses=np.zeros((5, 105)), trans=np.zeros((5, 3)), mocap_framerate=np.array(30.0),
             model_type=np.array("smal"))  # fmt: skip
    motion = read_motion(tmp_path / "amass.npz")
    assert motion.model_type == "smpl" and motion.poses.shape == (5, 24, 3)


def test_a_moving_camera_has_a_place_for_each_frame(tmp_path):
    motion = read_motion(write_motion(tmp_path / "m.npz", frames=8, moving_camera=True))
    assert motion.camera.rotation.shape == (8, 3, 3) and motion.camera.translation.shape == (8, 3)


def test_a_camera_on_a_tripod_may_zoom(tmp_path):
    zoom = np.linspace(1, 2, 8)
    motion = read_motion(write_motion(tmp_path / "m.npz", frames=8, camera_zoom=zoom))
    assert motion.camera.moves
    np.testing.assert_array_equal(motion.camera.zoom, zoom)


def test_a_camera_that_only_travels_keeps_its_direction(tmp_path):
    translation = np.arange(24.0).reshape(8, 3)
    motion = read_motion(write_motion(tmp_path / "m.npz", frames=8, camera_translation=translation))
    assert motion.camera.moves and (motion.camera.rotation == motion.camera.rotation[0]).all()
    np.testing.assert_array_equal(motion.camera.translation, translation)


def test_a_body_lies_where_the_motion_file_says_from_its_own_folder(tmp_path):
    motion = read_motion(write_motion(tmp_path / "m.npz", body_file=np.array("bodies/b.npz")))
    assert motion.body_file == tmp_path / "bodies/b.npz"


@pytest.mark.parametrize(
    ("columns", "rate"), [(66, "mocap_framerate"), (156, "mocap_framerate"), (165, "mocap_frame_rate")]
)
def test_amass_files_give_their_22_body_joints(tmp_path, columns, rate):
    poses = np.random.default_rng(0).normal(size=(9, columns))
    held = {"poses": poses, "trans": np.ones((9, 3)), "betas": np.ones(16), rate: np.array(120.0)}
    held["marker_data"] = np.array([Trap(tmp_path / "sprung")], dtype=object)
    np.savez(tmp_path / "amass.npz", gender=np.array("female"), **held)
    motion = read_motion(tmp_path / "amass.npz")
    np.testing.assert_array_equal(motion.poses[:, :22].reshape(9, 66), poses[:, :66])
    assert not motion.poses[:, 22:].any() and motion.poses.shape == (9, 24, 3)
    assert motion.fps == 120 and not motion.ours and motion.camera is None and motion.name == "amass"
    assert not (tmp_path / "sprung").exists()


CHANGES = [
    ({"poses": None}, "has no poses"),
    ({"trans": None, "mocap_framerate": None}, "has no trans, mocap_framerate"),
    ({"poses": np.zeros((30, 60))}, "poses has shape"),
    ({"poses": np.zeros((30, 156))}, "expected \\(frames, 72\\)"),
    ({"poses": np.zeros((0, 72)), "trans": np.zeros((0, 3))}, "poses has shape"),
    ({"poses": np.array(0.0)}, "poses has shape"),
    ({"poses": np.full((30, 72), np.nan)}, "2160 values that are not finite"),
    ({"poses": np.full((30, 72), "x")}, "poses must hold numbers"),
    ({"poses": np.zeros((30, 72), complex)}, "poses must hold numbers"),
    ({"trans": np.zeros((29, 3))}, "trans has shape \\(29, 3\\); expected \\(30, 3\\)"),
    ({"trans": np.full((30, 3), np.inf)}, "trans holds 90 values"),
    ({"joints": np.zeros((30, 23, 3))}, "joints has shape"),
    ({"mocap_framerate": np.array(0.0)}, "0 frames a second"),
    ({"mocap_framerate": np.array([25.0, 30.0])}, "holds 2 numbers"),
    ({"mocap_framerate": np.array("fast")}, "must hold numbers"),
    ({"frame_start": np.array(-3)}, "not in Blender's range"),
    ({"frame_start": np.array(10**7)}, "not in Blender's range"),
    ({"frame_start": np.array(1.5)}, "not in Blender's range"),
    ({"format_version": np.array(2)}, "format version 2, this add-on reads 1"),
    ({"model_type": np.array("flame")}, "a body of type 'flame'; this add-on reads smpl, smal, smpl_box"),
    ({"model_type": np.array("smal")}, "expected \\(frames, 105\\)"),
    ({"camera_rotation": None}, "no camera_rotation"),
    ({"camera_rotation": np.ones((3, 3))}, "no rotations"),
    ({"camera_rotation": np.diag([1.0, 1.0, -1.0])}, "no rotations"),
    ({"camera_rotation": np.zeros((29, 3, 3))}, "camera_rotation has shape"),
    ({"camera_matrix": np.diag([0.0, 1, 1])}, "focal lengths 0 and 1"),
    ({"camera_matrix": np.diag([500.0, 300, 1])}, "nearly equal"),
    ({"camera_zoom": np.zeros(30)}, "camera_zoom holds"),
    ({"camera_zoom": np.ones(3)}, "camera_zoom has shape"),
    ({"image_size": np.array([0, 480])}, "0 x 480"),
    ({"image_size": np.array([640.5, 480])}, "whole pixels"),
]


@pytest.mark.parametrize(("change", "words"), CHANGES, ids=[words for _, words in CHANGES])
def test_a_wrong_array_is_one_line_that_names_it(tmp_path, change, words):
    path = write_motion(tmp_path / "m.npz", frames=30, **change)
    with pytest.raises(MotionFileError, match=words) as caught:
        read_motion(path)
    assert str(path) in str(caught.value) and "\n" not in str(caught.value)


def damaged_zip(path):
    write_motion(path)
    data = bytearray(path.read_bytes())
    data[3000:3400] = b"\xff" * 400
    path.write_bytes(data)


def wrong_zip(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("poses.npy", "not an array")
        archive.writestr("trans.npy", b"\x93NUMPY\x01\x00\x04\x00{a}\n")
        archive.writestr("mocap_framerate.npy", b"")


def bomb(path):
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000, 72), }\n"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("poses", "trans", "mocap_framerate"):
            archive.writestr(f"{name}.npy", b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header)


def many(path):
    """A megabyte on disk that would be gigabytes as numbers to reckon with."""
    rows = 6_900_000
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, columns in (("poses", 72), ("trans", 3), ("mocap_framerate", 1)):
            header = f"{{'descr': '|i1', 'fortran_order': False, 'shape': ({rows}, {columns}), }}\n".encode()
            with archive.open(f"{name}.npy", "w") as file:
                file.write(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header)
                for _ in range(rows * columns // 1_000_000):
                    file.write(bytes(1_000_000))
                file.write(bytes(rows * columns % 1_000_000))


FILES = {
    "empty": lambda path: path.write_bytes(b""),
    "text": lambda path: path.write_text("poses, trans\n1, 2\n"),
    "no zip in it": lambda path: path.write_bytes(b"PK\x03\x04" + b"x" * 100),
    "other zip": lambda path: zipfile.ZipFile(path, "w").close(),
    "wrong zip": wrong_zip,
    "damaged": damaged_zip,
    "claims to be huge": bomb,
    "is huge": many,
    "npy": lambda path: np.save(path.open("wb"), np.zeros(3)),
    "folder": lambda path: path.mkdir(),
    "nothing": lambda path: None,
}


@pytest.mark.parametrize("kind", FILES)
def test_what_is_no_motion_file_is_one_line(tmp_path, kind):
    path = tmp_path / "m.npz"
    FILES[kind](path)
    with pytest.raises(MotionFileError) as caught:
        read_motion(path)
    assert str(path) in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("where", ["poses", "trans", "mocap_framerate", "source"])
def test_a_pickle_is_refused_and_not_run(tmp_path, where):
    trap = np.array([Trap(tmp_path / "sprung")], dtype=object)
    with pytest.raises(MotionFileError):
        read_motion(write_motion(tmp_path / "m.npz", **{where: trap}))
    assert not (tmp_path / "sprung").exists()
    (tmp_path / "p.npz").write_bytes(pickle.dumps(Trap(tmp_path / "sprung")))
    with pytest.raises(MotionFileError):
        read_motion(tmp_path / "p.npz")
    assert not (tmp_path / "sprung").exists()
    pickle.loads((tmp_path / "p.npz").read_bytes())
    assert (tmp_path / "sprung").exists()  # the trap does work


def test_arrays_that_are_written_column_by_column_are_read_all_the_same(tmp_path):
    arrays = motion_arrays()
    turned = {name: np.asfortranarray(arrays[name]) for name in ("poses", "trans")}
    assert not turned["poses"].flags.c_contiguous
    motion = read_motion(write_motion(tmp_path / "turned.npz", **{**arrays, **turned}))
    np.testing.assert_array_equal(motion.trans, arrays["trans"])
    np.testing.assert_array_equal(motion.poses.ravel(), arrays["poses"].ravel())
