# SPDX-License-Identifier: GPL-3.0-or-later
import struct

import numpy as np
import pytest

from backend.video.errors import VideoError
from backend.video.video_file import VideoFile

from .scenes import SIZE, dot, numbered, write_video


def numbers(frames):
    return [round((frame.image.mean() - 20) / 10) for frame in frames]


@pytest.mark.parametrize("name", ["clip.avi", "clip.mp4"])
def test_frames_come_in_order_with_their_times(tmp_path, name):
    video = VideoFile(write_video(tmp_path / name, numbered(20), fps=25.0))
    assert video.image_size == SIZE and video.fps == 25.0 and video.expected == 20
    frames = list(video.frames())
    assert numbers(frames) == list(range(20)) and [frame.number for frame in frames] == list(range(20))
    np.testing.assert_allclose([frame.seconds for frame in frames], np.arange(20) / 25, atol=1e-3)


def test_a_part_keeps_its_numbers(tmp_path):
    video = VideoFile(write_video(tmp_path / "clip.avi", numbered(20)))
    part = list(video.frames(5, 8))
    assert numbers(part) == [5, 6, 7, 8] and [frame.number for frame in part] == [5, 6, 7, 8]
    assert list(video.frames(30)) == []


def test_what_is_no_video_gets_one_line(tmp_path):
    whole = write_video(tmp_path / "whole.mp4", numbered(20)).read_bytes()
    bad = {"empty.mp4": b"", "text.mp4": b"a letter, not a film" * 50, "cut.mp4": whole[: len(whole) // 3]}
    for name, content in bad.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(VideoError, match=name):
            VideoFile(tmp_path / name)
    with pytest.raises(VideoError, match="not there"):
        VideoFile(tmp_path / "nothing.mp4")
    with pytest.raises(VideoError, match="a folder"):
        VideoFile(tmp_path)


def test_tiny_pictures_are_refused(tmp_path):
    path = write_video(tmp_path / "tiny.avi", numbered(3, size=(16, 16)))
    with pytest.raises(VideoError, match="16 x 16 pixels"):
        VideoFile(path)


def turned(content: bytes) -> bytes:
    """An .mp4 that says it is to be shown turned by a quarter: the matrix of its track's header."""
    at = content.index(b"tkhd") + 44
    matrix = struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30)
    return content[:at] + matrix + content[at + 36 :]


def test_a_phones_rotation_tag_is_followed(tmp_path):
    path = write_video(tmp_path / "phone.mp4", [dot(20, 30)] * 5)
    path.write_bytes(turned(path.read_bytes()))
    video = VideoFile(path)
    assert video.image_size == (120, 160)
    image = next(video.frames()).image
    red = np.argwhere(image[..., 2].astype(int) - image[..., 1] > 60).mean(0)
    np.testing.assert_allclose(red, (20, 120 - 30), atol=2)
