# SPDX-License-Identifier: GPL-3.0-or-later
"""Left and right that a detector exchanged for some frames, found by what moves more smoothly and put back."""

from dataclasses import replace

import numpy as np

from ..keypoints.clip import KeypointClip
from ..keypoints.layouts import Layout, get_layout

# Limbs whose points a detector exchanges together.
_GROUPS = {"arms": ("shoulder", "elbow", "wrist"), "legs": ("hip", "knee", "ankle", "heel", "big_toe", "small_toe")}
CHANGE = 0.02  # of the body's length: what it must save, for every point, to begin or end an exchange
_ROBUST = 0.25  # of the body's length: no single point says more


def unswapped(clip: KeypointClip) -> tuple[KeypointClip, int]:
    """The clip with exchanged limbs put back, and in how many frames some were.

    Of every frame's two assignments those are chosen, over the whole clip at once, whose points accelerate least. What
    most frames say is left and right stays so.
    """
    layout = get_layout(clip.layout)
    points, confidence = clip.points.copy(), clip.confidence.copy()
    length = _body_length(points)
    changed = np.zeros(len(clip), dtype=bool)
    for names in _GROUPS.values():
        pairs = _pairs(layout, names)
        swapped = _most_smooth(points, pairs, length)
        if swapped.mean() > 0.5:
            swapped = ~swapped
        rows = np.nonzero(swapped)[0]
        for left, right in pairs:
            for array in (points, confidence):
                array[np.ix_(rows, [left, right])] = array[np.ix_(rows, [right, left])]
        changed |= swapped
    if not changed.any():
        return clip, 0
    return replace(clip, points=points, confidence=confidence), int(changed.sum())


def _pairs(layout: Layout, names: tuple[str, ...]) -> list[tuple[int, int]]:
    wanted = {f"left_{name}" for name in names}
    return [pair for pair in layout.pairs if layout.names[pair[0]] in wanted]


def _body_length(points: np.ndarray) -> float:
    with np.errstate(all="ignore"):
        spans = np.nanmax(points, axis=1) - np.nanmin(points, axis=1)
    return max(float(np.nanmedian(np.linalg.norm(spans, axis=-1))), 1.0)


def _most_smooth(points: np.ndarray, pairs: list[tuple[int, int]], length: float) -> np.ndarray:
    """(T,) bool, which frames are exchanged: Viterbi over the assignments of two frames at a time."""
    frames = len(points)
    sides = points[:, np.array(pairs)]  # (T, P, 2 sides, 2)
    usable = np.isfinite(sides).all((2, 3))  # (T, P)
    if frames < 3 or not usable.any():
        return np.zeros(frames, dtype=bool)
    ways = np.stack([sides, sides[:, :, ::-1]])  # (2, T, P, 2, 2)
    states = [(a, b) for a in (0, 1) for b in (0, 1)]  # of the frame before and this one
    cost = np.array([0.0 if a == b else _price(usable[1] & usable[0]) for a, b in states])
    came = np.zeros((frames, 4), dtype=int)
    for t in range(2, frames):
        seen = usable[t] & usable[t - 1] & usable[t - 2]
        new, price = np.full(4, np.inf), _price(usable[t] & usable[t - 1])
        for now, (b, c) in enumerate(states):
            for then, (a, b_then) in enumerate(states):
                if b_then != b:
                    continue
                bend = ways[c, t, seen] - 2 * ways[b, t - 1, seen] + ways[a, t - 2, seen]
                away = np.minimum(np.linalg.norm(bend, axis=-1) / length, _ROBUST).sum()
                total = cost[then] + away + (price if b != c else 0.0)
                if total < new[now]:
                    new[now], came[t, now] = total, then
        cost = new
    best = int(cost.argmin())
    found = np.zeros(frames, dtype=bool)
    for t in range(frames - 1, 1, -1):
        found[t] = states[best][1]
        best = came[t, best]
    found[1], found[0] = states[best][1], states[best][0]
    return found


def _price(seen: np.ndarray) -> float:
    return CHANGE * 2 * max(int(seen.sum()), 1)
