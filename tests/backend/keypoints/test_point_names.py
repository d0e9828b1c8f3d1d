# SPDX-License-Identifier: GPL-3.0-or-later
import time

import pytest

from backend.keypoints.layouts import get_layout
from backend.keypoints.point_names import animal_points, names_an_animal


def known(*names):
    """{name: our point}."""
    return {names[index]: point for index, point in animal_points(list(names)).items()}


@pytest.mark.parametrize("name", ["ap10k", "animal_pose", "stanford_extra24", "badja"])
def test_our_own_names_are_understood(name):
    names = get_layout(name).names
    assert known(*names) == {each: each for each in names}


@pytest.mark.parametrize(
    "name",
    ["left_front_paw", "LF_paw", "FLpaw", "forepawL", "Lfrontpaw", "L_F_Paw", "paw-front-left", "Nearfrontfoot",
     "leftForePaw", "front left hoof", "LEFT_FRONT_FOOT", "lfpaw", "pawLF"],
)  # fmt: skip
def test_one_point_in_many_words(name):
    assert known(name) == {name: "left_front_paw"}


def test_parts_by_their_other_words():
    assert known("snout", "tailbase", "Withers", "rear", "LEye", "left_croup", "r_stifle", "L tarsus", "TailSet") == {
        "snout": "nose", "tailbase": "tail_root", "Withers": "withers", "rear": "right_ear", "LEye": "left_eye",
        "left_croup": "left_hip", "r_stifle": "right_knee", "L tarsus": "left_hock",
    }  # fmt: skip


def test_a_knee_is_what_the_other_names_make_it():
    assert known("L_Knee", "L_Hip") == {"L_Knee": "left_knee", "L_Hip": "left_hip"}
    animal_pose = known("L_F_Elbow", "L_F_Knee", "L_B_Elbow", "L_B_Knee")
    assert animal_pose == {
        "L_F_Elbow": "left_elbow", "L_F_Knee": "left_carpus", "L_B_Elbow": "left_knee", "L_B_Knee": "left_hock"
    }  # fmt: skip
    super_animal = known("front_left_thai", "front_left_knee", "back_left_thai", "back_left_knee", "back_base")
    assert super_animal == {
        "front_left_thai": "left_shoulder", "front_left_knee": "left_elbow", "back_left_thai": "left_hip",
        "back_left_knee": "left_knee", "back_base": "withers",
    }  # fmt: skip
    horse = known("Nearknee", "Stifle", "Offhindhock", "Hip", "Midshoulder")
    assert horse == {
        "Nearknee": "left_carpus", "Stifle": "knee", "Offhindhock": "right_hock", "Hip": "hip", "Midshoulder": "scapula"
    }  # fmt: skip


def test_wrists_and_ankles_are_paws_only_where_there_are_no_paws():
    assert known("left_wrist", "left_ankle") == {"left_wrist": "left_front_paw", "left_ankle": "left_back_paw"}
    assert known("left_wrist", "left_front_paw", "left_ankle", "left_back_paw") == {
        "left_wrist": "left_carpus", "left_front_paw": "left_front_paw", "left_ankle": "left_hock",
        "left_back_paw": "left_back_paw",
    }  # fmt: skip


@pytest.mark.parametrize(
    "name", ["", "thorax", "wingL", "left", "left_right_paw", "paw", "left_paw", "spine1", "x" * 99]
)
def test_what_says_nothing_of_a_quadruped(name):
    assert known(name) == {}


def test_a_long_name_of_many_short_words_takes_no_time():
    began = time.process_time()
    known("rear" * 15, "l" * 60, "earrear" * 8, "R_E_A_R_L_F" * 5)
    assert time.process_time() - began < 2


def test_people_have_no_tails():
    assert not names_an_animal(["nose", "left_shoulder", "left_wrist", "left_hip", "left_knee", "left_ankle"])
    assert names_an_animal(["nose", "tail"]) and names_an_animal(["LF_elbow"])
