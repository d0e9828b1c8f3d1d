# SPDX-License-Identifier: GPL-3.0-or-later
"""One person's 2D keypoints over time: what every reader returns and everything after it works on."""

from dataclasses import dataclass, field, replace

import numpy as np

from .camera_track import CameraTrack
from .errors import KeypointError
from .layouts import convert, get_layout

MAXIMUM_FRAMES = 1_000_000
MINIMUM_FPS, MAXIMUM_FPS = 1.0, 1000.0
MAXIMUM_PIXEL = 1e6  # no image is larger; a coordinate beyond it is a broken number


@dataclass(frozen=True, eq=False)
class KeypointClip:
    """2D keypoints of one person; immutable, the arrays are read-only copies.

    points (T,K,2) float64 pixels from the image's top left corner, x right, y down; NaN where missing (a point of
    confidence 0 has no position and is made NaN). confidence (T,K) in [0,1], the source's own, 0 where missing.
    fps in [1,1000]; image_size (width, height) pixels or None; layout: a name in layouts.LAYOUTS; frame_start: the
    number of the first frame in the source; person: its number in the source (see people.py); camera: how it turned in
    these frames, None for one that stood still; focal: its focal length in pixels (of the camera's reference view),
    None where nobody knows, and where that is from.
    KeypointError if any of this does not hold.
    """

    points: np.ndarray
    confidence: np.ndarray
    fps: float
    image_size: tuple[int, int] | None
    layout: str
    frame_start: int = 0
    source: str = ""
    person: int = 0
    warnings: tuple[str, ...] = field(default=())
    camera: CameraTrack | None = None
    focal: float | None = None
    focal_source: str = ""

    def __post_init__(self):
        names = get_layout(self.layout).names
        points, confidence = _floats(self.points, "points"), _floats(self.confidence, "confidence")
        if points.ndim != 3 or points.shape[1:] != (len(names), 2) or confidence.shape != points.shape[:2]:
            raise KeypointError(
                f"Keypoints of the layout {self.layout} are points (T,{len(names)},2) with confidence (T,{len(names)});"
                f" these are {points.shape} with {confidence.shape}."
            )
        if not 1 <= len(points) <= MAXIMUM_FRAMES:
            raise KeypointError(f"A clip has 1 to {MAXIMUM_FRAMES:,} frames; this one has {len(points):,}.")
        if not (np.isfinite(confidence).all() and confidence.min() >= 0 and confidence.max() <= 1):
            raise KeypointError("Confidences lie between 0 and 1, and are 0 where a point is missing.")
        present = confidence > 0
        if not (np.abs(points[present]) <= MAXIMUM_PIXEL).all():  # also false for NaN and infinity
            raise KeypointError("Some points have a confidence but no usable position in pixels.")
        if self.camera is not None and (len(self.camera), self.camera.frame_start) != (len(points), self.frame_start):
            raise KeypointError("A clip's camera is of the clip's own frames; this one is of others.")
        if self.focal is not None:
            object.__setattr__(self, "focal", checked_focal(self.focal))
        points[~present] = np.nan
        points.setflags(write=False)
        confidence.setflags(write=False)
        object.__setattr__(self, "points", points)
        object.__setattr__(self, "confidence", confidence)
        object.__setattr__(self, "fps", checked_fps(self.fps))
        object.__setattr__(self, "image_size", checked_image_size(self.image_size))
        object.__setattr__(self, "warnings", tuple(self.warnings))

    def __len__(self) -> int:
        return len(self.points)

    @property
    def present(self) -> np.ndarray:
        """(T,K) bool: where the source has a point."""
        return self.confidence > 0

    @property
    def duration(self) -> float:
        """Seconds from the first frame to the last."""
        return (len(self) - 1) / self.fps

    def to_layout(self, layout: str) -> "KeypointClip":
        """The same clip in another layout (see layouts.convert)."""
        points, confidence = convert(self.points, self.confidence, self.layout, layout)
        return replace(self, points=points, confidence=confidence, layout=layout)

    def with_warnings(self, *more: str) -> "KeypointClip":
        """The clip with further warnings."""
        return replace(self, warnings=(*self.warnings, *more))

    def mirrored(self) -> "KeypointClip":
        """The clip seen in a mirror: x becomes width - x, left and right points are exchanged. Needs the image size."""
        if self.image_size is None:
            raise KeypointError("A clip without an image size cannot be mirrored: give the image size.")
        order = get_layout(self.layout).mirror
        points = self.points[:, order].copy()
        points[..., 0] = self.image_size[0] - points[..., 0]
        return replace(self, points=points, confidence=self.confidence[:, order])

    def subclip(self, start: int, stop: int) -> "KeypointClip":
        """Frames start to stop - 1, counted from the clip's first frame; frame_start moves along."""
        if not 0 <= start < stop <= len(self):
            raise KeypointError(f"Frames {start} to {stop} are not all in a clip of {len(self)} frames.")
        return replace(
            self,
            points=self.points[start:stop],
            confidence=self.confidence[start:stop],
            frame_start=self.frame_start + start,
            camera=self.camera and self.camera.part(self.frame_start + start, stop - start),
        )

    def steadied(self, focal: float) -> "KeypointClip":
        """The clip as its camera would have it, had it not turned; focal of the reference view in pixels. Points that
        it could not have seen are missing."""
        if self.camera is None:
            return self
        if self.image_size is None:
            raise KeypointError("A clip without an image size cannot be steadied: give the image size.")
        centre = self.camera.centre or (self.image_size[0] / 2, self.image_size[1] / 2)
        points = self.camera.steadied(self.points, focal, centre)
        confidence = np.where(np.isfinite(points).all(-1), self.confidence, 0.0)
        return replace(self, points=points, confidence=confidence, camera=None)


def checked_fps(value) -> float:
    """A frame rate of 1 to 1000 as a float; KeypointError otherwise."""
    try:
        fps = float(value)
    except (TypeError, ValueError, OverflowError):
        fps = np.nan
    if not MINIMUM_FPS <= fps <= MAXIMUM_FPS:
        raise KeypointError(f"The frame rate is a number from 1 to 1000; this one is {str(value)[:40]}.")
    return fps


def checked_focal(value) -> float:
    """A focal length in pixels as a float; KeypointError otherwise."""
    if isinstance(value, int | float | np.number) and not isinstance(value, bool) and 1 <= value <= 1e6:
        return float(value)
    raise KeypointError(f"A camera's focal length is in pixels, 1 to 1,000,000; this one is {str(value)[:40]!r}.")


def checked_image_size(value) -> tuple[int, int] | None:
    """(width, height) as whole pixels, or None for None; KeypointError otherwise."""
    if value is None:
        return None
    try:
        width, height = (float(side) for side in value)
        if width == int(width) and height == int(height) and 1 <= min(width, height) <= max(width, height) <= 1e5:
            return int(width), int(height)
    except (TypeError, ValueError, OverflowError):
        pass
    raise KeypointError(f"The image size is a width and a height in pixels; this one is {str(value)[:40]}.")


def _floats(array, what: str) -> np.ndarray:
    try:
        return np.array(array, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise KeypointError(f"The {what} of a clip are numbers.") from None
