# SPDX-License-Identifier: GPL-3.0-or-later
"""How sure a mean over windows is: bootstrap intervals, seeded, the same resamples for every method."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

RESAMPLES = 5000
CONFIDENCE = 0.95


def bootstrap_interval(values: Sequence[float], seed: int = 0) -> tuple[float, float]:
    """The percentile interval of the mean of values (N,): its bounds at CONFIDENCE, resampled over the N windows.

    The same N and seed give the same resamples, so that two methods' intervals come from the same draws of windows.
    """
    values = np.asarray(values, np.float64)
    draws = np.random.default_rng(seed).integers(len(values), size=(RESAMPLES, len(values)))
    tail = 50 * (1 - CONFIDENCE)
    low, high = np.percentile(values[draws].mean(1), [tail, 100 - tail])
    return float(low), float(high)


def paired_interval(first: Sequence[float], second: Sequence[float], seed: int = 0) -> tuple[float, float]:
    """The interval of the mean of first - second, both (N,) of the same windows: without 0, the difference is clear."""
    return bootstrap_interval(np.asarray(first, np.float64) - np.asarray(second, np.float64), seed)
