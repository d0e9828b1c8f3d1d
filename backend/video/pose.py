# SPDX-License-Identifier: GPL-3.0-or-later
"""What a detector says of one person in one image, and what is asked of every detector."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np


@dataclass(frozen=True, eq=False)
class Box:
    """A rectangle in pixels: left, top, right, bottom."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def area(self) -> float:
        return max(self.right - self.left, 0.0) * max(self.bottom - self.top, 0.0)

    def grown(self, part: float) -> "Box":
        """Larger by ``part`` of its larger side on every side."""
        margin = part * max(self.right - self.left, self.bottom - self.top)
        return Box(self.left - margin, self.top - margin, self.right + margin, self.bottom + margin)

    def within(self, width: int, height: int) -> "Box":
        """The part of it that an image has."""
        left, right = np.clip([self.left, self.right], 0, width)
        top, bottom = np.clip([self.top, self.bottom], 0, height)
        return Box(float(left), float(top), float(right), float(bottom))

    def overlap(self, other: "Box") -> float:
        """Intersection over union, 0 to 1."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        common = max(width, 0.0) * max(height, 0.0)
        return common / max(self.area + other.area - common, 1e-9)


@dataclass(frozen=True, eq=False)
class Pose:
    """points (K, 2) pixels, confidence (K,) in [0, 1], 0 where a point is not seen; person: whom the detector follows,
    the same number as long as it does."""

    points: np.ndarray
    confidence: np.ndarray
    person: int

    @property
    def box(self) -> Box | None:
        """About the points that are seen; None where fewer than two are."""
        seen = self.points[self.confidence > 0]
        if len(seen) < 2:
            return None
        return Box(*seen.min(0).tolist(), *seen.max(0).tolist())


class Detector(Protocol):
    """Looks at the frames of a shot in order; remembers whom it follows until `reset`."""

    layout: str

    def look(self, image: np.ndarray) -> list[Pose]:
        """Everybody in the image (H, W, 3) uint8, BGR."""

    def reset(self) -> None:
        """Forget everybody: another shot begins. Numbers of people go on."""

    def close(self) -> None:
        """Give back what the detector holds."""


def inside(points: np.ndarray, confidence: np.ndarray, width: int, height: int) -> np.ndarray:
    """The confidence (K,) of points (K, 2), 0 for those outside the image: there a detector only guesses."""
    there = (points >= 0).all(-1) & (points[:, 0] <= width) & (points[:, 1] <= height) & np.isfinite(points).all(-1)
    return np.where(there, np.clip(confidence, 0.0, 1.0), 0.0)
