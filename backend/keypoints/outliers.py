# SPDX-License-Identifier: GPL-3.0-or-later
"""Find keypoints that jump away for a frame or two: a detector's mistakes."""

import numpy as np

_WINDOW = 7  # samples about each: with four good ones among them the median stands
_BODY_LENGTHS = 0.12
_TIMES_LOCAL_MOTION = 6.0


def find_outliers(points: np.ndarray, trusted: np.ndarray, body_length: float) -> np.ndarray:
    """Isolated jumps, much larger than the motion about them.

    points (T,K,2) pixels, trusted (T,K) bool: the samples to look at; body_length pixels. Returns (T,K) bool.
    A sample is an outlier if it lies farther from the median of its neighbours in time than a part of the body's
    length and than several times their usual step, so that a fast but steady motion is none.
    """
    outliers = np.zeros(trusted.shape, dtype=bool)
    half = _WINDOW // 2
    for k in range(points.shape[1]):
        frames = np.nonzero(trusted[:, k])[0]
        if len(frames) < _WINDOW:
            continue
        track = points[frames, k]
        padded = np.pad(track, ((half, half), (0, 0)), mode="edge")
        windows = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW, axis=0)  # (M,2,window)
        off = np.linalg.norm(track - np.median(windows, axis=-1), axis=-1)
        steps = np.linalg.norm(np.diff(windows, axis=-1), axis=1)  # (M, window-1)
        far = np.maximum(_BODY_LENGTHS * body_length, _TIMES_LOCAL_MOTION * np.median(steps, axis=-1))
        outliers[frames[off > far], k] = True
    return outliers
