# SPDX-License-Identifier: GPL-3.0-or-later
"""What a keypoint file holds and whether it can be lifted, told before anybody is chosen and anything is lifted."""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .clip import checked_fps, checked_image_size
from .detections import Detections
from .errors import KeypointError
from .image_size import estimate_image_size
from .layouts import MODEL_LAYOUTS, convert, get_layout
from .people import Track, choose, follow
from .point_map import PointMap
from .reading import LONGEST, USUAL_FPS, in_pixels, load_detections, long_enough, too_short

MOST_MISSING = 0.9  # of the keypoints: beyond it there is too little to lift


@dataclass(frozen=True)
class PersonSummary:
    """A person as the user chooses it.

    Frames are numbers in the source, size is in pixels (the pose's longer side), confidence the mean of the points
    that are there, missing the part of the model's points (a human's 18, an animal's 17) that is not, from the first
    frame to the last.
    problem: why this person cannot be lifted, "" if it can.
    """

    number: int
    frames_seen: int
    first: int
    last: int
    gaps: int
    longest_gap: int
    size: float
    confidence: float
    missing: float
    problem: str


@dataclass(frozen=True)
class Description:
    """What a keypoint file holds. `chosen`: by default. subject: who the layout is of, human or cat.

    fps and image_size are None where neither the file nor the user says; guessed_size is what would then be assumed.
    problem: why nobody in it can be lifted as it is, "" if the chosen person can. video: as the file names it, or
    "". focal: pixels, None where the file does not say.
    """

    format: str
    layout: str
    subject: str
    fps: float | None
    image_size: tuple[int, int] | None
    guessed_size: tuple[int, int]
    frame_start: int
    frames: int
    people: tuple[PersonSummary, ...]
    chosen: int
    problem: str
    video: str
    warnings: tuple[str, ...]
    focal: float | None = None


def describe(
    path: str | os.PathLike, fps: float | None = None, image_size: tuple[int, int] | None = None,
    mapping: PointMap | None = None,
) -> Description:  # fmt: skip
    """What a keypoint file holds, without choosing; KeypointError for what cannot be read at all.

    fps, image_size and mapping are the user's, used in place of what the file says, as `read_keypoints` does.
    """
    fps, image_size = None if fps is None else checked_fps(fps), checked_image_size(image_size)
    detections, problem = load_detections(Path(path), mapping), ""
    try:
        detections = in_pixels(detections, image_size)
    except KeypointError as error:
        problem = str(error)
    tracks, rate = follow(detections), fps or detections.fps
    name = Path(path).name
    people = tuple(_summary(number, track, detections, rate, name) for number, track in enumerate(tracks))
    chosen = choose(tracks, None)
    return Description(
        format=detections.format,
        layout=detections.layout,
        subject=get_layout(detections.layout).figure.subject,
        fps=rate,
        image_size=detections.image_size,
        guessed_size=detections.image_size or estimate_image_size(detections.points, detections.confidence),
        frame_start=int(detections.frames[0]),
        frames=int(detections.frames[-1] - detections.frames[0]) + 1,
        people=people,
        chosen=chosen,
        problem=problem or people[chosen].problem,
        video=detections.video,
        warnings=detections.warnings,
        focal=detections.focal or (detections.camera and detections.camera.focal),
    )


def _summary(number: int, track: Track, detections: Detections, fps: float | None, name: str) -> PersonSummary:
    steps, confidence = np.diff(track.frames), detections.confidence[track.rows]
    frames = int(track.frames[-1] - track.frames[0]) + 1
    model = MODEL_LAYOUTS[get_layout(detections.layout).figure.subject]
    _, wanted = convert(detections.points[track.rows], confidence, detections.layout, model)
    missing = 1 - float((wanted > 0).sum()) / (frames * wanted.shape[1])
    return PersonSummary(
        number=number,
        frames_seen=track.seen,
        first=int(track.frames[0]),
        last=int(track.frames[-1]),
        gaps=int((steps > 1).sum()),
        longest_gap=int(steps.max(initial=1)) - 1,
        size=track.size,
        confidence=float(confidence[confidence > 0].mean()),
        missing=missing,
        problem=_problem(number, frames, missing, fps or USUAL_FPS, name),
    )


def _problem(person: int, frames: int, missing: float, fps: float, name: str) -> str:
    if not long_enough(frames, fps):
        return too_short(person, frames, name, fps)
    if frames > LONGEST:
        return too_long(frames)
    if missing > MOST_MISSING:
        return too_empty(missing)
    return ""


def too_long(frames: int) -> str:
    """The sentence for a clip of too many frames."""
    return f"This clip has {frames:,} frames: at most {LONGEST:,} are lifted at once; choose a range of frames."


def too_empty(missing: float) -> str:
    """The sentence for a clip in which too little is seen. missing: fraction."""
    return f"{missing:.0%} of the keypoints are missing: there is too little to lift."
