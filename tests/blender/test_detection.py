# SPDX-License-Identifier: GPL-3.0-or-later
"""Keypoints found in a video from the panel, with the real backend and model files made up for it."""

import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest

from backend.keypoints import read_keypoints
from tests.backend.video.model_server import serving, write_catalogue
from tests.backend.video.scenes import constant_model, dot, figure, write_video
from tests.blender.blenders import blenders, run_script, workplace

INSIDE = Path(__file__).with_name("inside_detection.py")


def lay_out(folder: Path) -> None:
    """A video in which a disc moves, a pose model that sees somebody wherever it looks, and boxes in one place."""
    write_video(folder / "walk.avi", [dot(20 + 2 * number, 60) for number in range(60)])
    maps = np.zeros((1, 17, 32, 24), np.float32)
    for point, (x, y) in enumerate(figure(12, 16, 24)):
        maps[0, point, round(y), round(x)] = 0.9
    constant_model(folder / "pose.onnx", size=(128, 96), maps=maps)
    constant_model(folder / "boxes.onnx", size=(160, 160), dets=[[[60, 10, 100, 110, 0.9]]], labels=[[0]])


@pytest.fixture(scope="module", params=blenders()[:1])
def told(request):
    with workplace("test-detection-") as folder, serving() as address:
        place = Path(folder)
        lay_out(place)
        write_catalogue(place / "catalogue.json", address)
        variables = {"LIFT3D_PYTHON": sys.executable, "BLENDER_USER_RESOURCES": f"{folder}/profile"}
        done = run_script(request.param, INSIDE, place, place / "answer.json", variables={**os.environ, **variables})
        assert (place / "answer.json").exists(), done.stdout + done.stderr
        answer = json.loads((place / "answer.json").read_text())
        answer["video"] = str(place / "walk.avi")
        answer["points"] = read_keypoints(place / "walk_lift3d.json")
        yield answer


def texts(drawn) -> str:
    return " ".join(text for _, text in drawn)


def test_the_detector_and_what_it_lacks_are_told_before_the_work(told):
    assert told["nothing chosen"] == []
    assert ["operator", "Detect Keypoints"] in told["a video"] and "Pose Model" not in texts(told["a video"])
    drawn, can, why = told["no file"]
    assert "Pose Model" in texts(drawn) and "Object Detector" in texts(drawn) and not can
    assert why == "This clip cannot be lifted: choose the file of the pose model (.onnx) in the panel Detection"
    assert "say where the subject is in the first frame" in told["no box"]
    drawn, spread = told["box shown"]
    assert ["picture", ""] in drawn and "Frame 0" in texts(drawn) and spread > 0.03
    can, options = told["boxed"]
    assert can and options["box"] == [60, 20, 100, 110] and options["detector"].endswith("none.onnx")


def test_a_missing_file_is_named_with_its_place(told):
    sentence, clip = told["missing"]
    assert sentence.startswith("There is no pose model ") and "none.onnx: put its .onnx file there" in sentence
    assert clip == told["video"]


def test_a_cancelled_detection_leaves_no_file(told):
    assert "Cancelling" in texts(told["cancelling"]) and told["cancelled"] == ["cancelled", ["catalogue.json"]]


def test_a_detection_shows_itself_and_then_is_the_clip(told):
    drawn, frame = told["meanwhile"]
    assert ["picture", ""] in drawn and f"Frame {frame}" in texts(drawn) and ["operator", "Cancel"] in drawn
    assert told["done"] == ["done", told["video"].replace("walk.avi", "walk_lift3d.json"), told["video"]]
    assert ["operator", "Show the Keypoints"] in told["clip"]
    clip = told["points"]
    assert len(clip) == 60 and clip.confidence.min() > 0.5


def test_a_frame_is_shown_with_what_speaks_against_the_clip(told):
    drawn, frame, shape, spread = told["shown"]
    assert ["picture", ""] in drawn and f"Frame {frame} of 0 to 59" in texts(drawn) and frame == 0
    assert shape == [480, 480, 4] and spread > 0.05 and "pixels tall: a lift" in texts(drawn)
    assert told["later"] == [25, True]


def test_the_detector_says_whom_a_video_shows(told):
    assert told["back"] == [told["video"], "CAT", "cat"]


def test_a_model_is_fetched_by_a_click_that_knows_licence_and_size(told):
    story = told["fetching"]
    assert ["operator", "Models to Fetch"] in story["before"]
    assert ["operator", "Fetch..."] in story["offer"] and "1 MB, CC0. a test's." in texts(story["offer"])
    assert "Somebody's model of llamas" in texts(story["offer"])
    assert any("Its licence: CC0" in each for each in story["dialog"])
    assert any("1 MB will be downloaded from http" in each for each in story["dialog"])
    assert not story["offline"] and "may not use the internet" in story["refused"]
    assert "Cancelling" in texts(story["cancelling"])
    state, left = story["cancelled"]
    assert state == "cancelled" and not left
    detector, path, drawn = story["fetched"]
    assert detector == "PERSON" and path.endswith("models/made_up.onnx") and ["operator", "Use"] in drawn
    assert story["used"] == path
