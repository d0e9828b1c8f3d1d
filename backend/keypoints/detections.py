# SPDX-License-Identifier: GPL-3.0-or-later
"""What a reader takes from a file: loose 2D poses of any number of people, before they are followed over time."""

from dataclasses import dataclass, field, replace

import numpy as np

from .camera_track import CameraTrack
from .clip import MAXIMUM_FRAMES, MAXIMUM_PIXEL
from .errors import KeypointError
from .layouts import BEGIN_WITH_COCO_17, get_layout

UNKNOWN_PERSON = -1
_RENUMBER_ABOVE = 1_000_000  # image ids of data sets, not frame numbers; also near Blender's last frame


@dataclass(frozen=True, eq=False)
class Detections:
    """N poses, sorted by frame.

    frames (N,) int numbers in the source; people (N,) int: a tracker's identity or UNKNOWN_PERSON; points (N,K,2)
    pixels, NaN where missing; confidence (N,K) in [0,1], 0 where missing. fps and image_size: None if the file does
    not say. settled: the file's people are whole people, not a tracker's fragments that may be joined. video: the
    footage as the file names it, "" if it does not. camera: how it turned, None if it did not or the file does not say.
    focal: pixels, None if the file does not say, and where that is from. cuts: the frames at which another shot begins.
    """

    format: str
    layout: str
    frames: np.ndarray
    people: np.ndarray
    points: np.ndarray
    confidence: np.ndarray
    fps: float | None = None
    image_size: tuple[int, int] | None = None
    settled: bool = False
    video: str = ""
    warnings: tuple[str, ...] = field(default=())
    camera: CameraTrack | None = None
    focal: float | None = None
    focal_source: str = ""
    cuts: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.frames)


def whole_number(value, what: str) -> int:
    """A whole number that is not negative; KeypointError naming what it is otherwise."""
    if isinstance(value, int | float | np.number) and not isinstance(value, bool):
        if 0 <= value < 2**53 and value == int(value):
            return int(value)
    raise KeypointError(f"The {what} is a whole number of 0 or more; this one is {str(value)[:40]!r}.")


def identity(value) -> int:
    """A tracker's number for a person, however it is wrapped ([7], 7.0, "7"); UNKNOWN_PERSON if it gives none."""
    while isinstance(value, list) and value:
        value = value[0]
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):
        return UNKNOWN_PERSON
    return number if 0 <= number < 2**53 else UNKNOWN_PERSON


def number_array(value, what: str) -> np.ndarray:
    """Nested lists of numbers as float64, null as NaN; KeypointError if it is anything else."""
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise KeypointError(f"The {what} are not lists of numbers of one length.") from None
    if array.ndim == 0:
        raise KeypointError(f"The {what} are not a list.")
    return array


def triples(value, what: str) -> np.ndarray:
    """x, y, confidence of a pose, flat or one list a point -> (K,3)."""
    array = number_array(value, what)
    if array.ndim == 1 and len(array) % 3 == 0:
        return array.reshape(-1, 3)
    if array.ndim == 2 and array.shape[1] == 3:
        return array
    raise KeypointError(f"The {what} are not x, y, confidence for each point (their shape is {array.shape}).")


