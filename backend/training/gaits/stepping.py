# SPDX-License-Identifier: GPL-3.0-or-later
"""Where and when each paw stands: steps planned from the legs' phases, swings curved between them."""

from dataclasses import dataclass

import numpy as np

from .footfalls import CLEARANCE, DUTY, TOUCHDOWN
from .measures import Leg, Measures
from .smooth import bump, ease
from .track import Track

#: A paw nearer to where it should stand than this many leg lengths stays where it is.
SMALLEST_STEP = 0.07
#: One that is farther than its leg reaches well, at most this many leg lengths, steps out of the gait's turn.
FARTHEST = 0.78


@dataclass(frozen=True)
class Paws:
    """places (T, 4, 3) of the paw joints, metres, world; planted (T, 4) bool; swing (T, 4): part of the swing that is
    done, 0 in stance; size (T, 4): of the swing under way, 1 for an ordinary stride."""

    places: np.ndarray
    planted: np.ndarray
    swing: np.ndarray
    size: np.ndarray


def step(measures: Measures, track: Track, phase: np.ndarray, wanted: np.ndarray) -> Paws:
    """Plan the steps of a whole clip.

    phase (T,): strides done; wanted (T, 4, 2): where each paw would best stand at that moment. A paw lands where it
    would best stand half a stance later, and stays. Planned leaps replace the steps that they overlap.
    """
    frames = len(phase)
    places, planted = np.zeros((frames, 4, 3)), np.ones((frames, 4), bool)
    swing, size = np.zeros((frames, 4)), np.zeros((frames, 4))
    for leg, parts in enumerate(measures.legs):
        here = wanted[0, leg]
        places[:, leg, :2], places[:, leg, 2] = here, parts.sole
        tall = min(settled(measures, parts) * parts.height, 0.93 * parts.reach)
        farthest = min(1.12 * np.sqrt((0.97 * parts.reach) ** 2 - tall**2), FARTHEST * measures.stride)
        moments, landed = _moments(track, phase, leg), 0.0
        while moments:
            lift, land, aim, height = moments[0]
            late = _left_behind(wanted[:, leg], here, landed, lift, farthest)
            if late is not None and lift - late > 1.6 * track.beat:
                lift, land, height = late, late + 1.1 * track.beat, None
                pace = abs(track.speed[min(int(land), frames - 1)]) / track.unit_speed
                aim = land + min(0.7, 0.45 / max(pace, 0.1)) * track.beat
            else:
                # Its turn is near: it only lifts early.
                lift = lift if late is None else late
                moments.pop(0)
            there = np.array([np.interp(aim, np.arange(frames), wanted[:, leg, axis]) for axis in range(2)])
            there = there + track.scatter[min(int(aim), frames - 1), leg]
            distance = np.linalg.norm(there - here)
            if height is None and distance < SMALLEST_STEP * measures.stride:
                landed = land
                continue
            first, last = max(int(np.ceil(lift)), 0), min(int(np.ceil(land)), frames)
            part = (np.arange(first, last) - lift) / (land - lift)
            moved = here + ease(part)[:, None] * (there - here)
            places[first:last, leg, :2], places[last:, leg, :2] = moved, there
            if height is None:
                full = np.clip(distance / (0.8 * measures.stride), 0.35, 1.0)
                gait = track.gait[min(int(lift), frames - 1)]
                height = full * measures.stride * gait[CLEARANCE][0 if parts.fore else 1] * track.lift[leg]
            else:
                full = 1.0
            places[first:last, leg, 2] += height * bump(part, 0.35)
            planted[first:last, leg], swing[first:last, leg], size[first:last, leg] = False, part, full
            here, landed = there, land
    return Paws(places, planted, swing, size)


def settled(measures: Measures, leg: Leg) -> float:
    """How much lower than standing a leg's girdle is carried on the way, so that the leg reaches the strides' ends.

    Dogs carry their shoulders some 8 % lower; what their shoulder blades add to the reach no joint of SMAL can.
    """
    wanted = np.sqrt(max((0.97 * leg.reach) ** 2 - (0.55 * measures.stride) ** 2, 0))
    return float(np.clip(wanted / leg.height, 0.91, 0.98))


def _left_behind(wanted: np.ndarray, here: np.ndarray, start: float, end: float, farthest: float):
    """The last frame, between two moments, before a planted paw is too far from where it would best stand, or None."""
    first, last = max(int(np.ceil(start)), 0), min(int(end), len(wanted))
    far = np.linalg.norm(wanted[first:last] - here, axis=-1) > farthest
    return max(float(first + far.argmax() - 1), start) if far.any() else None


def _moments(track: Track, phase: np.ndarray, leg: int) -> list[tuple]:
    """(lift, land, aim, height) of every step of a leg, in frames; height metres where the step is a leap's."""
    own = phase - track.gait[:, TOUCHDOWN][:, leg]
    duty = track.gait[:, DUTY][:, leg]
    own = np.maximum.accumulate(own + 1e-6 * np.arange(len(own)))
    frame = np.arange(len(own))
    out = []
    for count in range(int(np.ceil(own[0])), int(np.floor(own[-1])) + 2):
        land = np.interp(count, own, frame, right=len(own) + 5)
        share = np.interp(land, frame, duty)
        lift = np.interp(count - 1 + share, own, frame, left=frame[0] - 1)
        leave = np.interp(count + share, own, frame, right=land + 4)
        # Slow strides of an animal that is about to stop do not keep a paw in the air.
        lift = max(lift, land - track.longest_swing)
        if land - lift > 1:
            out.append((lift, land, (land + leave) / 2, None))
    for leap in track.leaps:
        if leap.leg == leg:
            # The paw takes its place for the push with a step of its own.
            ready = leap.lift - leap.push
            begin = ready - 1.1 * track.beat
            out = [one for one in out if one[1] <= begin - 1 or one[0] >= leap.land + 1]
            out.append((begin, ready, ready + leap.push / 2, None))
            out.append((leap.lift, leap.land, leap.aim, leap.height))
    return sorted(out, key=lambda one: one[0])
