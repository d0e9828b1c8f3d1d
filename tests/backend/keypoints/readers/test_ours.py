# SPDX-License-Identifier: GPL-3.0-or-later
import json

import numpy as np
import pytest

from backend.keypoints.clip import KeypointClip
from backend.keypoints.description import describe
from backend.keypoints.errors import KeypointError
from backend.keypoints.readers.ours import write_keypoints
from backend.keypoints.reading import read_keypoints


@pytest.fixture
def clip(walking):
    points = walking("openpose18", frames=40)
    confidence = np.random.default_rng(0).uniform(0.1, 1, points.shape[:2]).round(3)
    confidence[5, 3] = 0
    confidence[10:12] = 0
    return KeypointClip(points.round(2), confidence, 29.97, (1280, 720), "openpose18", frame_start=12)


def test_what_is_written_is_read_back(clip, tmp_path):
    path = tmp_path / "clip.json"
    write_keypoints(clip, path)
    back = read_keypoints(path)
    np.testing.assert_array_equal(back.points, clip.points)
    np.testing.assert_array_equal(back.confidence, clip.confidence)
    for name in ("fps", "image_size", "layout", "frame_start"):
        assert getattr(back, name) == getattr(clip, name)
    assert back.warnings == () and back.source == str(path)
    assert list(tmp_path.iterdir()) == [path], "no unfinished file is left"


def test_several_people_keep_their_frames(clip, tmp_path):
    other = clip.subclip(20, 40)
    write_keypoints([clip, other], tmp_path / "two.json")
    people = describe(tmp_path / "two.json").people
    assert [(person.first, person.last) for person in people] == [(12, 51), (32, 51)]
    assert people[0].gaps == 1 and people[0].longest_gap == 2
    second = read_keypoints(tmp_path / "two.json", person=1)
    np.testing.assert_array_equal(second.points, other.points)
    assert (second.person, second.frame_start) == (1, 32)


def test_people_of_different_videos_are_not_written_together(clip, tmp_path):
    with pytest.raises(KeypointError, match="share one layout"):
        write_keypoints([clip, clip.to_layout("coco17")], tmp_path / "x.json")
    with pytest.raises(KeypointError, match="no clip"):
        write_keypoints([], tmp_path / "x.json")
    with pytest.raises(KeypointError, match="Cannot write"):
        write_keypoints(clip, tmp_path / "nowhere" / "x.json")


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("version", 2, "update"),
        ("version", None, "version"),
        ("layout", "wombat42", "expected one of"),
        ("layout", [1], "expected one of"),
        ("people", [], "no person"),
        ("people", {}, '"people"'),
        ("people", [5], '"people"'),
        ("people", [{"keypoints": 5}], '"keypoints"'),
        ("people", [{"keypoints": [[[1, 2, 3]]]}], "expected 18"),
        ("people", [{"keypoints": [[[1, 2]] * 18]}], "expected 18"),
        ("people", [{"keypoints": [["x"] * 18]}], "numbers"),
        ("people", [{"keypoints": [None] * 20}], "no person"),
        ("people", [{"keypoints": [None] * 20}, {"keypoints": [None]}], "one number of frames"),
        ("frame_start", -4, "frame_start"),
        ("fps", -1, "frame rate"),
        ("fps", "fast", "frame rate"),
        ("fps", float("nan"), "frame rate"),
        ("image_size", [-1280, 720], "image size"),
        ("image_size", [0, 720], "image size"),
        ("image_size", [10**400, 720], "image size"),
        ("image_size", "big", "image size"),
    ],
)
def test_wrong_fields_are_named(clip, tmp_path, field, value, says):
    path = tmp_path / "clip.json"
    write_keypoints(clip, path)
    document = json.loads(path.read_text()) | {field: value}
    path.write_text(json.dumps(document))
    with pytest.raises(KeypointError, match=says):
        read_keypoints(path)
