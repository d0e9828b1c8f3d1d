# SPDX-License-Identifier: GPL-3.0-or-later
"""Smooth functions of time: minimum-jerk ramps, low-passed tracks, slow noise."""

import numpy as np
from scipy.ndimage import gaussian_filter1d, maximum_filter1d


def ramp(frames: np.ndarray, start: float, end: float) -> np.ndarray:
    """0 until ``start``, 1 from ``end`` on, between them as a hand moves that jerks least (minimum jerk)."""
    part = ((frames - start) / max(end - start, 1e-6)).clip(0, 1)
    return part**3 * (10 - 15 * part + 6 * part**2)


def low_passed(track: np.ndarray, frames: float) -> np.ndarray:
    """A track (T, ...) smoothed by a Gaussian of that standard deviation, its ends held."""
    return gaussian_filter1d(track, frames, axis=0, mode="nearest")


def smooth_ceiling(track: np.ndarray, frames: int) -> np.ndarray:
    """A smooth track (T,) that is nowhere below ``track``."""
    return low_passed(maximum_filter1d(track, 8 * frames + 1, mode="nearest"), frames)


def slow_noise(generator: np.random.Generator, shape: tuple[int, ...], frames: float) -> np.ndarray:
    """Noise (T, ...) of about unit variance that changes within about so many frames."""
    padded = generator.standard_normal((shape[0] + int(8 * frames), *shape[1:]))
    smooth = low_passed(padded, frames) * np.sqrt(2 * np.sqrt(np.pi) * frames)
    return smooth[int(4 * frames) :][: shape[0]].clip(-2.5, 2.5)
