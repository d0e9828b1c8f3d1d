# SPDX-License-Identifier: GPL-3.0-or-later
"""What the data sets give to learn from, and the box of OMOMO."""

import numpy as np
import pytest

from backend.datasets import omomo, training_clips
from backend.datasets.pickles import load_values
from backend.errors import UserError
from backend.keypoints.layouts import get_layout

from ..evaluation.figures import walker, write_mocap
from .made_up import omomo_sequence, write_aist, write_amass, write_joblib, write_pickle

NAMES = get_layout("openpose18").names
TRAIN = "train_diffusion_manip_seq_joints24.p"


def stands(clip) -> bool:
    nose, ankle = (clip.keypoints[..., NAMES.index(name), 2] for name in ("nose", "left_ankle"))
    return bool((nose > ankle + 1.2).all())


def test_aist_gives_its_training_split_whole_at_30_fps(tmp_path):
    write_aist(tmp_path, ["gBR_sBM_cAll_d04_mBR0_ch01", "gBR_sBM_cAll_d04_mBR0_ch02"], frames=600)
    (tmp_path / "splits" / "pose_train.txt").write_text("gBR_sBM_cAll_d04_mBR0_ch02\n")
    (clip,) = training_clips("aist", tmp_path)
    assert clip.name == "gBR_sBM_cAll_d04_mBR0_ch02" and clip.keypoints.shape == (300, 18, 3)
    assert clip.fps == 30 and stands(clip) and "AIST++" in clip.licence


def test_omomo_gives_the_training_subjects_only(tmp_path):
    names = ["sub2_largebox_000", "sub16_largebox_000", "sub3_woodchair_000"]
    write_joblib(tmp_path / TRAIN, {number: omomo_sequence(name, 200) for number, name in enumerate(names)})
    (clip,) = training_clips("omomo", tmp_path)
    assert clip.name == "sub2_largebox_000" and clip.keypoints.shape == (200, 18, 3) and stands(clip)


def test_amass_gives_everything_and_says_which_body_it_was(tmp_path):
    write_amass(tmp_path / "a" / "walk_poses.npz", frames=1200)
    said = []
    (clip,) = training_clips("amass", tmp_path, notice=said.append)
    assert clip.keypoints.shape == (300, 18, 3) and stands(clip)
    assert len(said) == 1 and "bundled open body" in said[0]


def test_the_projects_own_clips_are_read_too_and_broken_ones_named(tmp_path):
    write_mocap(tmp_path / "good.npz", walker(60))
    (tmp_path / "bad.npz").write_bytes(b"no")
    said = []
    assert [clip.name for clip in training_clips("mocap", tmp_path, notice=said.append)] == ["good"]
    assert len(said) == 1 and "bad.npz" in said[0]


def test_there_is_one_sentence_where_there_is_nothing(tmp_path):
    for name in ("mocap", "aist", "omomo", "amass", "clips"):
        with pytest.raises(UserError) as error:
            training_clips(name, tmp_path)
        assert "\n" not in str(error.value) and "expected" in str(error.value)


def test_the_box_has_five_keypoints_where_its_mesh_is(tmp_path):
    with pytest.raises(UserError, match="captured_objects"):
        omomo.read_box_keypoints(tmp_path)
    mesh = tmp_path / omomo.MESH
    mesh.parent.mkdir()
    mesh.write_text("".join(f"v {number / 10000} 0 0\n" for number in range(12700)) + "f 1 2 3\n")
    sequence = omomo_sequence("sub16_largebox_000")
    sequence["obj_rot"] = np.tile([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]], (130, 1, 1))  # +X becomes +Y
    placed = omomo.read_box(sequence).place(omomo.read_box_keypoints(tmp_path))
    assert placed.shape == (130, 5, 3)
    expected = [[1.0, 1 + 0.7 * vertex / 10000, 1.0] for vertex in omomo.BOX_VERTICES]
    np.testing.assert_allclose(placed[0], expected, atol=1e-9)
    mesh.write_text("v 0 0 0\n")
    with pytest.raises(UserError, match="vertices"):
        omomo.read_box_keypoints(tmp_path)


def test_lists_that_lie_in_each_other_many_times_or_in_themselves_end(tmp_path):
    many = [1]
    for _ in range(60):
        many = [many, many]
    assert load_values(write_pickle(tmp_path / "many.pkl", {"a": many}))["a"]
    around = []
    around.append(around)
    load_values(write_pickle(tmp_path / "around.pkl", {"a": around}))
