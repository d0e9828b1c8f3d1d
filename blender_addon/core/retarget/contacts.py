# SPDX-License-Identifier: GPL-3.0-or-later
"""When paws and feet stand, where they then are, and paths for them that stay there.

A lifted motion trembles, slides and lies on a floor that is not quite level. So a foot stands from when it is surely
low and slow until it surely is not; low is meant of where it is about that time, and slow of what its body does: what
goes back under a body that goes on does so because it stands, though a lift may let it slide.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .roles import HUMAN, QUADRUPED


@dataclass(frozen=True)
class Habits:
    """How feet of one kind stand: two bounds each, one below which a foot surely does and one up to which it goes on.

    low: how far above where it is lowest, in lengths of its leg. raised: the same as a share of how far it is lifted
    about that time. slow: how fast, in lengths of its leg a second. along: or how fast the body's way, in the body's
    own speed. back: slower than this it goes back under the body, and `raised` does not count. drift: how far a lift
    may let all of a body rise and fall, in lengths of a leg.
    """

    low: tuple[float, float]
    raised: tuple[float, float]
    slow: tuple[float, float]
    along: tuple[float, float]
    back: tuple[float, float]
    drift: float


#: A person's ankle leaves the floor before the toes do, slowly.
HABITS = {
    QUADRUPED: Habits(
        low=(0.2, 0.35), raised=(0.4, 0.6), slow=(0.8, 1.2), along=(1.0, 1.2), back=(0.8, 1.0), drift=0.2
    ),
    HUMAN: Habits(
        low=(0.12, 0.12), raised=(np.inf, np.inf), slow=(0.8, 2.0), along=(0.45, 1.1), back=(0.0, 0.0), drift=0.0
    ),
}
_FLAT = 0.1  # of the leg's length: what is raised by less may tremble
_STROLL = 0.5  # leg's lengths a second: a body that is slower goes nowhere
_SIDEWAYS = 1.5  # body's speeds: what goes the body's way slowly and to its side faster than this does not stand
_LEEWAY = 0.45  # body's speeds by which a stance's ends may be faster than the stance
_NEARBY = 0.5  # seconds before and after in which a foot is lowest
_SMOOTH, _SMOOTH_BODY, _SMOOTH_GROUND = 0.12, 0.25, 0.6  # seconds over which tremble is taken out
_SHORTEST, _GAP = 0.08, 0.06  # seconds that a stance lasts, and that two are apart


@dataclass(frozen=True)
class Stances:
    """standing: (T,), whether the foot stands. height: where it does, metres above the floor."""

    standing: np.ndarray
    height: float

    def spans(self) -> list[tuple[int, int]]:
        """Each stance's first frame and the one after its last."""
        return spans(self.standing)


def find_stances(
    feet: np.ndarray, body: np.ndarray, legs: Sequence[float], fps: float, habits: Habits = HABITS[QUADRUPED]
) -> list[Stances]:
    """When each of P feet (T, P, 3) of a body at (T, 3) stands. legs: P lengths in metres."""
    going = _velocity(smoothed(body, _SMOOTH_BODY * fps), fps)[:, :2]
    speed = np.linalg.norm(going, axis=-1)
    ahead = going / np.maximum(speed, 1e-9)[:, None]
    lowest, highest = _lowest(feet[..., 2], _NEARBY * fps), -_lowest(-feet[..., 2], _NEARBY * fps)
    most = habits.low[1] * np.asarray(legs)
    above, below = _over_lowest(feet[..., 2], most, fps), _over_lowest(feet[..., 2] - body[:, None, 2], most, fps)
    found = []
    for foot, leg in enumerate(legs):
        path = smoothed(feet[:, foot], _SMOOTH * fps)
        velocity = _velocity(path, fps)
        own, forward = np.linalg.norm(velocity, axis=-1), (velocity[:, :2] * ahead).sum(axis=-1)
        height = above[:, foot]
        height = np.minimum(height, np.maximum(below[:, foot], height - habits.drift * leg))
        surely, still = (
            _stands(height, highest[:, foot] - lowest[:, foot], own, forward, speed, leg, habits, bound)
            for bound in (0, 1)
        )
        standing = np.zeros(len(feet), bool)
        for begin, end in spans(still):
            inside = np.flatnonzero(surely[begin:end])
            if len(inside):
                stance = np.arange(begin + inside[0], begin + inside[-1] + 1)
                # Its ends go on as the stance does: what a lift lets slide slides throughout.
                usual = np.median(forward[stance]) + np.maximum(_LEEWAY * speed, habits.slow[0] * leg)[stance]
                alike = (forward[stance] < usual) & (
                    height[stance] < np.median(height[stance]) + habits.low[0] / 2 * leg
                )
                standing[stance[alike.argmax()] : stance[len(alike) - alike[::-1].argmax() - 1] + 1] = alike.any()
        standing = _without_short(~_without_short(~standing, _GAP * fps), _SHORTEST * fps)
        usual = feet[standing, foot, 2] if standing.any() else lowest[:, foot]
        found.append(Stances(standing, float(np.median(usual))))
    return found


