# SPDX-License-Identifier: GPL-3.0-or-later
import json

import pytest

from backend.__main__ import main
from backend.keypoints import KeypointError, read_keypoints
from backend.keypoints.layouts import get_layout
from backend.video import detect_file as module
from backend.video.detect_file import DetectOptions, detect_file
from backend.video.errors import VideoError
from backend.video.pose import Pose
from backend.video.video_file import VideoFile

from .scenes import DotPeople, dot, write_video


@pytest.fixture
def video(tmp_path):
    return write_video(tmp_path / "walk.avi", [dot(40 + number, 60) for number in range(40)])


@pytest.fixture
def detector(monkeypatch):
    made = DotPeople()
    monkeypatch.setattr(module.DetectorChoice, "make", lambda *words: made)
    return made


def test_the_file_is_a_clip_that_can_be_read_and_names_its_video(tmp_path, video, detector):
    (tmp_path / "out").mkdir()
    result = detect_file(video, tmp_path / "out" / "clip.json", DetectOptions())
    assert result.people == 1 and result.frames == 40 and detector.closed
    clip = read_keypoints(result.path)
    assert len(clip) == 40 and clip.layout == "coco17"
    assert json.loads((tmp_path / "out" / "clip.json").read_text())["video"] == "../walk.avi"


def test_the_preview_shows_every_look(tmp_path, video, detector):
    detect_file(video, tmp_path / "clip.json", DetectOptions(preview=tmp_path / "seen.mp4"))
    frames = list(VideoFile(tmp_path / "seen.mp4").frames())
    assert len(frames) == 40 and frames[0].image.max() > 200  # lines on the grey
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clip.json", "seen.mp4", "walk.avi"]


def test_what_was_there_stays_where_a_detection_fails(tmp_path, video, detector):
    output, preview = tmp_path / "clip.json", tmp_path / "seen.mp4"
    output.write_text("before")
    with pytest.raises(VideoError, match="person number 3"):
        detect_file(video, output, DetectOptions(person=3, preview=preview))
    with pytest.raises(VideoError, match="no frame 90"):
        detect_file(video, output, DetectOptions(first_frame=90, preview=preview.with_name("other.mp4")))
    assert output.read_text() == "before" and detector.closed
    assert not preview.with_name("other.mp4").exists()


def test_outputs_of_other_kinds_are_refused_before_the_work(tmp_path, video, detector):
    for output in (tmp_path / "clip.txt", tmp_path / "nowhere" / "clip.json"):
        with pytest.raises(KeypointError, match="expected a file to write keypoints to"):
            detect_file(video, output, DetectOptions())
    with pytest.raises(VideoError, match=r"\*\.mp4"):
        detect_file(video, tmp_path / "clip.json", DetectOptions(preview=tmp_path / "seen.gif"))
    assert not detector.looks


def test_the_command(tmp_path, video, detector, capsys):
    words = ["detect", str(video), "-o", str(tmp_path / "clip.json"), "--frames", "5-30"]
    assert main(words) == 0
    assert "1 person in 26 frames at 30 fps" in capsys.readouterr().out
    assert read_keypoints(tmp_path / "clip.json").frame_start == 5


@pytest.mark.parametrize(
    "words, sentence",
    [
        (["--box", "1,2,3"], "four numbers"),
        (["--box", "1,2,0,5"], "a width and a height"),
        (["--people", "0"], "1 to 8 people"),
        (["--detector", "magic"], "no detector 'magic'"),
        (["--detector", "none.onnx"], "give --boxes"),
        (["--detector", "none.onnx", "--box", "1,2,30,50"], "no pose model /models/none.onnx: put its .onnx"),
        (["--detector", "a/none.onnx", "--box", "1,2,30,50"], "there is no pose model a/none.onnx"),
        (["--subject", "cat"], "a cat needs a pose model of animals"),
        (["--box", "1,2,30,50"], "finds people by itself"),
    ],
)
def test_words_that_do_not_fit_get_one_line(tmp_path, video, capsys, monkeypatch, words, sentence):
    monkeypatch.setenv("LIFT3D_DETECTORS", "/models")
    assert main(["detect", str(video), "-o", str(tmp_path / "clip.json"), *words]) == 2
    error = capsys.readouterr().err
    assert sentence in error and error.count("\n") == 1


class DotCats(DotPeople):
    """Sees a cat wherever a red disc is."""

    layout = "ap10k"

    def look(self, image):
        shape = get_layout("ap10k").upright * 40
        return [Pose(shape - shape.mean(0) + pose.points.mean(0), pose.confidence, 0) for pose in super().look(image)]


def test_an_animals_points_become_a_clip_of_its_layout(tmp_path, video, monkeypatch):
    monkeypatch.setattr(module.DetectorChoice, "make", lambda *words: DotCats())
    result = detect_file(video, tmp_path / "cat.json", DetectOptions(subject="cat"))
    assert read_keypoints(result.path).layout == "ap10k" and any("pixels tall" in each for each in result.warnings)
