# SPDX-License-Identifier: GPL-3.0-or-later
"""What the panel asks of a video: to find the people in it, and to show them over a frame."""

import numpy as np
import pytest

from backend.errors import Cancelled, UserError
from backend.serving import detect_request, preview_request
from backend.video import detect_file as module
from backend.video.live_picture import SIDE

from ..video.scenes import DotPeople, dot, figure, heatmap_model, write_video


class Heard:
    """A report that keeps what is said, and is cancelled when a stage has come so far."""

    def __init__(self, until=None):
        self.until, self.stages, self.warnings, self.frames = until, [], [], []

    def progress(self, stage, done, total):
        self.stages.append(stage)
        if self.until is not None and stage == "Detecting" and done >= self.until:
            raise Cancelled

    def warning(self, text):
        self.warnings.append(text)

    def picture(self, frame):
        self.frames.append(frame)


@pytest.fixture
def video(tmp_path, monkeypatch):
    monkeypatch.setattr(module.DetectorChoice, "make", lambda *words: DotPeople())
    return write_video(tmp_path / "walk.avi", [dot(40 + number, 60) for number in range(40)])


def ask(video, report, **options):
    request = {"video": str(video), "output": str(video.with_name("clip.json")), "options": options}
    return detect_request.handle(request, report)


def test_a_detection_makes_a_clip_and_shows_what_it_finds(video, tmp_path):
    report, picture = Heard(), tmp_path / "seen.npy"
    result = ask(video, report, picture=str(picture))
    assert result["people"] == 1 and result["frames"] == 40 and result["path"] == str(tmp_path / "clip.json")
    assert report.frames[0] == 0 and "Detecting" in report.stages
    assert any("pixels tall" in text for text in report.warnings)  # the figure is small: a doubt
    shown = np.load(picture)
    assert shown.shape == (SIDE, SIDE, 3) and shown.dtype == np.uint8
    # Drawn where it was found: in the square as high as the image that has the person in its middle, or at its left.
    x, y = figure(40 + report.frames[-1], 60)[0]
    across, down = (np.array([x - max(x - 60, 0), y]) * SIDE / 120).astype(int)
    assert np.ptp(shown[down - 6 : down + 7, across - 6 : across + 7], axis=(0, 1)).max() > 60


def test_a_cancelled_detection_leaves_nothing(video, tmp_path):
    with pytest.raises(Cancelled):
        ask(video, Heard(until=20))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["walk.avi"]


@pytest.mark.parametrize(
    "options, sentence",
    [
        ({"detector": 3}, "cannot use 3 as its detector"),
        ({"people": True}, "cannot use True as its people"),
        ({"speed": 2}, "no option 'speed'"),
        ({"box": [1, 2, 3]}, "left, top, right and bottom"),
    ],
)
def test_wishes_that_do_not_fit_are_told(video, options, sentence):
    with pytest.raises(UserError, match=sentence):
        ask(video, Heard(), **options)


def test_what_is_missing_is_named_with_the_place_where_it_goes(tmp_path):
    video = write_video(tmp_path / "walk.avi", [dot(40, 60)] * 20)
    pose, boxes = heatmap_model(tmp_path / "pose.onnx"), tmp_path / "models" / "yolox.onnx"
    with pytest.raises(UserError, match=rf"no object detector {boxes}: put its .onnx file there"):
        ask(video, Heard(), detector=str(pose), boxes=str(boxes))


def look(video, frame, **fields):
    request = {"clip": str(video.with_name("clip.json")), "video": str(video), "frame": frame,
               "picture": str(video.with_name("one.npy")), **fields}  # fmt: skip
    return preview_request.handle(request, Heard())


def test_any_frame_of_the_clip_is_shown_with_what_speaks_against_it(video, tmp_path):
    ask(video, Heard())
    found = look(video, 12)
    assert (found["frame"], found["first_frame"], found["last_frame"], found["seen"]) == (12, 0, 39, True)
    assert any("pixels tall" in text for text in found["doubts"])
    early = np.load(tmp_path / "one.npy")
    assert look(video, 99)["frame"] == 39  # the nearest there is
    red = [np.argwhere((shot[..., 0].astype(int) - shot[..., 1] > 100) & (shot[..., 2] < 40)).mean(0)[1]
           for shot in (early, np.load(tmp_path / "one.npy"))]  # fmt: skip
    assert red[1] > red[0] + 20  # the disc has moved on
    with pytest.raises(UserError, match="a frame's number"):
        look(video, "first")


def test_a_box_is_shown_over_the_frame_where_it_is_to_be(video, tmp_path):
    picture = tmp_path / "box.npy"
    asked = {"video": str(video), "picture": str(picture), "frame": 3}
    assert preview_request.handle({**asked, "box": [40, 30, 80, 90]}, Heard())["frame"] == 3
    shown, scale = np.load(picture).astype(int), SIDE / 160
    green = np.argwhere((shown[..., 1] - shown[..., 0] > 60) & (shown[..., 1] - shown[..., 2] > 60))
    wanted = np.array([30 + 20, 40, 90 + 20, 80]) * scale  # the image lies in the square's middle
    assert np.abs(np.concatenate([green.min(0), green.max(0)]) - wanted).max() < 4
    with pytest.raises(UserError, match="a width and a height"):
        preview_request.handle({**asked, "box": [40, 30, 40, 90]}, Heard())
