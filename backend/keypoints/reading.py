# SPDX-License-Identifier: GPL-3.0-or-later
"""Read 2D keypoints from any file whose format is known, recognised by its content."""

import os
from dataclasses import replace
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
from .point_map import PointMap, find_map
from .readers import (
    alphapose,
    badja,
    coco,
    deeplabcut,
    hrnet,
    mmpose,
    npz,
    openpose,
    ours,
    sleap,
    sleap_project,
    vitpose,
)
from .readers.hdf5 import Hdf5
from .resampling import resampled_length

READERS = (npz, ours, deeplabcut, sleap, sleap_project, mmpose, vitpose, hrnet, alphapose, badja, coco, openpose)
WITH_NAMES = (deeplabcut, sleap, sleap_project, mmpose, vitpose, coco)  # those that take a map of their points
MINIMUM_FRAMES = 15  # of the source, or as many at 30 frames a second
SHORTEST_AT_30 = 6  # a fifth of a second: less is a still image
LONGEST = 9000  # frames that are lifted at once
USUAL_FPS = 30.0


def long_enough(frames: int, fps: float) -> bool:
    """Can a clip be lifted: 15 frames, or half a second of a slow film; never less than a fifth of a second."""
    at_30 = resampled_length(frames, fps, USUAL_FPS)
    return max(frames, at_30) >= MINIMUM_FRAMES and at_30 >= SHORTEST_AT_30


def too_short(person: int, frames: int, name: str, fps: float) -> str:
    """The sentence for a person who is in too few frames of a clip."""
    need = next(n for n in range(1, 1000) if long_enough(n, fps))
    return (
        f"Person {person} is in {frames} frame{'s' * (frames > 1)} of {name}: at least {need}"
        f" at {fps:g} frames a second are needed."
    )


def read_keypoints(
    path: str | os.PathLike,
    person: int | None = None,
    fps: float | None = None,
    image_size: tuple[int, int] | None = None,
    first_frame: int | None = None,
    last_frame: int | None = None,
    mapping: PointMap | None = None,
) -> KeypointClip:
    """One person's clip from a keypoint file or an OpenPose folder, in the file's own layout.

    person: a number as `describe` lists them, None: the one seen most. fps and image_size are used in place of what the
    file says; where neither says, 30 is assumed and the size estimated, with a warning. The clip runs from the first
    to the last frame in which the person is seen, of those from first_frame to last_frame (both included and numbered
    as in the source; None: no bound). mapping: the user's map of the file's points, None: that beside the file, else by
    their names. KeypointError, one line, for anything that cannot be read or is not
    `long_enough`.
    """
    detections = in_pixels(load_detections(Path(path), mapping), checked_image_size(image_size))
    tracks = follow(detections)
    return _clip_of(tracks, choose(tracks, person), detections, Path(path), fps, first_frame, last_frame)


def read_people(
    path: str | os.PathLike, fps: float | None = None, image_size: tuple[int, int] | None = None,
    first_frame: int | None = None, last_frame: int | None = None, mapping: PointMap | None = None,
) -> tuple[list[KeypointClip], tuple[int, ...]]:  # fmt: skip
    """The clips of everybody in a file who is `long_enough` in it, in the order of their numbers, and the frames at
    which another shot begins. As `read_keypoints`, which reads one; KeypointError where nobody is."""
    detections = in_pixels(load_detections(Path(path), mapping), checked_image_size(image_size))
    tracks, clips, problems = follow(detections), [], []
    for number in range(len(tracks)):
        try:
            clips.append(_clip_of(tracks, number, detections, Path(path), fps, first_frame, last_frame))
        except KeypointError as error:
            problems.append(error)
    if not clips:
        raise problems[choose(tracks, None)]
    return clips, detections.cuts


def _clip_of(
    tracks: list[Track], number: int, detections: Detections, path: Path, fps: float | None, first_frame: int | None,
    last_frame: int | None,
) -> KeypointClip:  # fmt: skip
    """One of the people who were followed, see `read_keypoints`."""
    fps = None if fps is None else checked_fps(fps)
    track, name = tracks[number], path.name
    if first_frame is not None or last_frame is not None:
        low, high = int(detections.frames[0]), int(detections.frames[-1])
        first = low if first_frame is None else first_frame
        last = high if last_frame is None else last_frame
        if not low <= first <= last <= high:
            raise KeypointError(f"The frames {first} to {last} are not all in {name}, which has {low} to {high}.")
        track, name = _within(track, first, last, number, name), f"{name}, frames {first} to {last}"
    warnings = list(detections.warnings)
    rate = fps or detections.fps
    if rate is None:
        rate = USUAL_FPS
        warnings.append(f"The file does not tell its frame rate: {rate:g} frames a second are assumed.")
    count = int(track.frames[-1] - track.frames[0]) + 1
    if not long_enough(count, rate):
        raise KeypointError(too_short(number, count, name, rate))
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
        camera=detections.camera and detections.camera.part(int(track.frames[0]), count),
        focal=detections.focal,
        focal_source=detections.focal_source,
    )


def _within(track: Track, first: int, last: int, person: int, name: str) -> Track:
    """The part of a track from the frame `first` to the frame `last`, both included."""
    inside = (track.frames >= first) & (track.frames <= last)
    if not inside.any():
        raise KeypointError(
            f"Person {person} is not seen from frame {first} to {last} of {name}, only from {track.frames[0]} to"
            f" {track.frames[-1]}."
        )
    return Track(track.rows[inside], track.frames[inside], track.size)


def load_detections(path: Path, mapping: PointMap | None = None) -> Detections:
    """Everybody in a keypoint file or an OpenPose folder, its points by the map given or found beside it, if there is
    one. Raises KeypointError."""
    if _is_folder(path):
        return read_folder(path)
    document = load_document(path)
    for reader in READERS:
        if reader.recognises(document):
            if reader in WITH_NAMES:
                return reader.read(document, mapping or find_map(path))
            if mapping is not None:
                raise KeypointError(f"{path.name} ({reader.FORMAT}) has points of its own order: it takes no map.")
            return reader.read(document)
    if isinstance(document, Hdf5):
        raise KeypointError(
            f"{path.name} is HDF5, but of no known keypoint format: expected DeepLabCut's predictions, SLEAP's analysis"
            " or a SLEAP project."
        )
    kind = "a list" if isinstance(document, list) else "a single value"
    if isinstance(document, dict):
        kind = f"an object with {', '.join(map(repr, list(document)[:5]))}"[:120]
    raise KeypointError(
        f"{path.name} is JSON, but of no known keypoint format ({kind}): expected {ours.FORMAT}, OpenPose, COCO, HRNet,"
        " MMPose, ViTPose, AlphaPose or BADJA."
    )


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False  # the reader of files says what is wrong with it


def in_pixels(detections: Detections, image_size: tuple[int, int] | None) -> Detections:
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
