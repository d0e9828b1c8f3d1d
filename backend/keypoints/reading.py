# SPDX-License-Identifier: GPL-3.0-or-later
"""Read 2D keypoints from any file whose format is known, recognised by its content."""

import os
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from .clip import KeypointClip, checked_fps, checked_image_size
from .detections import Detections
from .documents import load_document
from .errors import KeypointError
from .folders import read_folder
from .image_size import estimate_image_size
from .layouts import get_layout
from .people import Track, choose, follow
from .readers import alphapose, coco, hrnet, mmpose, npz, openpose, ours, vitpose
from .resampling import resampled_length

READERS = (npz, ours, mmpose, vitpose, hrnet, alphapose, coco, openpose)
MINIMUM_FRAMES = 15  # of the source, or as many at 30 frames a second
SHORTEST_AT_30 = 6  # a fifth of a second: less is a still image
USUAL_FPS = 30.0


@dataclass(frozen=True)
class PersonSummary:
    """A person as the user chooses it: frames are numbers in the source, size is in pixels (the pose's longer side)."""

    number: int
    frames_seen: int
    first: int
    last: int
    gaps: int
    longest_gap: int
    size: float


@dataclass(frozen=True)
class Description:
    """What a keypoint file holds; fps and image_size are None where the file does not say. `chosen`: by default."""

    format: str
    layout: str
    fps: float | None
    image_size: tuple[int, int] | None
    frame_start: int
    frames: int
    people: tuple[PersonSummary, ...]
    chosen: int
    warnings: tuple[str, ...]


def long_enough(frames: int, fps: float) -> bool:
    """Can a clip be lifted: 15 frames, or half a second of a slow film; never less than a fifth of a second."""
    at_30 = resampled_length(frames, fps, USUAL_FPS)
    return max(frames, at_30) >= MINIMUM_FRAMES and at_30 >= SHORTEST_AT_30


def read_keypoints(
    path: str | os.PathLike,
    person: int | None = None,
    fps: float | None = None,
    image_size: tuple[int, int] | None = None,
) -> KeypointClip:
    """One person's clip from a keypoint file or an OpenPose folder, in the file's own layout.

    person: a number as `describe` lists them, None: the one seen most. fps and image_size are used in place of what the
    file says; where neither says, 30 is assumed and the size estimated, with a warning. The clip runs from the first
    to the last frame in which the person is seen. KeypointError, one line, for anything that cannot be read or is
    not `long_enough`.
    """
    fps = None if fps is None else checked_fps(fps)
    detections = _in_pixels(_load(Path(path)), checked_image_size(image_size))
    tracks = follow(detections)
    number = choose(tracks, person)
    track = tracks[number]
    warnings = list(detections.warnings)
    rate = fps or detections.fps
    if rate is None:
        rate = USUAL_FPS
        warnings.append(f"The file does not tell its frame rate: {rate:g} frames a second are assumed.")
    count = int(track.frames[-1] - track.frames[0]) + 1
    if not long_enough(count, rate):
        need = next(n for n in range(1, 1000) if long_enough(n, rate))
        raise KeypointError(
            f"Person {number} is in {count} frame{'s' * (count > 1)} of {Path(path).name}: at least {need}"
            f" at {rate:g} frames a second are needed."
        )
    size = detections.image_size
    if size is None:
        size = estimate_image_size(detections.points, detections.confidence)
        warnings.append(f"The file does not tell the image size: {size[0]} x {size[1]} is guessed from the keypoints.")
    layout = get_layout(detections.layout)
    points = np.full((count, len(layout), 2), np.nan)
    confidence = np.zeros((count, len(layout)))
    points[track.frames - track.frames[0]] = detections.points[track.rows]
    confidence[track.frames - track.frames[0]] = detections.confidence[track.rows]
    return KeypointClip(
        points=points,
        confidence=confidence,
        fps=rate,
        image_size=size,
        layout=layout.name,
        frame_start=int(track.frames[0]),
        source=str(path),
        person=number,
        warnings=tuple(warnings),
    )


def describe(path: str | os.PathLike) -> Description:
    """What a keypoint file holds, without choosing; KeypointError for what cannot be read at all."""
    detections = _load(Path(path))
    tracks = follow(detections)
    return Description(
        format=detections.format,
        layout=detections.layout,
        fps=detections.fps,
        image_size=detections.image_size,
        frame_start=int(detections.frames[0]),
        frames=int(detections.frames[-1] - detections.frames[0]) + 1,
        people=tuple(_summary(number, track) for number, track in enumerate(tracks)),
        chosen=choose(tracks, None),
        warnings=detections.warnings,
    )


def _summary(number: int, track: Track) -> PersonSummary:
    steps = np.diff(track.frames)
    return PersonSummary(
        number=number,
        frames_seen=track.seen,
        first=int(track.frames[0]),
        last=int(track.frames[-1]),
        gaps=int((steps > 1).sum()),
        longest_gap=int(steps.max(initial=1)) - 1,
        size=track.size,
    )


def _load(path: Path) -> Detections:
    if _is_folder(path):
        return read_folder(path)
    document = load_document(path)
    for reader in READERS:
        if reader.recognises(document):
            return reader.read(document)
    kind = "a list" if isinstance(document, list) else "a single value"
    if isinstance(document, dict):
        kind = f"an object with {', '.join(map(repr, list(document)[:5]))}"[:120]
    raise KeypointError(
        f"{path.name} is JSON, but of no known keypoint format ({kind}): expected {ours.FORMAT}, OpenPose, COCO, HRNet,"
        " MMPose, ViTPose or AlphaPose."
    )


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False  # the reader of files says what is wrong with it


def _in_pixels(detections: Detections, image_size: tuple[int, int] | None) -> Detections:
    """Keypoints in pixels, with the image size the user gave; fractions of the image need one to be scaled by."""
    size = image_size or detections.image_size
    seen = detections.points[detections.confidence > 0]
    if np.abs(seen).max() > 2:
        return replace(detections, image_size=size)
    if size is None or seen.min() < -0.5:
        raise KeypointError("The coordinates are fractions of the image, not pixels: give the image size.")
    note = f"The coordinates are fractions of the image: scaled to {size[0]} x {size[1]} pixels."
    points = detections.points * np.array(size, dtype=float)
    return replace(detections, points=points, image_size=size, warnings=detections.warnings + (note,))
