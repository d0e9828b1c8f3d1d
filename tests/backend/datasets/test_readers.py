# SPDX-License-Identifier: GPL-3.0-or-later
"""Every data set's reader on small files in exactly its format."""

import json

import numpy as np
import pytest

from backend.datasets import NAMES, load_2d, load_test_windows, omomo
from backend.errors import UserError
from backend.evaluation.metrics import mid_hip
from backend.keypoints.box import CORNERS
from backend.keypoints.layouts import get_layout

from .made_up import UPRIGHT, omomo_sequence, poses, seen, write_aist, write_amass, write_joblib, write_pickle

POINTS = get_layout("openpose18").names
A, B, C = "gBR_sBM_cAll_d04_mBR0_ch01", "gBR_sBM_cAll_d04_mBR1_ch02", "gBR_sBM_cAll_d05_mBR0_ch03"
FILE = "test_diffusion_manip_seq_joints24.p"


def assert_stands(keypoints: np.ndarray) -> None:
    head = keypoints[:, POINTS.index("nose"), 2]
    feet = keypoints[:, POINTS.index("left_ankle"), 2]
    assert (1.2 < head - feet).all() and (head - feet < 1.8).all()


class Reasons(list):
    """What was left out and why; not the line that tells the body."""

    def append(self, line: str) -> None:
        if not line.startswith("posed on "):
            super().append(line)


def test_aist_is_the_first_120_frames_at_30_fps_upright_and_in_metres(tmp_path):
    (window,) = load_test_windows("aist", write_aist(tmp_path, [A], frames=300))
    assert window.name == A and window.keypoints.shape == (120, 18, 3) and 1.4 < window.height_m < 2
    assert_stands(window.keypoints)
    hips = mid_hip(window.keypoints)[:, 0]
    # 1.5 m a second along Y-up Z, which is -Y: the same whatever the scaling
    np.testing.assert_allclose(hips[-1] - hips[0], [0, -1.5 * 119 / 30, 0], atol=1e-4)
    np.testing.assert_allclose(np.diff(hips[:, 1]), -0.05, atol=1e-4)


def test_aist_scaling_only_changes_the_unit(tmp_path):
    windows = [load_test_windows("aist", write_aist(tmp_path / str(s), [A], scaling=s))[0] for s in (1.0, 94.0)]
    np.testing.assert_allclose(windows[0].keypoints, windows[1].keypoints, atol=1e-6)


def test_aist_keeps_to_its_split_and_its_ignore_list(tmp_path):
    write_aist(tmp_path, [A, B, C])
    (tmp_path / "splits" / "pose_test.txt").write_text(f"{C}\n{A}\n")
    (tmp_path / "ignore_list.txt").write_text(f"{A}\n")
    assert [window.name for window in load_test_windows("aist", tmp_path)] == [C]
    assert [clip.source for clip in load_2d("aist", tmp_path)] == [B, C]
    (tmp_path / "splits" / "pose_test.txt").unlink()
    with pytest.raises(UserError, match="pose_test.txt"):
        load_test_windows("aist", tmp_path)


