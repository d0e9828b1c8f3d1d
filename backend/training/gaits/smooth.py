# SPDX-License-Identifier: GPL-3.0-or-later
"""Smooth curves of time: blends without jerks, random processes without corners."""

import numpy as np


def ease(part: np.ndarray) -> np.ndarray:
    """Minimum jerk (Flash & Hogan 1985): 0 up to part 0, 1 from part 1 on, at rest at both ends."""
    part = np.clip(part, 0.0, 1.0)
    return part**3 * (10 + part * (6 * part - 15))


def bump(part: np.ndarray, early: float = 0.0) -> np.ndarray:
    """0 outside of (0, 1), 1 in between, at rest at both ends; ``early`` > 0 moves the top towards the beginning."""
    part = np.clip(part, 0.0, 1.0)
    warped = part + early * part * (1 - part)
    return (4 * warped * (1 - warped)) ** 1.6


def noise(generator: np.random.Generator, time: np.ndarray, hertz: float, size: float = 1.0, terms: int = 6):
    """A random process (T,) of standard deviation ``size``: sines of frequencies up to ``hertz``, seconds in."""
    frequency = hertz * generator.uniform(0.1, 1.0, terms)
    phase = generator.uniform(0, 2 * np.pi, terms)
    weight = generator.uniform(0.3, 1.0, terms)
    waves = np.sin(2 * np.pi * time[:, None] * frequency + phase) @ weight
    return waves * (size * np.sqrt(2) / np.linalg.norm(weight))
