# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest

from backend.video import clip_of_video as module
from backend.video.clip_of_video import clip_of_video
from backend.video.errors import VideoError

from .scenes import DotPeople, dot, figure, write_video


@pytest.fixture
def detectors(monkeypatch):
    made = []

    def make(choice, people):
        made.append(DotPeople())
        made[-1].people = people
        return made[-1]

    monkeypatch.setattr(module.DetectorChoice, "make", make)
    monkeypatch.setattr(module, "_known", type(module._known)())
    return made


@pytest.fixture
def video(tmp_path):
    return write_video(tmp_path / "walk.avi", [dot(40 + number, 60) for number in range(40)])


def test_a_video_is_a_clip_and_is_looked_at_once(video, detectors):
    clip = clip_of_video(video)
    assert len(clip) == 40 and clip.person == 0 and clip.source == str(video)
    np.testing.assert_allclose(clip.points[3], figure(43, 60), atol=0.6)
    clip_of_video(video)
    assert len(detectors) == 1 and detectors[0].closed
    assert len(clip_of_video(video, first_frame=5, last_frame=30)) == 26
    write_video(video, [dot(140 - number, 60) for number in range(30)])
    assert len(clip_of_video(video)) == 30 and len(detectors) == 3


def test_another_person_than_there_is(video, detectors):
    with pytest.raises(VideoError, match="no person number 2 in walk.avi: 1 found"):
        clip_of_video(video, person=2)
    assert detectors[0].people == 3
