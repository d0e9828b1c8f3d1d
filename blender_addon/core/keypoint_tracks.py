# SPDX-License-Identifier: GPL-3.0-or-later
"""Tracks that a user names after keypoints, and the clip of keypoints that they make: the backend's own JSON format."""

import json
import math
import re
from collections.abc import Mapping

LAYOUT = "coco17"
#: The layout's points in order, and where they are on an upright figure of height 1 seen from the front: to the image's
#: right and down from the crown.
POINTS = {
    "nose": (0.0, 0.075), "left_eye": (0.02, 0.06), "right_eye": (-0.02, 0.06), "left_ear": (0.045, 0.068),
    "right_ear": (-0.045, 0.068), "left_shoulder": (0.11, 0.18), "right_shoulder": (-0.11, 0.18),
    "left_elbow": (0.13, 0.36), "right_elbow": (-0.13, 0.36), "left_wrist": (0.14, 0.51), "right_wrist": (-0.14, 0.51),
    "left_hip": (0.055, 0.48), "right_hip": (-0.055, 0.48), "left_knee": (0.055, 0.715), "right_knee": (-0.055, 0.715),
    "left_ankle": (0.055, 0.95), "right_ankle": (-0.055, 0.95),
}  # fmt: skip
_SIDES = {"l": "left", "left": "left", "r": "right", "right": "right"}
_ALSO = {"hand": "wrist", "foot": "ankle", "head": "nose"}


def point_of(name: str) -> str | None:
    """The keypoint that a track is named after, however it is written: left_knee, Knee.L, "knee left"; None if none."""
    words = re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower())
    sides = [_SIDES[word] for word in words if word in _SIDES]
    rest = [_ALSO.get(word, word) for word in words if word not in _SIDES]
    if len(sides) > 1 or len(rest) != 1:
        return None
    found = "_".join([*sides, *rest])
    return found if found in POINTS else None


def clip_text(
    tracks: Mapping[str, Mapping[int, tuple[float, float]]], fps: float, image_size: tuple[int, int], video: str
) -> str:
    """The JSON of a clip. tracks: for each point, frames of the film from 0 and where it is there, in fractions of the
    picture from its bottom left corner, as Blender has them. video: the film, named from the clip's folder.

    Raises ValueError if there is no frame in which anything is tracked.
    """
    frames = sorted({frame for track in tracks.values() for frame in track})
    if not frames:
        raise ValueError("no track has a position")
    width, height = image_size
    rows: list[list | None] = []
    for frame in range(frames[0], frames[-1] + 1):
        row = [_pixels(tracks.get(name, {}).get(frame), width, height) for name in POINTS]
        rows.append(row if any(row) else None)
    document = {
        "format": "lift3d-keypoints", "version": 1, "layout": LAYOUT, "fps": fps, "image_size": [width, height],
        "frame_start": frames[0], "video": video, "people": [{"id": 0, "keypoints": rows}],
    }  # fmt: skip
    return json.dumps(document, allow_nan=False, separators=(",", ":"))


def _pixels(at: tuple[float, float] | None, width: int, height: int) -> list[float] | None:
    if at is None or not all(map(math.isfinite, at)):
        return None
    return [round(at[0] * width, 3), round((1 - at[1]) * height, 3), 1.0]
