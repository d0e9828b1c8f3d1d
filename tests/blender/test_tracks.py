# SPDX-License-Identifier: GPL-3.0-or-later
"""What Blender knows of a film already: its tracker as a detector of keypoints, and a matched camera's lens."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from backend.keypoints import read_keypoints
from backend.keypoints.layouts import get_layout
from tests.blender.blenders import blenders, run_script, workplace

INSIDE = Path(__file__).with_name("inside_tracks.py")
SIZE = (640, 360)


@pytest.fixture(scope="module", params=blenders())
def told(request):
    with workplace("test-tracks-") as folder:
        film = Path(folder) / "walk.avi"
        writer = cv2.VideoWriter(str(film), cv2.VideoWriter_fourcc(*"MJPG"), 25.0, SIZE)
        for number in range(40):
            writer.write(np.full((SIZE[1], SIZE[0], 3), 5 * number, np.uint8))
        writer.release()
        answer = Path(folder) / "answer.json"
        done = run_script(request.param, INSIDE, film, answer)
        assert done.returncode == 0 and answer.exists(), done.stdout + done.stderr
        found = json.loads(answer.read_text(encoding="utf-8"))
        found["read"], found["film"] = read_keypoints(found["clip"]), str(film)
        found["animal"]["read"] = read_keypoints(found["animal"]["clip"])
        yield found


def test_tracks_are_made_for_the_keypoints_that_have_none(told):
    assert not told["before"] and told["made"] == ["FINISHED"] and told["again"] == ["CANCELLED"]
    assert len(told["tracks"]) == 18 and {"Knee.L", "a lamp", "right_knee"} <= set(told["tracks"])
    assert "left_knee" not in told["tracks"]


def test_the_tab_in_the_clip_editor_counts_them_and_has_its_buttons(told):
    assert told["drawn"] == [
        ["prop", "", None],
        ["label", "17 of 17 keypoints have a track", None],
        ["operator", "Add Keypoint Tracks", True],
        ["operator", "Use Tracks as Clip", True],
            ["operator", "Use This Film's Camera", True],
    ]


def test_tracks_become_the_clip_to_lift(told):
    assert told["used"] == ["FINISHED"] and told["size"] == list(SIZE)
    assert Path(told["clip"]).name == "walk_tracks.json" and told["footage"] == told["film"]
    clip = told["read"]
    assert len(clip) == 30 and clip.frame_start == 0 and clip.image_size == SIZE and clip.fps == told["fps"]
    knee = clip.points[:, 13]  # left_knee of COCO's 17
    np.testing.assert_allclose(knee[0], (0.6 * 640, 0.7 * 360), atol=0.01)
    np.testing.assert_allclose(knee[20] - knee[0], (0.1 * 640, 0), atol=0.01)
    assert not clip.present[9, 0] and clip.present.sum() == 30 * 17 - 1


def test_an_animals_tracks_stand_in_the_picture_and_become_its_clip(told):
    animal = told["animal"]
    assert animal["subjects"] == ["HUMAN", "CAT"]
    places, clip = animal["places"], animal["read"]
    assert set(places) == set(get_layout("ap10k").names) and clip.layout == "ap10k" and len(clip) == 40
    assert all(0.1 < x < 0.9 and 0.1 < y < 0.9 for x, y in places.values())
    assert places["nose"][0] < places["tail_root"][0] and places["left_back_paw"][1] < places["left_hip"][1]
    paw, nose = (get_layout("ap10k").names.index(name) for name in ("left_front_paw", "nose"))
    assert (clip.confidence[:, nose] == np.where(np.arange(40) % 3, 0.5, 1.0)).all()
    assert clip.present[:19, paw].all() and np.flatnonzero(clip.present[19:, paw]).tolist() == [5, 6]
    np.testing.assert_allclose(clip.points[24, paw], (0.25 * 640, 0.75 * 360), atol=0.01)
    assert not clip.present[:, get_layout("ap10k").names.index("neck")].any(), "made and never tracked"


def test_the_scenes_camera_gives_its_focal_length(told):
    assert not told["without camera"] and told["taken"] == ["FINISHED"]
    known, focal = told["focal"]
    assert known and abs(focal - 50 / 32 * 640) < 0.1
