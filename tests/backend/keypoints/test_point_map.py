# SPDX-License-Identifier: GPL-3.0-or-later
import json

import numpy as np
import pytest

from backend.keypoints.detections import DetectionList
from backend.keypoints.errors import KeypointError
from backend.keypoints.layouts import get_layout
from backend.keypoints.point_map import PointMap, find_map, finish_mapped, read_map

HORSE_10 = (
    "Nose Eye Nearknee Nearfrontfetlock Nearfrontfoot Offknee Offfrontfetlock Offfrontfoot Shoulder Midshoulder Elbow"
    " Girth Wither Nearhindhock Nearhindfetlock Nearhindfoot Hip Stifle Offhindhock Offhindfetlock Offhindfoot Ischium"
).split()
SUPER_ANIMAL = (
    "nose upper_jaw lower_jaw mouth_end_right mouth_end_left right_eye right_earbase right_earend left_eye left_earbase"
    " left_earend neck_base neck_end throat_base throat_end back_base back_end back_middle tail_base tail_end"
    " front_left_thai front_left_knee front_left_paw front_right_thai front_right_knee front_right_paw back_left_paw"
    " back_left_thai back_right_thai back_left_knee back_right_knee back_right_paw belly_bottom"
).split()


def poses(points):
    """A list of poses (T,K,2)."""
    detections = DetectionList("a test")
    for number, pose in enumerate(np.asarray(points, float)):
        detections.add(number, np.c_[pose, np.ones(len(pose))], 0)
    return detections


def finish(names, points, mapping=None):
    return finish_mapped(poses(points), names, mapping)


def some(count, seed=0):
    return np.random.default_rng(seed).uniform(10, 500, (20, count, 2))


@pytest.mark.parametrize("layout", ["ap10k", "animal_pose", "stanford_extra", "stanford_extra24", "badja"])
def test_the_layout_is_the_one_whose_points_are_named(layout):
    names = list(get_layout(layout).names)
    points = some(len(names))
    found = finish([name.title().replace("_", " ") for name in names][::-1], points[:, ::-1])
    assert found.layout == layout
    np.testing.assert_array_equal(found.points, points)


def test_more_points_than_any_layout_has_are_cut_to_those_of_the_model():
    points = some(len(SUPER_ANIMAL))
    found = finish(SUPER_ANIMAL, points)
    assert found.layout == "ap10k" and (found.confidence == 1).all()
    for ours, theirs in (
        ("neck", "neck_base"),
        ("left_shoulder", "front_left_thai"),
        ("right_knee", "back_right_knee"),
    ):
        at = get_layout("ap10k").names.index(ours)
        np.testing.assert_array_equal(found.points[:, at], points[:, SUPER_ANIMAL.index(theirs)])


@pytest.mark.parametrize(("faces_right", "side"), [(False, "left"), (True, "right")])
def test_what_a_horse_shows_of_one_side_is_of_the_side_that_the_camera_sees(faces_right, side):
    points = some(22)
    points[:, HORSE_10.index("Nose"), 0], points[:, HORSE_10.index("Ischium"), 0] = 100, 400
    if faces_right:
        points[..., 0] = 500 - points[..., 0]
    found = finish(HORSE_10, points)
    names = get_layout("horse10").names
    assert found.layout == "horse10"
    for part, theirs in (("shoulder", "Shoulder"), ("knee", "Stifle"), ("eye", "Eye")):
        np.testing.assert_array_equal(found.points[:, names.index(f"{side}_{part}")], points[:, HORSE_10.index(theirs)])
    other = names.index(f"{'left' if faces_right else 'right'}_hip")
    assert (found.confidence[:, other] == 0).all() and found.confidence.sum() == 20 * 22


def test_a_person_named_in_another_spelling_is_a_person():
    names = [name.replace("_", " ").title() for name in get_layout("coco17").names]
    assert finish(names[::-1], some(17)).layout == "coco17"


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (["snout", "leftear", "rightear", "tailbase"], "seen from above cannot be lifted"),
        (["head", "thorax", "wingL", "eyeL"], "not known are head, thorax, wingL"),
        (["left_shoulder", "left_elbow", "left_wrist", "right_wrist", "left_hip", "left_knee", "left_ankle", "nose"],
         "a person's or an animal's"),
        ([], "have no names"),
    ],
)  # fmt: skip
def test_what_cannot_be_mapped_is_named_with_what_to_write(names, says):
    with pytest.raises(KeypointError, match=says) as error:
        finish(names, some(max(len(names), 1)))
    assert "\n" not in str(error.value) and len(str(error.value)) < 600
    assert "above" in says or '.map.json, with {"layout": "ap10k", "points": {' in str(error.value)


def test_a_map_says_which_point_is_which():
    points = some(4)
    mapping = PointMap("ap10k", {"nose": "beak", "tail_root": "end", "neck": 2}, "m.json")
    found = finish(["wing", "beak", "x", "end"], points, mapping)
    names = get_layout("ap10k").names
    for ours, place in (("nose", 1), ("tail_root", 3), ("neck", 2)):
        np.testing.assert_array_equal(found.points[:, names.index(ours)], points[:, place])
    assert found.confidence.sum() == 60
    with pytest.raises(KeypointError, match="maps nose to 'nib', but the points of the file are wing, beak"):
        finish(["wing", "beak", "x", "end"], points, PointMap("ap10k", {"nose": "nib"}, "m.json"))
    with pytest.raises(KeypointError, match="only numbers 0 to 3"):
        finish(None, points, PointMap("ap10k", {"nose": 4}, "m.json"))


def test_a_map_without_points_is_the_layouts_own_order():
    np.testing.assert_array_equal(finish(None, some(21), PointMap("badja", None, "m.json")).points, some(21))
    with pytest.raises(KeypointError, match="badja has 21 while this file has 17"):
        finish(None, some(17), PointMap("badja", None, "m.json"))


def test_maps_lie_beside_their_clip_or_in_its_folder(tmp_path):
    clip = tmp_path / "walk.h5"
    assert find_map(clip) is None
    (tmp_path / "keypoint_map.json").write_text(json.dumps({"layout": "badja"}))
    assert find_map(clip) == PointMap("badja", None, "keypoint_map.json")
    (tmp_path / "walk.map.json").write_text(json.dumps({"layout": "ap10k", "points": {"nose": "snout"}}))
    assert find_map(clip) == PointMap("ap10k", {"nose": "snout"}, "walk.map.json")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not valid JSON"),
        ("[1]", "no map of keypoints"),
        ('{"points": {"nose": "a"}}', "Unknown keypoint layout"),
        ('{"layout": "ap10k", "points": []}', "no map"),
        ('{"layout": "ap10k", "points": {}}', "maps no point"),
        ('{"layout": "ap10k", "points": {"beak": "a"}}', "'beak', which ap10k has not"),
        ('{"layout": "ap10k", "points": {"nose": ["a"]}}', "expected a name or a number"),
        ('{"layout": "ap10k", "points": {"nose": true}}', "expected a name or a number"),
    ],
)
def test_a_map_that_is_none_gets_one_line(tmp_path, text, says):
    path = tmp_path / "m.json"
    path.write_text(text)
    with pytest.raises(KeypointError, match=says) as error:
        read_map(path)
    assert "\n" not in str(error.value)
    with pytest.raises(KeypointError, match="Cannot read the map"):
        read_map(tmp_path / "none.json")
