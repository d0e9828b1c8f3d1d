# SPDX-License-Identifier: GPL-3.0-or-later
"""Poses at the times of a video's frames -> poses at equal distances in time, as clips have them."""

import numpy as np

EVEN = 0.2  # of a frame: closer to n / fps than this is on time
DETECTIONS_PER_SECOND = 30.0  # a faster film is looked at in every second, third ... frame


def stride(fps: float) -> int:
    """Every how many frames a video is looked at: the lift works at 30 a second."""
    return max(int(fps // DETECTIONS_PER_SECOND), 1)


def looks_at(seconds: np.ndarray, fps: float, together: bool = False) -> np.ndarray:
    """The looks' numbers (M,) of times (M,) in ascending order, from 0 on: how many are between two tells of gaps.

    together: equal times have one number; else every look has its own.
    """
    at = np.round((seconds - seconds[0]) * fps / stride(fps)).astype(int)
    if together:
        return np.maximum.accumulate(at)
    order = np.arange(len(at))
    return np.maximum.accumulate(at - order) + order


def evenly_timed(
    seconds: np.ndarray, points: np.ndarray, confidence: np.ndarray, fps: float
) -> tuple[np.ndarray, np.ndarray, int]:
    """Poses at frames n / fps, and the first n.

    seconds (M,) increasing; points (M, K, 2); confidence (M, K), 0 where missing. Between two looks at a point that
    are up to three frames of the slower of both rates apart it moves straight; across longer gaps it is missing.
    Returns points (T, K, 2), NaN where missing, confidence (T, K).
    """
    at = seconds * fps
    first, last = int(np.ceil(at[0] - EVEN)), int(np.floor(at[-1] + EVEN))
    frames = np.arange(first, max(last, first) + 1, dtype=float)
    near = np.abs(at - np.round(at)) <= EVEN
    at = np.where(near, np.round(at), at)
    step = float(np.median(np.diff(at))) if len(at) > 1 else 1.0
    reach = 3 * max(step, 1.0) + EVEN
    out = np.full((len(frames), *points.shape[1:]), np.nan)
    sure = np.zeros((len(frames), points.shape[1]))
    for k in range(points.shape[1]):
        seen = np.nonzero(confidence[:, k] > 0)[0]
        if not len(seen):
            continue
        times = at[seen]
        after = np.clip(np.searchsorted(times, frames), 0, len(times) - 1)
        before = np.where(times[after] <= frames, after, np.maximum(after - 1, 0))
        span = times[after] - times[before]
        inside = (frames >= times[0]) & (frames <= times[-1]) & (span <= reach)
        part = np.where(span > 0, (frames - times[before]) / np.maximum(span, 1e-9), 0.0)[:, None]
        moved = (1 - part) * points[seen[before], k] + part * points[seen[after], k]
        lesser = np.minimum(confidence[seen[before], k], confidence[seen[after], k])
        out[inside, k], sure[inside, k] = moved[inside], lesser[inside]
    return out, sure, first
