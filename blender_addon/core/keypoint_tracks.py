# SPDX-License-Identifier: GPL-3.0-or-later
"""The clip of keypoints that a film's tracks make: the backend's own JSON format."""

import json
import math
from collections.abc import Mapping, Sequence

from .track_points import TrackedPoints

#: Frames of the film from 0, and where the point is there, in fractions of the picture from its bottom left corner, as
#: Blender has them; None where the track says that the point is hidden.
Track = Mapping[int, tuple[float, float] | None]

_LONGEST_BETWEEN = 0.5  # seconds between two positions that are set, across which the point is taken to go smoothly
_SURE, _BETWEEN = 1.0, 0.5  # confidence of a position that is set, and of one between two


def clip_text(
    tracked: TrackedPoints, tracks: Mapping[str, Track], fps: float, image_size: tuple[int, int], video: str
) -> str:
    """The JSON of a clip. tracks: by point, with None for a frame in which it is hidden. video: the film, named from
    the clip's folder.

    Frames between two positions not far apart are filled in, less surely, unless the track says that the point is
    hidden there. Raises ValueError if there is no frame in which anything is tracked.
    """
    frames = sorted({frame for track in tracks.values() for frame, at in track.items() if at})
    if not frames:
        raise ValueError("none of the tracks has been tracked")
    width, height = image_size
    filled = {name: _filled(track, _LONGEST_BETWEEN * fps) for name, track in tracks.items()}
    rows: list[list | None] = []
    for frame in range(frames[0], frames[-1] + 1):
        row = [_pixels(filled.get(name, {}).get(frame), width, height) for name in tracked.places]
        rows.append(row if any(row) else None)
    document = {
        "format": "lift3d-keypoints", "version": 1, "layout": tracked.layout, "fps": fps, "image_size": [width, height],
        "frame_start": frames[0], "video": video, "people": [{"id": 0, "keypoints": rows}],
    }  # fmt: skip
    return json.dumps(document, allow_nan=False, separators=(",", ":"))


def joined(tracks: Sequence[Track]) -> Track:
    """Several tracks of one point as one, as when it was lost and found again; the first that has a position counts."""
    together: dict[int, tuple[float, float] | None] = {}
    for track in tracks:
        for frame, at in track.items():
            if together.get(frame) is None:
                together[frame] = at
    return together


def _filled(track: Track, longest: float) -> dict[int, tuple[float, float, float]]:
    """Frames, and x, y and confidence there, with what lies between positions at most `longest` frames apart."""
    known = sorted(frame for frame, at in track.items() if at is None or all(map(math.isfinite, at)))
    filled = {frame: (*at, _SURE) for frame in known if (at := track[frame])}
    for number, (begin, end) in enumerate(zip(known, known[1:], strict=False)):
        if not (track[begin] and track[end] and 1 < end - begin <= longest):
            continue
        around = [other if track[other] else near for other, near in
                  ((known[max(number - 1, 0)], begin), (known[min(number + 2, len(known) - 1)], end))]  # fmt: skip
        for frame in range(begin + 1, end):
            filled[frame] = (*_between(track, around[0], begin, end, around[1], frame), _BETWEEN)
    return filled


def _between(track: Track, before: int, begin: int, end: int, after: int, frame: int) -> tuple[float, float]:
    """Where the point is at a frame between `begin` and `end`: a cubic with the slopes that the frames before and after
    those give it."""
    span, share = end - begin, (frame - begin) / (end - begin)
    found = []
    for axis in range(2):
        first, last = track[begin][axis], track[end][axis]
        leaving = span * (last - track[before][axis]) / (end - before)
        arriving = span * (track[after][axis] - first) / (after - begin)
        found.append(
            first + share**2 * (3 - 2 * share) * (last - first)
            + share * (1 - share) * ((1 - share) * leaving - share * arriving)
        )  # fmt: skip
    return found[0], found[1]


def _pixels(at: tuple[float, float, float] | None, width: int, height: int) -> list[float] | None:
    return None if at is None else [round(at[0] * width, 3), round((1 - at[1]) * height, 3), at[2]]
