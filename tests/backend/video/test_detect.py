# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest

from backend.errors import Cancelled
from backend.keypoints.layouts import get_layout
from backend.video.detect import detect
from backend.video.errors import VideoError
from backend.video.pose import Pose
from backend.video.video_file import VideoFile

from .scenes import DotPeople, dot, figure, numbered, write_video


@pytest.fixture
def video(tmp_path):
    images = [dot(40 + number, 60) for number in range(40)]
    return VideoFile(write_video(tmp_path / "walk.avi", images, fps=25.0))


def test_a_person_is_followed_through_a_video(video):
    seen = []
    found = detect(video, DotPeople(), progress=lambda *words: seen.append(words))
    (clip,) = found.clips
    assert len(clip) == 40 and clip.fps == 25.0 and clip.image_size == (160, 120) and clip.frame_start == 0
    np.testing.assert_allclose(clip.points[10], figure(50, 60), atol=0.6)
    assert found.frames == 40 and found.cuts == ()
    assert seen[0] == ("Detecting", 0, 40) and seen[-1] == ("Detecting", 40, 40)


def test_a_part_keeps_the_videos_frame_numbers(video):
    (clip,) = detect(video, DotPeople(), 10, 30).clips
    assert clip.frame_start == 10 and len(clip) == 21
    np.testing.assert_allclose(clip.points[0], figure(50, 60), atol=0.6)


def test_each_shot_has_its_own_people(tmp_path):
    images = [dot(40 + number, 60) for number in range(30)] + [255 - dot(100, 60, colour=(255, 255, 0))] * 20
    found = detect(VideoFile(write_video(tmp_path / "cut.avi", images)), DotPeople())
    assert found.cuts == (30,)
    assert [(clip.frame_start, len(clip), clip.person) for clip in found.clips] == [(0, 30, 0), (30, 20, 1)]
    assert any("another shot at frame 30" in warning for warning in found.warnings)


@pytest.mark.parametrize("given, focal, source", [(None, 150.0, "metadata"), (300.0, 300.0, "")])
def test_the_focal_length_is_the_users_before_the_metadatas(video, given, focal, source):
    video.focal = 150.0
    (clip,) = detect(video, DotPeople(), focal=given).clips
    assert (clip.focal, clip.focal_source) == (focal, source)


def test_fast_films_are_looked_at_less_often(tmp_path):
    images = [dot(20 + number, 60) for number in range(120)]
    detector = DotPeople()
    (clip,) = detect(VideoFile(write_video(tmp_path / "fast.avi", images, fps=120.0)), detector).clips
    assert detector.looks == 30
    assert len(clip) == 117  # to the last look
    np.testing.assert_allclose(clip.points[50], figure(70, 60), atol=0.6)


def test_a_video_of_nobody_and_one_too_short_say_so(tmp_path, video):
    empty = VideoFile(write_video(tmp_path / "empty.avi", numbered(22)))
    with pytest.raises(VideoError, match="nobody was found in empty.avi"):
        detect(empty, DotPeople())
    with pytest.raises(VideoError, match="long enough"):
        detect(video, DotPeople(), 0, 3)
    with pytest.raises(VideoError, match="no frame 60"):
        detect(video, DotPeople(), 60)


def test_a_cancelled_detection_stops_at_once(video):
    def stop(stage, done, total):
        if done == 5:
            raise Cancelled

    detector = DotPeople()
    with pytest.raises(Cancelled):
        detect(video, detector, progress=stop)
    assert detector.looks == 5


def test_a_video_that_breaks_off_is_read_as_far_as_it_goes(tmp_path):
    path = write_video(tmp_path / "broken.avi", [dot(40 + number, 60) for number in range(40)])
    content = path.read_bytes()
    path.write_bytes(content[: int(0.7 * len(content))])
    found = detect(VideoFile(path), DotPeople())
    assert 20 < found.frames < 32
    assert any("breaks off" in warning for warning in found.warnings)


class Forgetful(DotPeople):
    """Numbers everybody anew after having lost them, and takes the back for the front in every third second."""

    def look(self, image):
        poses = super().look(image)
        if not poses:
            self.shot += 1
        if self.looks // 10 % 3 == 1:
            order = get_layout(self.layout).mirror
            poses = [Pose(pose.points[order], pose.confidence, pose.person) for pose in poses]
        return poses


def test_one_who_was_lost_for_a_while_is_the_same_person_again(tmp_path):
    images = [dot(40 + number, 60) for number in range(50)]
    for number in range(20, 26):
        images[number] = dot(40, 60, colour=(60, 60, 60))
    found = detect(VideoFile(write_video(tmp_path / "lost.avi", images)), Forgetful())
    (clip,) = found.clips
    assert len(clip) == 50 and not clip.present[20:26].any() and clip.present[26:].all()


def test_sides_exchanged_are_put_back_in_fast_films_too(tmp_path):
    """At 60 a second every other frame lies half way between two looks, one of them exchanged."""
    images = [dot(30 + number, 60) for number in range(100)]
    found = detect(VideoFile(write_video(tmp_path / "fast.avi", images, fps=60.0)), Forgetful())
    (clip,) = found.clips
    for number in (0, 25, 38, 39, 40, 60, 90):
        np.testing.assert_allclose(clip.points[number], figure(30 + number, 60), atol=1.1)
    assert any("Left and right of person 0" in words for words in found.warnings)
