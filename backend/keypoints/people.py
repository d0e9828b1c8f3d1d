# SPDX-License-Identifier: GPL-3.0-or-later
"""Several people in a file: follow each over time, number them, choose one.

Numbers start at 0 in the order in which people first appear (within a frame: the file's order). They are what
`describe` lists and what the user gives; a tracker's own identities are used to follow people, not to number them.
"""

from dataclasses import dataclass

import numpy as np

from .detections import UNKNOWN_PERSON, Detections
from .errors import KeypointError

_LONGEST_GAP = 30  # frames a person may be unseen and still be found again without an identity
_REACH = 0.4  # how far a pose may move from one frame to the next, in body sizes, and still be the same person
_REACH_PER_FRAME = 0.02  # and how much farther for every frame unseen
_CROWD = 500  # poses in one frame: more is no clip of a person, and matching grows with the cube


@dataclass(frozen=True, eq=False)
class Track:
    """One person: rows (M,) of the detections, in order of frames, at most one a frame."""

    rows: np.ndarray
    frames: np.ndarray
    size: float  # median of the larger side of the pose's box, pixels

    @property
    def seen(self) -> int:
        return len(self.rows)


def follow(detections: Detections) -> list[Track]:
    """All people of the file in order of first appearance."""
    crowd = np.unique(detections.frames, return_counts=True)[1].max()
    if crowd > _CROWD:
        raise KeypointError(f"One frame of this file has {crowd:,} people: at most {_CROWD} can be followed.")
    sizes = _sizes(detections)
    known = detections.people != UNKNOWN_PERSON
    groups = [np.nonzero(detections.people == person)[0] for person in np.unique(detections.people[known])]
    groups = [_one_a_frame(rows, detections) for rows in groups]
    loose = np.nonzero(~known)[0]
    if len(loose):
        groups += _associate(loose, detections, sizes)
    if not detections.settled:
        groups = _join(groups, detections, sizes)
    groups.sort(key=lambda rows: rows[0])
    return [Track(rows, detections.frames[rows], float(np.median(sizes[rows]))) for rows in groups]


def choose(tracks: list[Track], person: int | None) -> int:
    """The number of the person to use: the one asked for, else the one seen most (of equals the larger)."""
    if person is None:
        return max(range(len(tracks)), key=lambda number: (tracks[number].seen, tracks[number].size))
    if not isinstance(person, int | np.integer) or not 0 <= person < len(tracks):
        which = "one person, number 0" if len(tracks) == 1 else f"{len(tracks)} people, numbers 0 to {len(tracks) - 1}"
        raise KeypointError(f"There is no person number {str(person)[:40]}: the file has {which}.")
    return int(person)


def _sizes(detections: Detections) -> np.ndarray:
    """(N,) the larger side of each pose's box, at least one pixel."""
    points = detections.points
    return np.maximum((np.nanmax(points, axis=1) - np.nanmin(points, axis=1)).max(axis=1), 1.0)


def _one_a_frame(rows: np.ndarray, detections: Detections) -> np.ndarray:
    """Of an identity given twice in one frame, the more confident pose."""
    frames = detections.frames[rows]
    if len(rows) == 1 or (np.diff(frames) > 0).all():
        return rows
    order = np.lexsort((-detections.confidence[rows].sum(axis=1), frames))
    rows, frames = rows[order], frames[order]
    return rows[np.r_[True, np.diff(frames) > 0]]


def _associate(rows: np.ndarray, detections: Detections, sizes: np.ndarray) -> list[np.ndarray]:
    """Follow poses without identities: frame by frame, the assignment to those seen lately with the least distance."""
    from scipy.optimize import linear_sum_assignment  # a third of a second, and most files tell who is who

    frames = detections.frames
    done: list[list[int]] = []
    active: list[list[int]] = []
    starts = np.r_[0, np.nonzero(np.diff(frames[rows]))[0] + 1, len(rows)]
    for start, stop in zip(starts[:-1], starts[1:], strict=True):
        here = rows[start:stop]
        now = frames[here[0]]
        still = [track for track in active if now - frames[track[-1]] <= _LONGEST_GAP]
        if len(still) < len(active):
            done += [track for track in active if now - frames[track[-1]] > _LONGEST_GAP]
            active = still
        free = set(here.tolist())
        if active:
            last = np.array([track[-1] for track in active])
            reach = _REACH + _REACH_PER_FRAME * (now - frames[last] - 1)
            # in shares of the reach, and no match costs no more than the worst match: otherwise a pair that fits well
            # would be parted to find poor partners for both
            cost = np.minimum(_distance(last, here, detections, sizes) / reach[:, None], 1.0)
            for one, other in zip(*linear_sum_assignment(cost), strict=True):
                if cost[one, other] < 1:
                    active[one].append(int(here[other]))
                    free.discard(int(here[other]))
        active += [[row] for row in sorted(free)]
    return [np.array(track) for track in done + active]


def _distance(last: np.ndarray, here: np.ndarray, detections: Detections, sizes: np.ndarray) -> np.ndarray:
    """(A,B) how far the poses `here` are from the poses `last`, in body sizes.

    The mean distance of the points that both have. Two poses that share fewer than three (the top and the bottom half
    of one person, say) are compared by the gap between their centres instead.
    """
    points = detections.points
    a, b = points[last], points[here]
    step = np.linalg.norm(a[:, None] - b[None], axis=-1)
    shared = ~np.isnan(step)
    count = shared.sum(axis=-1)
    mean = np.where(shared, step, 0.0).sum(axis=-1) / np.maximum(count, 1)
    if (count < 3).any():
        centres = np.linalg.norm(np.nanmean(a, axis=1)[:, None] - np.nanmean(b, axis=1)[None], axis=-1)
        mean = np.where(count < 3, centres, mean)
    # the larger of the two, so that a pose of two or three points does not count as far from everything
    return mean / np.maximum(sizes[last][:, None], sizes[here][None])


def _join(groups: list[np.ndarray], detections: Detections, sizes: np.ndarray) -> list[np.ndarray]:
    """Join fragments: one that starts soon after another ends, near there and of like size, is the same person."""
    frames = detections.frames
    joined: list[np.ndarray] = []
    lately: list[int] = []  # those in `joined` that may still go on
    for rows in sorted(groups, key=lambda rows: rows[0]):
        start = frames[rows[0]]
        lately = [number for number in lately if start - frames[joined[number][-1]] <= _LONGEST_GAP]
        best, best_cost = None, np.inf
        for number in lately:
            other = joined[number]
            gap = start - frames[other[-1]]
            if gap <= 0:
                continue
            ratio = np.median(sizes[other[-5:]]) / np.median(sizes[rows[:5]])
            cost = _distance(other[-1:], rows[:1], detections, sizes)[0, 0]
            if 0.5 <= ratio <= 2 and cost <= _REACH + _REACH_PER_FRAME * (gap - 1) and cost < best_cost:
                best, best_cost = number, cost
        if best is None:
            lately.append(len(joined))
            joined.append(rows)
        else:
            joined[best] = np.concatenate([joined[best], rows])
    return joined
