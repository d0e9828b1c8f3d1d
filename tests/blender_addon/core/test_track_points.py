# SPDX-License-Identifier: GPL-3.0-or-later
import pytest

from backend.keypoints.layouts import get_layout
from backend.subjects import subject_of_layout
from blender_addon.core.track_points import TRACKED, subject_of


@pytest.mark.parametrize("subject", TRACKED)
def test_both_halves_know_the_same_points(subject):
    tracked = TRACKED[subject]
    layout = get_layout(tracked.layout)
    assert tuple(tracked.places) == layout.names and subject_of_layout(tracked.layout).name == subject
    known = {name: place for name, place in layout.figure.upright.items() if name in tracked.places}
    assert {name: tracked.places[name] for name in known} == known


@pytest.mark.parametrize("subject", TRACKED)
def test_every_point_is_found_by_its_own_name(subject):
    tracked = TRACKED[subject]
    for point in tracked.places:
        for name in (point, point.upper(), f"{point}.001", point.replace("_", " "), point.replace("_", ".")):
            assert tracked.point_of(name) == point, name
        assert tracked.point_of(point.replace("_", "")) == point


@pytest.mark.parametrize(
    "name, point",
    [
        ("left_knee", "left_knee"), ("Knee.L", "left_knee"), ("r knee.001", "right_knee"), ("nose", "nose"),
        ("RightWrist", "right_wrist"), ("hand_l", "left_wrist"), ("Head", "nose"), ("knee", None),
        ("left_right_knee", None), ("Track", None), ("left_tail", None), ("", None), ("left_front_paw", None),
    ],
)  # fmt: skip
def test_a_persons_tracks_are_recognised_however_they_are_written(name, point):
    assert TRACKED["human"].point_of(name) == point


@pytest.mark.parametrize(
    "name, point",
    [
        ("Left Front Paw", "left_front_paw"), ("hind foot.R", "right_back_paw"), ("TailBase.003", "tail_root"),
        ("fore_paw_l", "left_front_paw"), ("Muzzle", "nose"), ("stifle.L", "left_knee"), ("paw.L", None),
        ("left_wrist", None), ("front knee L", None),
    ],
)  # fmt: skip
def test_an_animals_tracks_are_recognised_however_they_are_written(name, point):
    assert TRACKED["cat"].point_of(name) == point


def test_tracks_tell_whom_they_show():
    assert subject_of([]) == "human" and subject_of(["Track", "nose"]) == "human"
    assert subject_of(["nose", "left_eye", "Tail root", "left knee"]) == "cat"
    assert subject_of(["left_hip", "left_ankle"]) == "human"
