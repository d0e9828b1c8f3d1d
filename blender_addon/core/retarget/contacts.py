# SPDX-License-Identifier: GPL-3.0-or-later
"""When a paw stands, where it then is, and a path for it that stays there."""

from dataclasses import dataclass

import numpy as np

# Of the leg's length, unless said otherwise.
_NEAR = 0.12  # how far above where it usually stands a paw is still taken to stand
_SLOW = 0.8  # lengths a second
_STILL_SLOW = 2.5  # as many times, between two moments at which it is slow
_SHARE_OF_BODY = 0.45  # or this of the body's own speed, where that is more
_SHORTEST, _GAP = 0.08, 0.06  # seconds that a stance lasts, and that two are apart


@dataclass(frozen=True)
class Stances:
    """standing: (T,), whether the paw stands. height: where it does, metres above the floor."""

    standing: np.ndarray
    height: float

    def spans(self) -> list[tuple[int, int]]:
        """Each stance's first frame and the one after its last."""
        return spans(self.standing)


def find_stances(paw: np.ndarray, body: np.ndarray, leg: float, fps: float) -> Stances:
    """When a paw (T, 3) of a body at (T, 3) stands: low and slow. leg: its length in metres."""
    speed = _speed(paw, fps)
    limit = np.maximum(_SLOW * leg, _SHARE_OF_BODY * _speed(body, fps))
    lowest = np.percentile(paw[:, 2], 5)
    slow_and_low = (speed < limit) & (paw[:, 2] < lowest + _NEAR * leg)
    usual = float(np.median(paw[slow_and_low, 2])) if slow_and_low.any() else float(lowest)
    low = paw[:, 2] < usual + _NEAR * leg
    standing = low & (speed < limit)
    for begin, end in spans(low & (speed < _STILL_SLOW * limit)):  # a lift trembles: once it stands, it stands
        inside = np.flatnonzero(standing[begin:end])
        if len(inside):
            standing[begin + inside[0] : begin + inside[-1] + 1] = True
    standing = _without_short(~_without_short(~standing, _GAP * fps), _SHORTEST * fps)
    height = float(np.median(paw[standing, 2])) if standing.any() else usual
    return Stances(standing, height)


def lock(path: np.ndarray, stances: Stances, floor: float) -> np.ndarray:
    """The path (T, 3) with the paw in one place at height `floor` throughout each stance.

    Between stances what was shifted is shifted from one's amount to the next's, so that the swing keeps its shape.
    """
    found = stances.spans()
    if not found:
        return path
    shift, known = np.zeros_like(path), np.zeros(len(path), bool)
    for begin, end in found:
        place = np.append(path[begin:end, :2].mean(axis=0), floor)
        shift[begin:end], known[begin:end] = place - path[begin:end], True
    frames = np.arange(len(path))
    for axis in range(3):
        shift[:, axis] = np.interp(frames, frames[known], shift[known, axis])
    return path + shift


def spans(flags: np.ndarray) -> list[tuple[int, int]]:
    """The runs of True in (T,): each one's first frame and the one after its last."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(int)))
    return [(int(begin), int(end)) for begin, end in edges.reshape(-1, 2)]


def _speed(path: np.ndarray, fps: float) -> np.ndarray:
    """Speeds (T,) of a point (T, 3), units a second, over the frames beside."""
    if len(path) < 2:
        return np.zeros(len(path))
    return np.linalg.norm(np.gradient(path, axis=0), axis=-1) * fps


def _without_short(flags: np.ndarray, least: float) -> np.ndarray:
    """Runs of True shorter than this number of frames are no more, unless they are cut off by the clip's ends."""
    kept = flags.copy()
    for begin, end in spans(flags):
        if end - begin < least and begin > 0 and end < len(flags):
            kept[begin:end] = False
    return kept
