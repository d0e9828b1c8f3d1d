# SPDX-License-Identifier: GPL-3.0-or-later
"""MediaPipe itself on real footage, where it is at hand; how several people are kept apart, with a stand-in."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from backend.video import mediapipe_people
from backend.video.detect import detect
from backend.video.mediapipe_people import MediapipePeople
from backend.video.video_file import VideoFile

from .scenes import dot

VIDEOS = Path(__file__).parents[4] / "shared" / "data" / "video"


class StandIn:
    """Finds the leftmost red disc, and then follows the one nearest to where it was."""

    made = 0

    def __init__(self, **options):
        StandIn.made += 1
        self.last = None

    def process(self, image):
        discs = [x for x in range(0, image.shape[1], 10) if (image[:, x : x + 10, 0].astype(int) > 180).any()]
        if not discs:
            self.last = None
            return SimpleNamespace(pose_landmarks=None)
        x = discs[0] if self.last is None else min(discs, key=lambda disc: abs(disc - self.last))
        self.last = x
        height, width = image.shape[:2]
        random = np.random.default_rng(0)
        marks = [
            SimpleNamespace(x=(x + random.uniform(0, 12)) / width, y=random.uniform(0.2, 0.8), visibility=0.9)
            for _ in range(33)
        ]
        return SimpleNamespace(pose_landmarks=SimpleNamespace(landmark=marks))

    def close(self):
        pass


@pytest.fixture
def stand_in(monkeypatch):
    StandIn.made = 0
    monkeypatch.setattr(mediapipe_people, "_load", lambda: SimpleNamespace(Pose=StandIn))


def two(left, right):
    return np.maximum(dot(left, 60), dot(right, 60))


def middles(poses):
    return {pose.person: round(float(pose.points[:, 0].mean())) for pose in poses}


def test_two_people_are_followed_by_one_instance_each(stand_in):
    people = MediapipePeople(most=2)
    first = people.look(two(30, 120))
    assert len(first) == 2 and StandIn.made >= 2
    numbers = {person for person in middles(first)}
    for step in range(10):
        assert {pose.person for pose in people.look(two(30 + step, 120 - step))} == numbers


def test_two_instances_on_one_person_are_told_apart_again(stand_in):
    people = MediapipePeople(most=2)
    people.look(two(30, 120))
    assert len(people.look(dot(120, 60))) == 1  # one has left: nobody is counted twice
    for _ in range(mediapipe_people.LOOK_FOR_MORE_EVERY):
        poses = people.look(two(40, 120))
    assert len(poses) == 2


def test_a_new_shot_numbers_people_anew(stand_in):
    people = MediapipePeople()
    assert [pose.person for pose in people.look(dot(30, 60))] == [0]
    people.reset()
    assert [pose.person for pose in people.look(dot(90, 60))] == [1]


def test_an_empty_room(stand_in):
    assert MediapipePeople(most=3).look(dot(5, 5, colour=(60, 60, 60))) == []


@pytest.mark.skipif(not VIDEOS.is_dir(), reason="no real footage at ../shared/data/video")
def test_real_people_in_real_footage():
    detector = MediapipePeople(most=2)
    found = detect(VideoFile(VIDEOS / "two_people.mp4"), detector, 0, 40)
    detector.close()
    assert len(found.clips) == 2
    left, right = sorted(found.clips, key=lambda clip: np.nanmean(clip.points[..., 0]))
    assert np.nanmean(left.points[..., 0]) < 350 < np.nanmean(right.points[..., 0])
    assert all(clip.present.mean() > 0.9 for clip in found.clips)
