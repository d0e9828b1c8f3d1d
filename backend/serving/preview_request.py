# SPDX-License-Identifier: GPL-3.0-or-later
"""A frame of a clip's footage with the clip's keypoints drawn onto it, and what speaks against lifting the clip; or a
video's first frame with the box from which a subject is to be followed."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from ..errors import UserError
from .report import Report

MOST_PEOPLE = 8


class PreviewError(UserError):
    """A frame that cannot be shown."""


def handle(request: dict[str, Any], report: Report) -> dict[str, Any]:
    """Draw frame `frame`, as the clip counts, of `clip` over its film `video` into `picture`, see `live_picture`.

    people: whom to draw, numbers in the clip ([]: the one seen most). Result: frame, the one that is shown; first_frame
    and last_frame of those people; seen, whether anybody is in it; doubts, sentences on these people's fitness.

    With `box` (left, top, right, bottom) in the place of `clip`, the frame of the video has that and nobody.
    """
    if "box" in request:
        return _boxed(request)
    for name in ("clip", "video", "picture"):
        if not isinstance(request.get(name), str) or not request[name].strip():
            raise PreviewError(f"a preview needs a path as its {name}, got {request.get(name)!r}")
    frame, people = request.get("frame"), request.get("people", [])
    if not isinstance(frame, int) or not isinstance(people, list) or not all(isinstance(n, int) for n in people):
        raise PreviewError(f"expected a frame's number and a list of people's, got {frame!r} and {str(people)[:40]}")
    report.progress("Drawing", 0, 1)
    from ..video.fitness import doubts
    from ..video.live_picture import write_picture
    from ..video.pose import Pose
    from ..video.video_file import VideoFile

    path = Path(request["clip"])
    clips = _clips(path, _stamp(path), tuple(people[:MOST_PEOPLE]))
    video = VideoFile(request["video"])
    first = min(clip.frame_start for clip in clips)
    last = max(clip.frame_start + len(clip) for clip in clips) - 1
    frame = min(max(frame, first), last)
    # Of those who watch videos some count from 1: they end with the number that the video has of frames.
    number = frame - (first >= 1 and last == video.expected)
    image = next((each.image for each in video.frames(number, number)), None)
    if image is None:
        raise PreviewError(f"{video.path.name} has no frame {frame}: it is shorter than the clip")
    poses = []
    for clip in clips:
        row = frame - clip.frame_start
        if 0 <= row < len(clip) and clip.present[row].any():
            poses.append(Pose(clip.points[row], clip.confidence[row], clip.person))
    write_picture(Path(request["picture"]), image, poses, clips[0].layout)
    found = [sentence for clip in clips for sentence in doubts(clip)]
    return {"frame": frame, "first_frame": first, "last_frame": last, "seen": bool(poses), "doubts": found}


def _boxed(request: dict[str, Any]) -> dict[str, Any]:
    from ..lifting.options import check_box
    from ..video.live_picture import write_picture
    from ..video.pose import Box
    from ..video.video_file import VideoFile

    check_box(request["box"])
    frame = request.get("frame", 0)
    if not isinstance(frame, int) or not all(isinstance(request.get(name), str) for name in ("video", "picture")):
        raise PreviewError(f"expected a video, a picture's path and a frame's number, got {str(request)[:80]}")
    video = VideoFile(request["video"])
    image = next((each.image for each in video.frames(max(frame, 0), max(frame, 0))), None)
    if image is None:
        raise PreviewError(f"{video.path.name} has no frame {frame}: it is shorter")
    write_picture(Path(request["picture"]), image, [], "coco17", Box(*request["box"]))
    return {"frame": frame, "first_frame": 0, "last_frame": 0, "seen": False, "doubts": []}


@lru_cache(maxsize=1)  # one looks at many frames of a clip
def _clips(path: Path, stamp: tuple, people: tuple[int, ...]) -> list:
    from ..keypoints import read_keypoints

    return [read_keypoints(path, person=person) for person in people] or [read_keypoints(path)]


def _stamp(path: Path) -> tuple:
    try:
        found = path.stat()
    except OSError:
        return ()  # whoever reads it says what is wrong with it
    return found.st_mtime_ns, found.st_size
