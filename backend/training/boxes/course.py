# SPDX-License-Identifier: GPL-3.0-or-later
"""When things happen: how a run of motion is played, with stops, and at which frames hands reach, hold and leave."""

from dataclasses import dataclass

import numpy as np

from .moments import Run
from .points import HIPS
from .smoothing import low_passed, ramp

FRAMES = (90, 240)  # 3 to 8 seconds
TRAVEL = (0.6, 3.0)  # metres that a box is moved, before steps are shortened; further rather than less far
_WISHED = 0.4, 1.8  # metres: short ways are many, and are taken the less often the shorter they are
_LONGEST_STAND = 160  # frames that somebody captured in passing can be made to stand
_EASE = 4.0  # frames of the Gaussian by which starts and stops are softened


@dataclass(frozen=True)
class Course:
    """time (T,): which frame of the run each frame shows. The rest are frames of the clip, outside it if never.

    reach, contact: hands go to the box and have it; go, stop: it moves with the person; release, leave: hands let go
    and are back. lift, lower: (from, to) for a box that is carried. moved: (from, to), frames of the run.
    """

    time: np.ndarray
    reach: float
    contact: float
    go: float
    stop: float
    release: float
    leave: float
    lift: tuple[float, float]
    lower: tuple[float, float]
    moved: tuple[float, float]

    @property
    def frames(self) -> np.ndarray:
        return np.arange(len(self.time))

    @property
    def grip(self) -> np.ndarray:
        """(T,) how far the hands have gone from where they were captured (0) to the box (1)."""
        return ramp(self.frames, self.reach, self.contact) - ramp(self.frames, self.release, self.leave)

    @property
    def bent(self) -> np.ndarray:
        """(T,) the same for the posture, which goes a little before the hands and comes back after them."""
        return ramp(self.frames, self.reach - 6, self.contact - 2) - ramp(self.frames, self.release + 2, self.leave + 6)

    @property
    def held(self) -> np.ndarray:
        """(T,) bool: the hands have the box."""
        return (self.frames >= self.contact) & (self.frames <= self.release)

    @property
    def follows(self) -> np.ndarray:
        """(T,) how far the box takes part in what the person does."""
        return ramp(self.frames, self.contact + 1, self.contact + 9) - ramp(self.frames, self.stop, self.release - 1)

    @property
    def lifted(self) -> np.ndarray:
        """(T,) how far the box has been lifted from where it rests."""
        return ramp(self.frames, *self.lift) - ramp(self.frames, *self.lower)


NEVER, ALWAYS = 1e6, -1e6


def travelling_course(generator: np.random.Generator, run: Run, backward: bool, carried: bool) -> Course | None:
    """Come, stop and take the box, go on with it (backward: as one drags), stop and let go. None where the run has no
    two stands that are far enough from each other."""
    stands = np.flatnonzero(run.quiet)
    first = int(generator.choice(stands))
    gone = abs(run.travel[stands] - run.travel[first])
    hips = run.points[:, HIPS, :2].mean(1)
    way = hips[stands] - hips[first]
    straight = np.linalg.norm(way, axis=1)
    sign = np.sign(stands - first)
    ahead = (way * _forward(run.yaw[first])).sum(1)
    rightly = (ahead < -0.3 * straight) if backward else (ahead > -0.1 * straight)
    ends = (gone > TRAVEL[0]) & (gone < TRAVEL[1]) & (straight > 0.7 * gone) & rightly & (abs(stands - first) < 130)
    if not ends.any():
        return None
    pick = generator.choice(len(stands), p=ends * straight / (ends * straight).sum())
    if straight[pick] < generator.uniform(*_WISHED):
        return None
    last, onward = int(stands[pick]), int(sign[pick])
    forward = -onward if backward else onward  # the way in the run's time that leads forward
    rate = generator.uniform(0.45, 0.85) if not carried else generator.uniform(0.6, 1.0)
    rate = max(rate, abs(last - first) / 110)
    begins, ends_held = generator.uniform(size=2) < 0.22
    come = 0 if begins else generator.uniform(0, min(35, first if forward > 0 else len(run.quiet) - 1 - first))
    back = 0 if ends_held else generator.uniform(0, min(25, last if forward > 0 else len(run.quiet) - 1 - last))
    times = _Times.draw(generator, carried)
    come_frames, move_frames, back_frames = come / 0.9, abs(last - first) / rate, back / 0.7
    before = 0 if begins else generator.integers(2, 10) * (come < 5) + times.reach + times.settle + 0.7 * times.lift
    after = 0 if ends_held else 0.7 * times.lower + times.settle + 8 + times.leave + generator.integers(0, 10)
    blocks = [(come_frames, 0.9 * forward), (before, 0), (move_frames, onward * rate), (after, 0),
              (back_frames, -0.7 * forward)]  # fmt: skip
    start = first - come * forward
    time = _played(start, blocks).clip(0, len(run.quiet) - 1)
    go, stop = come_frames + before, come_frames + before + move_frames
    marks = _marks(go, stop, times, carried, begins, ends_held)
    return _within(Course(time, **marks, moved=(first, last)))