class DetectionList:
    """Collects the poses of a document and checks them all at once."""

    def __init__(self, format: str):
        self.format = format
        self._poses: list[np.ndarray] = []
        self._frames: list[int] = []
        self._people: list[int] = []

    def __len__(self) -> int:
        return len(self._poses)

    @property
    def points_each(self) -> int:
        return len(self._poses[0]) if self._poses else 0

    def add(self, frame: int, pose: np.ndarray, person: int = UNKNOWN_PERSON) -> None:
        """One pose (K,3): x, y in pixels and the source's confidence, in the frame of that number."""
        if self._poses and pose.shape != self._poses[0].shape:
            raise KeypointError(
                f"Frame {frame} has a pose of {len(pose)} points, others have {len(self._poses[0])}: all must agree."
            )
        self._poses.append(pose)
        self._frames.append(frame)
        self._people.append(person)

    def stacked(self) -> np.ndarray:
        """(N,K,3) all poses as they were added; KeypointError if there are none."""
        if not self._poses:
            raise KeypointError(f"There is no person in this file ({self.format}).")
        return np.stack(self._poses)

    def finish(self, layout: str, columns: list[int | None] | None = None, **known) -> Detections:
        """The checked detections; columns picks the layout's points out of longer poses, None: one that is missing.
        known: fps, image_size ..."""
        poses = self.stacked()
        if columns is not None:
            poses = np.concatenate([poses, np.full((len(poses), 1, 3), np.nan)], axis=1)
            poses = poses[:, [-1 if column is None else column for column in columns]]
        return clean(
            Detections(
                format=self.format,
                layout=layout,
                frames=np.array(self._frames, dtype=np.int64),
                people=np.array(self._people, dtype=np.int64),
                points=poses[..., :2],
                confidence=poses[..., 2],
                **known,
            )
        )

    def finish_by_count(self, layouts: dict[int, str], **known) -> Detections:
        """Finish with the layout that the number of points names; sets that begin with COCO's 17 are cut to those."""
        count = self.points_each
        if not count or count in layouts:
            return self.finish(layouts.get(count, ""), **known)
        if count in BEGIN_WITH_COCO_17 and 17 in layouts:
            return self.finish(layouts[17], columns=list(range(17)), **known)
        counts = ", ".join(str(number) for number in sorted(layouts))
        raise KeypointError(f"Poses of {count} points in this file ({self.format}): expected {counts} points a person.")


def clean(raw: Detections) -> Detections:
    """Check raw numbers and bring them to the form of Detections.

    NaN, (0, 0) and confidence 0 mean missing; poses without any point are dropped; confidences beyond 1 are brought
    back to [0,1] and said so. KeypointError for infinite or absurd coordinates and for frames too far apart.
    """
    if raw.points.shape[1:] != (len(get_layout(raw.layout)), 2):
        raise KeypointError(f"Keypoints of the layout {raw.layout} have {len(get_layout(raw.layout))} points a person.")
    points = np.array(raw.points, dtype=np.float64)
    confidence = np.array(raw.confidence, dtype=np.float64)
    wrong = (np.abs(points) > MAXIMUM_PIXEL).any(axis=-1) | np.isinf(confidence)
    if wrong.any():
        frame = raw.frames[np.nonzero(wrong)[0][0]]
        raise KeypointError(f"Frame {frame} has a number far out of range: coordinates are pixels, confidences 0 to 1.")
    missing = np.isnan(points).any(axis=-1) | (points == 0).all(axis=-1) | ~(confidence > 0)
    confidence[missing] = 0.0
    points[missing] = np.nan
    confidence, note = _unit_confidence(confidence)
    kept = np.nonzero((confidence > 0).any(axis=1))[0]
    if not len(kept):
        raise KeypointError(
            f"No keypoint is present in this file ({raw.format}): all are missing or have confidence 0."
        )
    kept = kept[np.argsort(raw.frames[kept], kind="stable")]
    frames = raw.frames[kept]
    if frames[-1] - frames[0] >= MAXIMUM_FRAMES:
        raise KeypointError(
            f"The frames are numbered {frames[0]} to {frames[-1]}: at most {MAXIMUM_FRAMES:,} can be read."
        )
    if frames[-1] > _RENUMBER_ABOVE:
        frames = frames - frames[0]
    return replace(
        raw,
        frames=frames,
        people=raw.people[kept],
        points=points[kept],
        confidence=confidence[kept],
        warnings=raw.warnings + note,
    )


def _unit_confidence(confidence: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    """Confidences in [0,1] and what was done to them; those already there are left exactly as they are."""
    highest = confidence.max(initial=0.0)
    if highest <= 1:
        return confidence, ()
    if highest <= 1.25:  # peaks of heat maps overshoot a little (HRNet, AlphaPose): the scale is still 0 to 1
        return np.minimum(confidence, 1.0), (f"Confidences up to {highest:.2f} were cut to 1.",)
    scale = np.percentile(confidence[confidence > 0], 99)
    note = f"Confidences up to {highest:.4g} were divided by {scale:.4g} to lie between 0 and 1."
    return np.minimum(confidence / scale, 1.0), (note,)
