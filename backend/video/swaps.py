# SPDX-License-Identifier: GPL-3.0-or-later
"""Left and right that a detector exchanged for some frames, found by what moves more smoothly and put back."""

from dataclasses import replace

import numpy as np

from ..keypoints.clip import KeypointClip
from ..keypoints.layouts import Layout, get_layout

# Limbs whose points a detector exchanges together; one that takes a back for a front exchanges both, and the face.
_ARMS, _LEGS = ("shoulder", "elbow", "wrist"), ("hip", "knee", "ankle", "heel", "big_toe", "small_toe")
_FACE = ("eye", "ear")
CHANGE = 0.02  # of the body's length: what it must save, for every point, to begin or end an exchange
RARE = 0.002  # and for every point and frame that is exchanged: detectors are right as a rule
#: And what it costs, by the width of hips or shoulders, to be twisted so that the hips look backwards.
TWIST = 0.6
_ROBUST = 0.25  # of the body's length: no single point says more


def unswapped(clip: KeypointClip) -> tuple[KeypointClip, int]:
    """The clip with exchanged limbs put back, and in how many frames some were.

    Of every frame's two assignments those are chosen, over the whole clip at once, whose points accelerate least. What
    most frames say is left and right stays so.
    """
    layout = get_layout(clip.layout)
    length = _body_length(clip.points)
    arms, legs, face = (_pairs(layout, names) for names in (_ARMS, _LEGS, _FACE))
    trunk = [pair for pair in arms + legs if layout.names[pair[0]] in ("left_shoulder", "left_hip")]
    # Arms and legs each for themselves, or first both alike: what then costs less.
    ways = [_found(clip.points, (arms, legs), trunk, length, steps) for steps in (((0,), (1,)), ((0, 1), (0,), (1,)))]
    (arms_now, legs_now), cost = min(ways, key=lambda way: way[1])
    changed = arms_now | legs_now
    if not changed.any() or cost >= _cost(clip.points, (arms, legs), trunk, length, (changed & False,) * 2):
        return clip, 0
    points, confidence = clip.points.copy(), clip.confidence.copy()
    for swapped, pairs in ((arms_now, arms), (legs_now, legs), (arms_now & legs_now, face)):
        _exchange((points, confidence), swapped, pairs)
    return replace(clip, points=points, confidence=confidence), int(changed.sum())


def _found(
    points: np.ndarray, limbs: tuple, trunk: list[tuple[int, int]], length: float, steps: tuple[tuple[int, ...], ...]
) -> tuple[tuple[np.ndarray, np.ndarray], float]:
    """In which frames (T,) arms and legs are exchanged, looked for in these steps, and what the clip then costs."""
    given, points = points, points.copy()
    exchanged = [np.zeros(len(points), dtype=bool) for _ in limbs]
    for step in steps:
        pairs = [pair for limb in step for pair in limbs[limb]]
        twisted = _twist(points, trunk, length) if len(steps) > len(limbs) > len(step) else np.zeros((2, len(points)))
        swapped = _fewer(_most_smooth(points, pairs, length, twisted))
        _exchange((points,), swapped, pairs)
        for limb in step:
            exchanged[limb] ^= swapped
    return tuple(exchanged), _cost(given, limbs, trunk, length, tuple(exchanged))


def _cost(points: np.ndarray, limbs: tuple, trunk: list, length: float, exchanged: tuple) -> float:
    """How much the points accelerate once these frames (T,) of arms and legs are put back, and what else that costs."""
    points, cost = points.copy(), 0.0
    for pairs, rows in zip(limbs, exchanged, strict=True):
        _exchange((points,), rows, pairs)
        sides = points[:, np.array(pairs, dtype=int).reshape(-1)]
        away = np.linalg.norm(np.diff(sides, n=2, axis=0), axis=-1) / length
        cost += np.minimum(np.nan_to_num(away), _ROBUST).sum()
        cost += 2 * len(pairs) * (CHANGE * int((rows[1:] != rows[:-1]).sum()) + RARE * int(rows.sum()))
    return float(cost + _twist(points, trunk, length)[0].sum())


def _twist(points: np.ndarray, trunk: list[tuple[int, int]], length: float) -> np.ndarray:
    """(2, T) what it costs that the hips look where they look, and the other way, by where the shoulders look."""
    if len(trunk) < 2:
        return np.zeros((2, len(points)))
    across = [np.nan_to_num(points[:, left] - points[:, right]) / length for left, right in trunk]
    wide = np.maximum(np.maximum(*(np.linalg.norm(each, axis=-1) for each in across)), 1e-9)
    alike = TWIST * (across[0] * across[1]).sum(-1) / wide
    return np.maximum(np.stack([-alike, alike]), 0.0)


def _fewer(swapped: np.ndarray) -> np.ndarray:
    """What most frames say is left and right stays so."""
    return ~swapped if swapped.mean() > 0.5 else swapped


def _exchange(arrays: tuple[np.ndarray, ...], frames: np.ndarray, pairs: list[tuple[int, int]]) -> None:
    """Exchange the pairs' points in some of the frames (T,) bool."""
    rows = np.nonzero(frames)[0]
    for left, right in pairs:
        for array in arrays:
            array[np.ix_(rows, [left, right])] = array[np.ix_(rows, [right, left])]


def _pairs(layout: Layout, names: tuple[str, ...]) -> list[tuple[int, int]]:
    wanted = {f"left_{name}" for name in names}
    return [pair for pair in layout.pairs if layout.names[pair[0]] in wanted]


def _body_length(points: np.ndarray) -> float:
    there = points[np.isfinite(points).all(-1).any(1)]
    if not len(there):
        return 1.0
    spans = np.nanmax(there, axis=1) - np.nanmin(there, axis=1)
    return max(float(np.median(np.linalg.norm(spans, axis=-1))), 1.0)


def _most_smooth(points: np.ndarray, pairs: list[tuple[int, int]], length: float, twisted: np.ndarray) -> np.ndarray:
    """(T,) bool, which frames are exchanged: Viterbi over the assignments of two frames at a time. twisted (2, T):
    what each of them costs beside."""
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
        rare = RARE * 2 * int(usable[t].sum())
        for now, (b, c) in enumerate(states):
            for then, (a, b_then) in enumerate(states):
                if b_then != b:
                    continue
                bend = ways[c, t, seen] - 2 * ways[b, t - 1, seen] + ways[a, t - 2, seen]
                away = np.minimum(np.linalg.norm(bend, axis=-1) / length, _ROBUST).sum()
                total = cost[then] + away + (price if b != c else 0.0) + twisted[c, t] + c * rare
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