def staying_course(generator: np.random.Generator, run: Run, carried: bool, frames: int) -> Course | None:
    """The person stays about where they are: the run as it is where they do, one of its stands otherwise."""
    times = _Times.draw(generator, carried)
    rate = generator.uniform(0.7, 1.1)
    length = min(frames, int((len(run.quiet) - 1) / rate))
    begins, ends_held = generator.uniform(size=2) < (0.15 if carried else 0.0)
    ends_held = ends_held and not begins
    start = generator.uniform(0, len(run.quiet) - 1 - (length - 1) * rate)
    time = start + rate * np.arange(length)
    if length < FRAMES[0] or run.travel[int(time[-1])] - run.travel[int(start)] > 0.02 * length:
        frames = min(frames, _LONGEST_STAND)
        stands = np.flatnonzero(run.quiet)
        first = int(generator.choice(stands))
        come = generator.uniform(0, min(30, first))
        blocks = [(come / 0.9, 0.9), (max(frames - come / 0.9, 1), 0.0)]
        time, reach = _played(first - come, blocks).clip(0, len(run.quiet) - 1), come / 0.9
        length = len(time)
    else:
        reach = generator.uniform(3, 25)
    go = 0 if begins else reach + times.reach + times.settle + 0.7 * times.lift
    stop = length - (0 if ends_held else 0.7 * times.lower + times.settle + 8 + times.leave + generator.uniform(0, 15))
    if stop < go + 15:
        return None
    marks = _marks(go, stop, times, carried, begins, ends_held)
    return _within(Course(time, **marks, moved=(float(time[0]), float(time[0]))))


def idle_course(generator: np.random.Generator, run: Run, frames: int) -> Course | None:
    """The run as it is; nobody touches the box."""
    rate = generator.uniform(0.8, 1.1)
    length = min(frames, int((len(run.quiet) - 1) / rate))
    start = generator.uniform(0, len(run.quiet) - 1 - (length - 1) * rate)
    never = (NEVER, 2 * NEVER)
    time = start + rate * np.arange(length)
    marks = dict(reach=NEVER, contact=2 * NEVER, go=NEVER, stop=2 * NEVER, release=3 * NEVER, leave=4 * NEVER)
    return _within(Course(time, **marks, lift=never, lower=never, moved=(start, start)))


@dataclass(frozen=True)
class _Times:
    """How many frames each part of the handling takes."""

    reach: float
    settle: float
    lift: float
    lower: float
    leave: float

    @classmethod
    def draw(cls, generator: np.random.Generator, carried: bool) -> "_Times":
        reach, leave = generator.uniform(20, 38), generator.uniform(20, 38)
        lift, lower = generator.uniform(20, 40, 2) * carried
        return cls(reach, generator.uniform(2, 9), lift, lower, leave)


def _marks(go: float, stop: float, times: _Times, carried: bool, begins: bool, ends_held: bool) -> dict:
    """The marks of a course from when the person goes and stops with the box."""
    contact = go - 0.7 * times.lift - times.settle if not begins else ALWAYS
    lift = (contact + times.settle, contact + times.settle + times.lift) if not begins else (ALWAYS, ALWAYS + 1)
    lower_end = stop + 0.7 * times.lower if carried else stop
    release = max(lower_end + times.settle, stop + 9) if not ends_held else NEVER
    lower = (lower_end - times.lower, lower_end) if not ends_held else (NEVER, NEVER + 1)
    if not carried:
        lift = lower = (NEVER, NEVER + 1)
    return dict(
        reach=contact - times.reach, contact=contact, go=go, stop=stop if not ends_held else NEVER, release=release,
        leave=release + times.leave, lift=lift, lower=lower,
    )  # fmt: skip


def _played(start: float, blocks: list[tuple[float, float]]) -> np.ndarray:
    """Frames of the run (T,) from blocks of (frames, speed), with soft starts and stops."""
    speeds = np.concatenate([_block(frames, speed) for frames, speed in blocks])
    return start + np.r_[0, low_passed(speeds, _EASE).cumsum()]


def _block(frames: float, speed: float) -> np.ndarray:
    """Whole frames that go as far as so many frames at that speed."""
    whole = int(round(frames))
    return np.full(whole, speed * frames / max(whole, 1))


def _within(course: Course) -> Course | None:
    return course if FRAMES[0] <= len(course.time) <= FRAMES[1] else None


def _forward(yaw: float) -> np.ndarray:
    return np.array([-np.sin(yaw), np.cos(yaw)])