def test_aist_trains_on_one_camera_a_sequence_that_the_seed_chooses(tmp_path):
    write_aist(tmp_path, [A, B, C])
    cameras = set()
    for seed in range(6):
        clips = load_2d("aist", tmp_path, seed=seed)
        assert all(clip.fps == 30 and len(clip) == 120 and clip.layout == "coco17" for clip in clips)
        for clip in clips:
            np.testing.assert_allclose(np.diff(clip.points[:, 0, 0]), 2)
            cameras.add(clip.points[0, 0, 0] // 100)
    assert len(cameras) > 2
    again = load_2d("aist", tmp_path, seed=5)
    assert [clip.points[0, 0, 0] for clip in again] == [clip.points[0, 0, 0] for clip in clips]


def test_aist_keypoints_that_are_nan_are_missing(tmp_path):
    points = seen(240)
    points[:, :, 3] = np.nan
    points[1:] = np.nan
    write_pickle(write_aist(tmp_path, [A]) / "keypoints2d" / f"{A}.pkl", {"keypoints2d": points})
    (clip,) = load_2d("aist", tmp_path)
    assert clip.points[0, 0, 0] == 0, "only the first camera sees anybody"
    assert not clip.present[:, 3].any() and clip.present[:, 4].all()


def test_unreadable_sequences_are_named_with_the_reason_and_the_rest_is_kept(tmp_path):
    names = [f"gBR_sBM_cAll_d04_mBR0_ch{number:02d}" for number in range(7)]
    motions = write_aist(tmp_path, names) / "motions"
    good = {"smpl_poses": poses(240), "smpl_trans": np.zeros((240, 3)), "smpl_scaling": np.array([90.0])}
    (motions / f"{names[1]}.pkl").write_bytes(b"\x80\x04.")
    write_pickle(motions / f"{names[2]}.pkl", {"poses": poses(240)})
    write_pickle(motions / f"{names[3]}.pkl", {**good, "smpl_trans": np.full((240, 3), np.nan)})
    write_pickle(motions / f"{names[4]}.pkl", {**good, "smpl_poses": poses(239)})
    write_pickle(motions / f"{names[5]}.pkl", {**good, "smpl_poses": poses(50), "smpl_trans": np.zeros((50, 3))})
    (motions / f"{names[6]}.pkl").unlink()
    said = Reasons()
    windows = load_test_windows("aist", tmp_path, notice=said.append)
    assert [window.name for window in windows] == names[:1] and len(said) == 6
    reasons = ("refused", "smpl_scaling", "NaN", r"239, 3", "at least 45 frames", "No such file")
    for name, line, reason in zip(names[1:], said, reasons, strict=True):
        assert name in line and reason in line and "\n" not in line
    (motions / f"{names[0]}.pkl").write_bytes(b"")
    with pytest.raises(UserError, match="expected at least one of 7"):
        load_test_windows("aist", tmp_path, notice=said.append)


def test_limit_and_only_choose_sequences(tmp_path):
    write_aist(tmp_path, [A, B, C])
    assert [window.name for window in load_test_windows("aist", tmp_path, limit=2)] == [A, C]
    assert [window.name for window in load_test_windows("aist", tmp_path, only="*_ch02")] == [B]
    for wrong in ({"limit": 0}, {"only": "gXX*"}):
        with pytest.raises(UserError):
            load_test_windows("aist", tmp_path, **wrong)


@pytest.mark.parametrize("write", [write_joblib, write_pickle])
def test_omomo_is_the_test_subjects_with_the_large_box(tmp_path, write):
    names = ("sub16_largebox_000", "sub3_largebox_001", "sub17_trashcan_002", "sub17_largebox_010")
    write(tmp_path / FILE, {number: omomo_sequence(name) for number, name in enumerate(names)})
    windows = load_test_windows("omomo", tmp_path)
    assert [window.name for window in windows] == [names[0], names[3]]
    assert windows[0].keypoints.shape == (120, 18, 3)
    assert_stands(windows[0].keypoints)
    # trans - trans2joint is where the pelvis is, whatever the body: 0.9 m up, hips a little below
    assert 0.7 < mid_hip(windows[0].keypoints)[0, 0, 2] < 0.95


def test_omomo_keeps_the_box(tmp_path):
    write_joblib(tmp_path / FILE, {0: omomo_sequence("sub16_largebox_000")})
    box = omomo.read_box(omomo.read_file(tmp_path)["sub16_largebox_000"])
    assert (box.position.shape, box.rotation.shape, box.scale.shape) == ((130, 3), (130, 3, 3), (130,))
    assert box.position[0].tolist() == [1, 1, 1] and box.scale[0] == 0.7
    with pytest.raises(UserError, match="obj_rot"):
        omomo.read_box({**omomo_sequence("sub16_largebox_000"), "obj_rot": np.eye(3)})


def test_omomo_has_its_box_as_ours_beside_the_person(tmp_path):
    write_joblib(tmp_path / FILE, {0: omomo_sequence("sub16_largebox_000")})
    corners = CORNERS[[7, 3, 2, 0, 5]] * [1.0, 0.6, 0.4]  # in no order of ours
    lines = [""] * 13000
    for vertex, place in zip(omomo.BOX_VERTICES, corners, strict=True):
        lines[vertex] = " ".join(map(str, place))
    mesh = tmp_path / omomo.MESH
    mesh.parent.mkdir()
    mesh.write_text("".join(f"v {line or '0 0 0'}\n" for line in lines))
    (window,) = load_test_windows("omomo", tmp_path, subject="human_box")
    (alone,) = load_test_windows("omomo", tmp_path)
    assert alone.box_size is None and alone.keypoints.shape == (120, 18, 3)
    np.testing.assert_array_equal(window.keypoints[:, :18], alone.keypoints)
    assert sorted(window.box_size) == pytest.approx([0.28, 0.42, 0.7])  # the object's scale is 0.7
    box = window.keypoints[:, 18:]
    np.testing.assert_allclose(box[0, :4, 2], 1 + 0.14, atol=1e-6)
    edges = np.linalg.norm(box[:, [1, 3, 4]] - box[:, :1], axis=-1)
    np.testing.assert_allclose(edges, np.tile(window.box_size, (120, 1)), atol=1e-6)
    np.testing.assert_allclose((box[:, 1] + box[:, 3] + box[:, 4] - box[:, 0]) / 2, np.ones((120, 3)), atol=1e-6)


def test_omomo_sequences_that_lack_something_are_named(tmp_path):
    broken = omomo_sequence("sub17_largebox_001")
    del broken["trans"]
    write_joblib(tmp_path / FILE, {0: omomo_sequence("sub16_largebox_000"), 1: broken})
    said = Reasons()
    assert len(load_test_windows("omomo", tmp_path, notice=said.append)) == 1
    assert len(said) == 1 and "sub17_largebox_001" in said[0] and "trans" in said[0]
    write_joblib(tmp_path / FILE, {0: omomo_sequence("sub3_largebox_000")})
    with pytest.raises(UserError, match="sub16 or sub17"):
        load_test_windows("omomo", tmp_path)


@pytest.mark.parametrize("rate", [{}, {"mocap_framerate": None, "mocap_frame_rate": np.array(120.0)}])
def test_amass_is_read_at_any_rate_and_by_both_names_of_it(tmp_path, rate):
    write_amass(tmp_path / "CMU" / "01" / "01_01_poses.npz", **rate)
    write_amass(tmp_path / "CMU" / "01" / "shape.npz", poses=None, trans=None)
    (window,) = load_test_windows("amass", tmp_path)
    assert window.name == "CMU/01/01_01_poses" and window.keypoints.shape == (120, 18, 3)
    assert_stands(window.keypoints)
    np.testing.assert_allclose(np.diff(mid_hip(window.keypoints)[:, 0, 0]), 1 / 30, atol=1e-4)


def test_amass_between_two_frames_lies_on_the_line(tmp_path):
    write_amass(tmp_path / "a.npz", frames=250, fps=50.0)
    (window,) = load_test_windows("amass", tmp_path)
    np.testing.assert_allclose(np.diff(mid_hip(window.keypoints)[:, 0, 0]), 1 / 30, atol=1e-4)


def test_amass_files_that_are_none_are_named(tmp_path):
    write_amass(tmp_path / "a.npz")
    write_amass(tmp_path / "b.npz", poses=None)
    write_amass(tmp_path / "c.npz", poses=np.tile(UPRIGHT, (480, 1)))
    write_amass(tmp_path / "d.npz", mocap_framerate=np.array(np.nan))
    write_amass(tmp_path / "e.npz", trans=np.full((480, 3), np.inf))
    write_amass(tmp_path / "f.npz", gender=np.array([{}], dtype=object))
    (tmp_path / "g.npz").write_bytes((tmp_path / "a.npz").read_bytes()[:500])
    said = Reasons()
    assert len(load_test_windows("amass", tmp_path, notice=said.append)) == 1
    assert [line.split(": ")[1] for line in said] == list("bcdefg")
    assert all("expected" in line and "\n" not in line for line in said)


def openpose_frame(number: int) -> str:
    pose = [value for point in range(18) for value in (100.0 + 10 * point + number, 50.0 + 20 * point, 0.8)]
    return json.dumps({"people": [{"pose_keypoints_2d": pose}]})


def test_clips_are_read_in_every_format_and_the_release_s_own(tmp_path):
    np.savez(tmp_path / "release.npz", body_pose=np.full((40, 18, 2), 0.5))
    np.savez(tmp_path / "ours.npz", points=np.full((40, 17, 2), 300.0), fps=25.0, image_size=[640, 480])
    (tmp_path / "frames").mkdir()
    for number in range(30):
        (tmp_path / "frames" / f"v_{number:012d}_keypoints.json").write_text(openpose_frame(number))
    np.savez(tmp_path / "nan.npz", body_pose=np.full((40, 18, 2), np.nan))
    np.savez(tmp_path / "pixels.npz", body_pose=np.full((40, 18, 2), 500.0))
    np.savez(tmp_path / "shape.npz", body_pose=np.full((40, 17, 2), 0.5))
    (tmp_path / "broken.json").write_text("{")
    said = Reasons()
    clips = {clip.source.split("/")[-1]: clip for clip in load_2d("clips", tmp_path, notice=said.append)}
    assert set(clips) == {"release", "ours.npz", "frames"}
    assert clips["release"].points[0, 0].tolist() == [960, 540] and clips["release"].image_size == (1920, 1080)
    assert clips["ours.npz"].fps == 25 and len(clips["frames"]) == 30
    assert sorted(line.split()[2].rstrip(":") for line in said) == ["broken.json", "nan.npz", "pixels.npz", "shape.npz"]


def test_a_folder_of_openpose_frames_is_one_clip(tmp_path):
    for number in range(30):
        (tmp_path / f"v_{number:012d}_keypoints.json").write_text(openpose_frame(number))
    assert [len(clip) for clip in load_2d("clips", tmp_path)] == [30]


def test_what_is_no_folder_of_the_data_set_is_said_in_one_sentence(tmp_path):
    for name in NAMES:
        load = load_2d if name == "clips" else load_test_windows
        for folder in (tmp_path, tmp_path / "none"):
            with pytest.raises(UserError, match="expected") as error:
                load(name, folder)
            assert "\n" not in str(error.value)
    for load, name in ((load_test_windows, "clips"), (load_2d, "amass")):
        with pytest.raises(UserError, match=name):
            load(name, tmp_path)
