# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture of a frame with its keypoints that the panel shows: of a detection as it goes on, or of a chosen clip."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy

from ..core.frame_picture import read_picture
from ..jobs import JobError
from ..jobs import problem as problems
from ..jobs.job import CANCELLED, DONE, Job
from . import pulse, workers


@dataclass
class Shown:
    """of: the clip or the video. pixels: as core.frame_picture reads them. number: changes with the pixels. frame: the
    one that they show. first, last: frames of the clip. doubts: sentences on it. problem: why there is no picture."""

    of: str
    pixels: Any = None
    number: int = 0
    frame: int = 0
    first: int = 0
    last: int = 0
    doubts: tuple[str, ...] = ()
    problem: str = ""


shown: Shown | None = None
_job: Job | None = None
_asked: dict[str, Any] = {}  # by that job
_wanted: dict[str, Any] | None = None  # while a picture is being made
_count = 0


def look(clip: str, film: str, frame: int, people: list[int]) -> None:
    """Have a frame of a clip drawn over its film; of several wishes in a hurry the last counts."""
    global _wanted
    _wanted = {"clip": clip, "video": film, "frame": frame, "people": people, "picture": str(picture_path("frame"))}
    if _job is None or _job.ended:
        _ask()


def look_at_box(video: str, frame: int, box: list[float]) -> None:
    """Have a frame of a video drawn with the box from which a subject is to be followed."""
    global _wanted
    _wanted = {"video": video, "frame": frame, "box": box, "picture": str(picture_path("frame"))}
    if _job is None or _job.ended:
        _ask()


def show(path: Path, of: str, frame: int) -> None:
    """Show a picture of this frame that somebody else has had made."""
    global shown, _count
    pixels = read_picture(path)
    if pixels is not None:
        _count += 1
        shown = Shown(of, pixels, _count, frame)
        pulse.tag_redraw()


def of_clip(clip: str) -> Shown | None:
    """What is shown of this clip or video; None if nothing is."""
    return shown if shown is not None and clip and shown.of == clip else None


def picture_path(name: str) -> Path:
    """Where the backend puts a picture: in Blender's folder for this session."""
    return Path(bpy.app.tempdir) / f"lift3d_{name}.npy"


def _ask() -> None:
    global _job, _asked, _wanted, shown
    _asked, _wanted = _wanted, None
    try:
        _job = workers.supervisor().request("preview", _ended, **_asked)
    except JobError as error:
        shown = Shown(_of_asked(), problem=problems.of_error(error).sentence)
        pulse.tag_redraw()


def _ended(job: Job) -> None:
    global shown, _count
    if job is not _job:
        return
    clip, path = _of_asked(), Path(_asked["picture"])
    if job.state == DONE:
        told = job.result
        _count += 1
        frames = (int(told.get(name, 0)) for name in ("frame", "first_frame", "last_frame"))
        shown = Shown(clip, read_picture(path), _count, *frames, tuple(map(str, told.get("doubts", ()))))
    elif job.state != CANCELLED:
        shown = Shown(clip, problem=problems.of_job(job).sentence)
    if _wanted is not None:
        _ask()


def _of_asked() -> str:
    return _asked.get("clip") or _asked["video"]


def forget() -> None:
    global shown, _job, _wanted
    shown = _job = _wanted = None