def _over_lowest(heights: np.ndarray, most: np.ndarray, fps: float) -> np.ndarray:
    """How far heights (T, P) are above where each is lowest nearby, or if that is lower above the lowest of all and
    `most` (P,): what is lowest of a paw that is held up for long is no floor."""
    lowest = _lowest(heights, _NEARBY * fps)
    return smoothed(heights, _SMOOTH * fps) - np.minimum(lowest, lowest.min(axis=1, keepdims=True) + most)


def _stands(height, raised, own, forward, speed, leg: float, habits: Habits, bound: int) -> np.ndarray:
    """Whether a foot is as low and slow as one bound asks, (T,). own, forward: its speed, and that the body's way;
    speed: the body's."""
    most = habits.low[bound] * leg
    low = np.minimum(np.maximum(habits.raised[bound] * np.maximum(raised, 1e-9), _FLAT * leg), most)
    aside = own < _SIDEWAYS * speed
    slow = (own < habits.slow[bound] * leg) | ((forward < habits.along[bound] * speed) & aside)
    back = (forward < habits.back[bound] * speed) & aside & (speed > _STROLL * leg)
    return ((height < low) & slow) | ((height < most) & back)


def ground(heights: np.ndarray, stances: Sequence[Stances], fps: float) -> np.ndarray:
    """How far (T,) the floor of a motion lies above where it usually does, as feet that stand show. heights: (T, P), of
    the feet. 0 where none ever stands."""
    standing = np.stack([each.standing for each in stances], axis=1)
    above = np.where(standing, heights - [each.height for each in stances], 0.0)
    known = np.flatnonzero(standing.any(axis=1))
    if not len(known):
        return np.zeros(len(heights))
    means = above[known].sum(axis=1) / standing[known].sum(axis=1)
    return smoothed(np.interp(np.arange(len(heights)), known, means), _SMOOTH_GROUND * fps)


def lock(path: np.ndarray, stances: Stances, floor: float) -> np.ndarray:
    """The path (T, 3) with the foot in one place at height `floor` throughout each stance.

    Between stances what was shifted is shifted from one's amount to the next's, so that the swing keeps its shape.
    """
    found = stances.spans()
    if not found:
        return path
    shift, known = np.zeros_like(path), np.zeros(len(path), bool)
    for begin, end in found:
        place = np.append(np.median(path[begin:end, :2], axis=0), floor)
        shift[begin:end], known[begin:end] = place - path[begin:end], True
    frames = np.arange(len(path))
    for axis in range(3):
        shift[:, axis] = np.interp(frames, frames[known], shift[known, axis])
    return path + shift


def spans(flags: np.ndarray) -> list[tuple[int, int]]:
    """The runs of True in (T,): each one's first frame and the one after its last."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(int)))
    return [(int(begin), int(end)) for begin, end in edges.reshape(-1, 2)]


def smoothed(path: np.ndarray, frames: float) -> np.ndarray:
    """A path (T, ...) as the mean about each frame, over about so many of them; straight on beyond its ends."""
    half = int(frames / 2)
    if half < 1 or len(path) < 2:
        return path
    weights = np.hanning(2 * half + 3)[1:-1]
    beyond = np.arange(-half, len(path) + half)
    inside = np.clip(beyond, 0, len(path) - 1)
    mirrored = np.clip(2 * inside - beyond, 0, len(path) - 1)
    padded = 2 * path[inside] - path[mirrored]
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * half + 1, axis=0)
    return windows @ (weights / weights.sum())


def _velocity(path: np.ndarray, fps: float) -> np.ndarray:
    """Velocities (T, ...) of a path, units a second, over the frames beside."""
    return np.gradient(path, axis=0) * fps if len(path) > 1 else np.zeros_like(path)


def _lowest(heights: np.ndarray, frames: float) -> np.ndarray:
    """The lowest of heights (T, P) in so many frames before and after each."""
    half = int(frames)
    padded = np.pad(heights, ((half, half), (0, 0)), mode="edge")
    return np.lib.stride_tricks.sliding_window_view(padded, 2 * half + 1, axis=0).min(axis=-1)


def _without_short(flags: np.ndarray, least: float) -> np.ndarray:
    """Runs of True shorter than this number of frames are no more, unless they are cut off by the clip's ends."""
    kept = flags.copy()
    for begin, end in spans(flags):
        if end - begin < least and begin > 0 and end < len(flags):
            kept[begin:end] = False
    return kept
