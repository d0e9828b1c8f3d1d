# SPDX-License-Identifier: GPL-3.0-or-later
"""MediaPipe's BlazePose as a detector: its model lies in the package, so that nothing has to be fetched.

It follows one person. Several are followed by one instance each: an instance finds its person in an image in which the
others are painted over, and then follows it through whole images. One that comes to lie on another's person is sent to
look again.
"""

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np

from ..keypoints.layouts import get_layout
from .errors import DetectorError
from .pose import Box, Pose, inside

LAYOUT = "coco17"
SAME_PERSON = 0.6  # overlap of two boxes
LOOK_FOR_MORE_EVERY = 15  # frames
LEAST_SEEN = 6  # points of a person newly found
SEEN = 0.5  # visibility
PAINT = 127

# BlazePose's 33 points by number.
_NUMBERS = {
    "nose": 0, "left_eye": 2, "right_eye": 5, "left_ear": 7, "right_ear": 8, "left_shoulder": 11, "right_shoulder": 12,
    "left_elbow": 13, "right_elbow": 14, "left_wrist": 15, "right_wrist": 16, "left_hip": 23, "right_hip": 24,
    "left_knee": 25, "right_knee": 26, "left_ankle": 27, "right_ankle": 28,
}  # fmt: skip


class MediapipePeople:
    """Follows up to ``most`` people, see `pose.Detector`. Raises DetectorError where MediaPipe is not installed."""

    layout = LAYOUT

    def __init__(self, most: int = 1):
        self._solution = _load()
        self._order = [_NUMBERS[name] for name in get_layout(LAYOUT).names]
        self.most = most
        self._next = 0
        self._watched: dict[int, Any] = {}  # person -> instance
        self._frame = 0

    def look(self, image: np.ndarray) -> list[Pose]:
        poses: dict[int, Pose] = {}
        for person, instance in list(self._watched.items()):
            pose = self._ask(instance, image, person)
            taken = pose and any(_overlap(pose, other) > SAME_PERSON for other in poses.values())
            if pose is None or taken:
                self._forget(person)
            else:
                poses[person] = pose
        if len(poses) < self.most and (not poses or self._frame % LOOK_FOR_MORE_EVERY == 0):
            self._find(image, poses)
        self._frame += 1
        return [poses[person] for person in sorted(poses)]

    def reset(self) -> None:
        for person in list(self._watched):
            self._forget(person)
        self._frame = 0

    def close(self) -> None:
        self.reset()

    def _forget(self, person: int) -> None:
        self._watched.pop(person).close()

    def _find(self, image: np.ndarray, poses: dict[int, Pose]) -> None:
        """Add people who are not followed yet to ``poses``: in the whole image, then in its parts."""
        for part in _parts(image) if self.most > 1 else [None]:
            if len(poses) >= self.most:
                return
            shown = _painted_over(image, [pose.box for pose in poses.values()], part)
            with _terminal_left_alone():
                instance = self._solution.Pose(model_complexity=1, smooth_landmarks=False)
                pose = self._ask(instance, shown, self._next)
            if (
                pose is None
                or (pose.confidence > SEEN).sum() < LEAST_SEEN
                or any(_overlap(pose, other) > SAME_PERSON for other in poses.values())
            ):
                instance.close()
                continue
            self._watched[self._next] = instance
            poses[self._next] = pose
            self._next += 1

    def _ask(self, instance: Any, image: np.ndarray, person: int) -> Pose | None:
        height, width = image.shape[:2]
        found = instance.process(cv2.cvtColor(image, cv2.COLOR_BGR2RGB)).pose_landmarks
        if found is None:
            return None
        rows = np.array([(mark.x * width, mark.y * height, mark.visibility) for mark in found.landmark])[self._order]
        pose = Pose(rows[:, :2], inside(rows[:, :2], rows[:, 2], width, height), person)
        return pose if pose.box is not None else None


def _parts(image: np.ndarray) -> list[Box | None]:
    """The whole image and overlapping thirds of it, along its longer side."""
    height, width = image.shape[:2]
    if width >= height:
        return [None, *(Box(x * width, 0, (x + 0.5) * width, height) for x in (0.0, 0.25, 0.5))]
    return [None, *(Box(0, y * height, width, (y + 0.5) * height) for y in (0.0, 0.25, 0.5)),
            *(Box(x * width, 0, (x + 0.5) * width, height) for x in (0.0, 0.25, 0.5))]  # fmt: skip


def _painted_over(image: np.ndarray, others: list[Box | None], part: Box | None) -> np.ndarray:
    """The image without what is outside of ``part`` and without the other people."""
    if part is None and not others:
        return image
    height, width = image.shape[:2]
    shown = image.copy()
    if part is not None:
        keep = _pixels(part.within(width, height))
        shown[:] = PAINT
        shown[keep] = image[keep]
    for box in others:
        if box is not None:
            shown[_pixels(box.grown(0.05).within(width, height))] = PAINT
    return shown


def _pixels(box: Box) -> tuple[slice, slice]:
    return slice(int(box.top), int(box.bottom)), slice(int(box.left), int(box.right))


def _overlap(one: Pose, other: Pose) -> float:
    return one.box.overlap(other.box) if one.box and other.box else 0.0


@contextlib.contextmanager
def _terminal_left_alone() -> Iterator[None]:
    """MediaPipe's C++ greets with warnings on stderr that are meant for its makers, whatever its log level."""
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _load() -> Any:
    """MediaPipe's pose solution."""
    try:
        with _terminal_left_alone():
            from mediapipe.python.solutions import pose
    except ImportError as error:
        raise DetectorError(f"MediaPipe is not installed ({error}): run set_up.py, or Repair in the add-on") from None
    return pose
