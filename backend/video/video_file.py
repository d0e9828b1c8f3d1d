# SPDX-License-Identifier: GPL-3.0-or-later
"""Decode a video frame by frame, in constant memory, with the time at which each frame is shown.

OpenCV decodes whatever its FFmpeg knows and turns frames as their rotation tag says. What containers claim about their
length is only a guess: frames are counted as they come.
"""

import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# OpenCV's FFmpeg writes a line for every frame of a broken file; ours says it once.
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")

import cv2
import numpy as np

from ..keypoints.clip import MAXIMUM_FPS, MAXIMUM_FRAMES, MINIMUM_FPS
from .errors import VideoError
from .focal_metadata import focal_in_metadata

SMALLEST, LARGEST = 32, 16384  # pixels a side


@dataclass(frozen=True, eq=False)
class Frame:
    """number from 0; seconds at which it is shown; image (H, W, 3) uint8, BGR."""

    number: int
    seconds: float
    image: np.ndarray


class VideoFile:
    """A video that can be decoded: fps, image_size (width, height), expected (frames, as the container says; 0 where
    it does not), focal (pixels, likewise; None where it does not). Raises VideoError where there is none."""

    def __init__(self, path: str | os.PathLike):
        self.path = Path(path)
        capture = self._open()
        try:
            fps, count = capture.get(cv2.CAP_PROP_FPS), capture.get(cv2.CAP_PROP_FRAME_COUNT)
            there, image = capture.read()
        finally:
            capture.release()
        if not there or image is None:
            raise VideoError(f"{self.path.name} has no frame that can be decoded: is it a whole video?")
        if not (math.isfinite(fps) and MINIMUM_FPS <= fps <= MAXIMUM_FPS):
            raise VideoError(f"{self.path.name} has a frame rate of {fps:g}: expected {MINIMUM_FPS:g} to 1000 a second")
        height, width = image.shape[:2]
        if not SMALLEST <= min(width, height) <= max(width, height) <= LARGEST:
            raise VideoError(
                f"{self.path.name} is {width} x {height} pixels: expected {SMALLEST} to {LARGEST} on each side"
            )
        self.fps = float(fps)
        self.image_size = (width, height)
        self.focal = focal_in_metadata(self.path, self.image_size)
        self.expected = int(count) if 0 < count <= MAXIMUM_FRAMES else 0

    def frames(self, first: int = 0, last: int | None = None) -> Iterator[Frame]:
        """The frames from ``first`` to ``last`` (both included, None: to the end). Raises VideoError for a video that
        is longer than a clip may be or changes its size."""
        capture = self._open()
        try:
            number, before = 0, -math.inf
            while last is None or number <= last:
                if number < first:
                    if not capture.grab():
                        return
                    number += 1
                    continue
                there, image = capture.read()
                if not there or image is None:
                    return
                if number >= MAXIMUM_FRAMES:
                    raise VideoError(f"{self.path.name} has more than {MAXIMUM_FRAMES:,} frames: give --frames A-B")
                if image.shape[1::-1] != self.image_size:
                    raise VideoError(f"{self.path.name} changes its size at frame {number}: convert it to one size")
                seconds = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
                if not seconds > before:  # containers without times, or with broken ones
                    seconds = max(number / self.fps, before + 0.5 / self.fps)
                before = seconds
                yield Frame(number, seconds, image)
                number += 1
        finally:
            capture.release()

    def _open(self) -> cv2.VideoCapture:
        if not self.path.is_file():
            what = "a folder" if self.path.is_dir() else "not there"
            raise VideoError(f"expected a video, {self.path} is {what}")
        try:
            with open(self.path, "rb") as file:
                empty = not file.read(1)
        except OSError as error:
            raise VideoError(f"cannot read {self.path}: {error.strerror}") from None
        capture = cv2.VideoCapture(str(self.path), cv2.CAP_FFMPEG)
        if empty or not capture.isOpened():
            capture.release()
            why = "it is empty" if empty else "no video that OpenCV can decode"
            raise VideoError(f"cannot read {self.path.name}: {why}")
        capture.set(cv2.CAP_PROP_ORIENTATION_AUTO, 1)  # not by itself with every build of OpenCV
        return capture
