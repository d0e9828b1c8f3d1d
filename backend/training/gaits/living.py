# SPDX-License-Identifier: GPL-3.0-or-later
"""What an animal does beside its gait or posture: head, tail, ears, breath, and small differences of every pose."""

import numpy as np

from .smooth import bump, noise
from .track import Track


def live(track: Track) -> None:
    """Add an animal's own life to its track, as chance draws it."""
    generator, pose, size = track.generator, track.pose, track.measures.stride
    _posture(track)
    _head(track)
    _tail(track)
    _ears(track)
    breath = generator.uniform(0.3, 0.9) / np.sqrt(size / 0.2)
    depth = generator.uniform(0.002, 0.008)
    wave = depth * np.sin(2 * np.pi * breath * track.time + generator.uniform(0, 6.3))
    pose["shoulder"] += wave + noise(generator, track.time, 1.0, 0.005)
    pose["hip"] += 0.5 * wave + noise(generator, track.time, 1.0, 0.005)
    pose["bend"] += noise(generator, track.time, 0.6, 0.02)
    pose["flex"] += noise(generator, track.time, 0.6, 0.015)
    if generator.random() < 0.3:
        pose["mouth"] += generator.uniform(0.1, 0.35) + 0.06 * np.sin(2 * np.pi * 2.4 * track.time)


def _posture(track: Track) -> None:
    """How this animal stands: a little crouched or tall, narrow or wide, arched or hollow."""
    generator, pose = track.generator, track.pose
    # A clip that is about a low posture keeps it; these are shares of what is left of the height.
    pose["hip"] *= generator.normal(0.985, 0.015)
    pose["shoulder"] *= generator.normal(0.985, 0.015)
    pose["flex"] += generator.normal(0, 0.07)
    pose["front_apart"] *= generator.uniform(0.7, 1.25)
    pose["back_apart"] *= generator.uniform(0.7, 1.3)
    pose["front_ahead"] += generator.normal(0, 0.03)
    pose["back_ahead"] += generator.normal(0, 0.04)


def _head(track: Track) -> None:
    generator, pose, time = track.generator, track.pose, track.time
    lively = generator.uniform(0.3, 1.6)
    pose["neck"] += generator.normal(0.0, 0.16)
    pose["head"] += generator.normal(-0.03, 0.12)
    track.look["yaw"] += noise(generator, time, 0.7, 0.1 * lively)
    track.look["pitch"] += noise(generator, time, 0.6, 0.07 * lively)
    track.look["tilt"] += noise(generator, time, 0.6, 0.05 * lively)
    for _ in range(generator.poisson(0.25 * track.seconds * lively)):
        glance(track, generator.uniform(-1, track.seconds), generator.uniform(0.6, 2.0))


def glance(track: Track, start: float, seconds: float, least: float = 0.15) -> None:
    """Turn the head to somewhere for a while."""
    generator = track.generator
    quick = generator.uniform(0.2, 0.5)
    shown = track.part(start, start + quick) - track.part(start + seconds, start + seconds + 1.3 * quick)
    side = generator.choice([-1, 1]) * generator.uniform(least, 1.0)
    track.look["yaw"] += side * shown
    track.look["pitch"] += generator.normal(0.05, 0.2) * shown
    track.look["tilt"] += generator.normal(0, 0.12) * shown


def _tail(track: Track) -> None:
    """Carried low, level or high, straight or curled, hanging still, waving slowly, wagging or flicking."""
    generator, pose, time = track.generator, track.pose, track.time
    pose["tail"] += generator.uniform(-0.35, 1.3)
    pose["curl"] += generator.normal(0.04, 0.1) + noise(generator, time, 0.4, 0.03)
    pose["to_side"] += noise(generator, time, 0.3, 0.35)
    way = generator.choice(["still", "slow", "wag"], p=[0.35, 0.45, 0.2])
    hertz, size = {"still": (0.3, 0.02), "slow": (0.7, 0.1), "wag": (2.6, 0.12)}[way]
    hertz, size = hertz * generator.uniform(0.7, 1.3), size * generator.uniform(0.5, 1.5)
    lag = generator.uniform(0.05, 0.14)
    strength = 0.7 + noise(generator, time, 0.3, 0.25)
    drift = noise(generator, time, 0.5, 0.3)
    for order in range(7):
        track.tail_wave[:, order] += size * strength * np.sin(2 * np.pi * (hertz * time + drift - lag * order))
    for _ in range(generator.poisson(0.12 * track.seconds)):
        start, sign = generator.uniform(0, track.seconds), generator.choice([-1, 1])
        for order in range(7):
            part = (time - start - 0.05 * order) / 0.45
            track.tail_wave[:, order] += sign * 0.06 * (1 + order / 2) * bump(part)


def _ears(track: Track) -> None:
    generator = track.generator
    track.ears += generator.normal(0, 0.15)
    for ear in range(2):
        for _ in range(generator.poisson(0.3 * track.seconds)):
            start, seconds = generator.uniform(0, track.seconds), generator.uniform(0.15, 0.5)
            track.ears[:, ear] += generator.uniform(-0.7, 0.5) * bump((track.time - start) / seconds)
