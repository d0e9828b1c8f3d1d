# SPDX-License-Identifier: GPL-3.0-or-later
"""Change a clip's frame rate, and the grid that leads there and back."""

import math
from dataclasses import replace

import numpy as np

from .clip import KeypointClip, checked_fps


def resampled_length(frames: int, fps: float, new_fps: float) -> int:
    """How many frames at new_fps span the same time: round((frames - 1) / fps * new_fps) + 1, halves upwards."""
    return math.floor((frames - 1) / fps * new_fps + 0.5 + 1e-9) + 1


def sample_positions(frames: int, fps: float, new_fps: float, new_frames: int | None = None) -> np.ndarray:
    """Where the frames of a new grid lie on an old one, both starting at time 0.

    frames at fps is the old grid; new_frames at new_fps the new one (None: resampled_length). Returns (new_frames,)
    fractional positions in old frames, held at the last. The way back from T' frames to the source's own T is
    sample_positions(T', new_fps, fps, T): exactly the source's times, whatever was rounded on the way there.
    """
    count = resampled_length(frames, fps, new_fps) if new_frames is None else new_frames
    return np.clip(np.arange(count) * (fps / new_fps), 0.0, frames - 1)


def resample(clip: KeypointClip, fps: float) -> KeypointClip:
    """The clip at another frame rate, linear in time.

    A new frame between two old ones takes a point only where both have it (position and confidence interpolated),
    so that nothing is carried across a gap; one that falls on an old frame takes that frame as it is.
    """
    fps = checked_fps(fps)
    if fps == clip.fps:
        return clip
    position = sample_positions(len(clip), clip.fps, fps)
    # a grid that divides evenly lands on frames up to rounding error: take those as they are
    position = np.where(np.abs(position - np.round(position)) < 1e-6, np.round(position), position)
    before = np.floor(position).astype(int)
    after = np.minimum(before + 1, len(clip) - 1)
    part = (position - before)[:, None]
    after = np.where(part[:, 0] == 0, before, after)
    confidence = (1 - part) * clip.confidence[before] + part * clip.confidence[after]
    confidence[~(clip.present[before] & clip.present[after])] = 0.0
    points = (1 - part[..., None]) * clip.points[before] + part[..., None] * clip.points[after]
    start = int(round(clip.frame_start * fps / clip.fps))
    return replace(clip, points=points, confidence=confidence, fps=fps, frame_start=start)
