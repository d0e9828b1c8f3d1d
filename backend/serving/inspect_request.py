# SPDX-License-Identifier: GPL-3.0-or-later
"""What a clip holds, for the panel to show before anything is lifted. Needs numpy alone, so it answers at once."""

import re
from pathlib import Path
from typing import Any

from ..errors import UserError
from ..video.endings import VIDEO_ENDINGS, is_video
from .report import Report

# What detectors and people put between a video's name and the ending of its keypoints.
_ADDED = (
    *("keypoints", "tracks", "keypoint", "poses", "pose", "2d", "json", "openpose", "alphapose", "coco", "lift3d"),
    *("predictions", "analysis", "filtered", "mp4", "mov", "avi", "mkv"),
)
_DEEPLABCUT = re.compile(r"(.+?)[ _-]?dlc_.*")  # catDLC_resnet50_catsSep1shuffle1_50000: the network's name
_FORMATS = {"npz": "NumPy arrays (.npz)", "lift3d-keypoints": "Lift to 3D JSON"}


class InspectError(UserError):
    """A file that is no clip."""


def handle(request: dict[str, Any], report: Report) -> dict[str, Any]:
    """The facts of the request's clip. Raises UserError for what is no clip; one that is but cannot be lifted is told.

    Request: clip; fps, image_size and keypoint_map (a file) where the user gives them. Result: clip, format, layout,
    subject, frames, first_frame, last_frame (as the clip counts), fps, fps_known, image_size, image_size_known, people
    (each with index, frames, first_frame, last_frame, longest_gap, confidence, missing, liftable, reason), chosen (an
    index in people); of the chosen one longest_gap (frames) and missing (fraction of its points); liftable, reason,
    video, warnings; focal (pixels) where the clip says it, else None.
    """
    if not isinstance(request.get("clip"), str) or not request["clip"].strip():
        raise InspectError(f"expected the path of a clip, got {request.get('clip')!r}")
    path = Path(request["clip"])
    if is_video(path):
        return _video(path, report)
    report.progress("Reading keypoints", 0, 1)
    from ..keypoints.description import describe
    from ..keypoints.layouts import get_layout
    from ..keypoints.point_map import read_map
    from ..keypoints.readers.npz import MOTION_FORMAT
    from ..keypoints.reading import USUAL_FPS

    mapping = read_map(Path(request["keypoint_map"])) if request.get("keypoint_map") else None
    found = describe(path, request.get("fps"), request.get("image_size"), mapping)
    if found.format == MOTION_FORMAT:
        raise InspectError(f"{path.name} is a motion file, the result of a lift: import it instead of lifting it")
    people = [
        {
            "index": person.number,
            "frames": person.frames_seen,
            "first_frame": person.first,
            "last_frame": person.last,
            "longest_gap": person.longest_gap,
            "confidence": round(person.confidence, 3),
            "missing": round(person.missing, 4),
            "liftable": not person.problem,
            "reason": person.problem,
        }
        for person in found.people
    ]
    chosen = people[found.chosen]
    return {
        "clip": str(path),
        "format": _FORMATS.get(found.format, found.format),
        "layout": get_layout(found.layout).title,
        "subject": found.subject,
        "frames": found.frames,
        "first_frame": found.frame_start,
        "last_frame": found.frame_start + found.frames - 1,
        "fps": found.fps or USUAL_FPS,
        "fps_known": found.fps is not None,
        "image_size": list(found.guessed_size),
        "image_size_known": found.image_size is not None,
        "people": people,
        "chosen": found.chosen,
        "longest_gap": chosen["longest_gap"],
        "missing": chosen["missing"],
        "liftable": not found.problem,
        "reason": found.problem,
        "video": find_video(path, found.video),
        "warnings": list(found.warnings),
        "focal": found.focal,
    }


def _video(path: Path, report: Report) -> dict[str, Any]:
    """The facts of a video, in which people are looked for by the lift. Its length is what the container says."""
    report.progress("Opening the video", 0, 1)
    from ..keypoints.description import too_long
    from ..keypoints.layouts import get_layout
    from ..keypoints.reading import LONGEST, long_enough, too_short
    from ..video.video_file import VideoFile

    video = VideoFile(path)
    frames = video.expected or sum(1 for _ in video.frames())
    reason = too_long(frames) if frames > LONGEST else ""
    if not long_enough(frames, video.fps):
        reason = too_short(0, frames, path.name, video.fps)
    person = {
        "index": 0, "frames": frames, "first_frame": 0, "last_frame": frames - 1, "longest_gap": 0, "confidence": 1.0,
        "missing": 0.0, "liftable": not reason, "reason": reason,
    }  # fmt: skip
    return {
        "clip": str(path), "format": "Video", "layout": get_layout("coco17").title, "subject": "human",
        "frames": frames, "first_frame": 0, "last_frame": frames - 1, "fps": video.fps, "fps_known": True,
        "image_size": list(video.image_size), "image_size_known": True, "people": [person], "chosen": 0,
        "longest_gap": 0, "missing": 0.0, "liftable": not reason, "reason": reason, "video": str(path), "warnings": [],
        "focal": video.focal,
    }  # fmt: skip


def find_video(clip: Path, named: str = "") -> str:
    """The footage of a clip: the file that it names, else a video beside it whose name it bears; "" for neither."""
    try:
        if named and (clip.parent / named).is_file():
            return str(clip.parent / named)
        stems = _stems(clip)
        beside = [file for file in clip.parent.iterdir() if file.suffix.lower() in VIDEO_ENDINGS]
        beside = [file for file in beside if file.stem.lower() in stems and file.is_file()]
    except (OSError, ValueError):
        return ""  # footage is a convenience: a folder that cannot be listed is no reason to refuse the clip
    beside.sort(key=lambda file: (stems.index(file.stem.lower()), VIDEO_ENDINGS.index(file.suffix.lower())))
    return str(beside[0]) if beside else ""


def _stems(clip: Path) -> list[str]:
    """The names, in lower case, that the video of a clip may bear: the clip's own, then with endings taken off."""
    stems = [(clip.name if clip.is_dir() else clip.stem).lower()]
    if found := _DEEPLABCUT.fullmatch(stems[0]):
        stems.append(found[1])
    while True:
        for ending in _ADDED:
            shorter = stems[-1].removesuffix(ending)
            if shorter != stems[-1] and shorter[-1:] in ("_", "-", ".", " ") and shorter[:-1]:
                stems.append(shorter[:-1])
                break
        else:
            return stems
