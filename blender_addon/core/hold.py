# SPDX-License-Identifier: GPL-3.0-or-later
"""When a hand holds a box, and where on it: each hold has one place, so that the hand does not slide."""

import math
from dataclasses import dataclass

import numpy as np

from .box import distance
from .retarget.contacts import spans
from .retarget.turns import mean_rotation

NEAR = 0.06  # metres between a palm and the box's surface up to which it is held
# Seconds: what a hold lasts at least, what lies between two of them, and how long it takes to begin and to end.
_SHORTEST, _GAP, _BLEND = 0.2, 0.4, 0.12


@dataclass(frozen=True)
class Grip:
    """A hand's holds as keys. frames, influence: (N,), by the clip's frames from 0, which need not be whole, and from 0
    to 1. at: (M,), such frames as well, at which the hand's place (M, 3) and turn (M, 3, 3) in the box's frame begin
    and end to be those of a hold."""

    frames: np.ndarray
    influence: np.ndarray
    at: np.ndarray
    places: np.ndarray
    rotations: np.ndarray


def held(palms: np.ndarray, size: np.ndarray, fps: float) -> np.ndarray:
    """In which frames (T,) a palm at (T, 3), in a box's frame, holds it. size: (3,), metres."""
    found = spans(distance(palms, size) < NEAR)
    joined = found[:1]
    for begin, end in found[1:]:
        if begin - joined[-1][1] < _GAP * fps:
            joined[-1] = joined[-1][0], end
        else:
            joined.append((begin, end))
    holding = np.zeros(len(palms), bool)
    for begin, end in joined:
        cut_off = begin == 0 or end == len(palms)  # who knows how long it lasts
        holding[begin:end] = cut_off or end - begin >= _SHORTEST * fps
    return holding


def grip(holding: np.ndarray, places: np.ndarray, rotations: np.ndarray, fps: float) -> Grip:
    """The keys of holds in the frames (T,), by a hand at places (T, 3) turned by (T, 3, 3) in the box's frame."""
    last, blend = len(holding) - 1, _BLEND * fps
    frames, influence, at, where, turned = [0.0], [float(holding[0])], [], [], []
    for begin, end in spans(holding):
        middle = (begin + end - 1) / 2
        around = [begin - blend, min(begin + blend, middle), max(end - 1 - blend, middle), min(end - 1 + blend, last)]
        if begin > 0:
            frames += around[:2]
            influence += [0.0, 1.0]
        if end <= last:
            frames += around[2:]
            influence += [1.0, 0.0]
        at += [max(around[0], 0), around[3]]
        sure = slice(math.floor(around[1]), math.ceil(around[2]) + 1)
        where += [places[sure].mean(axis=0)] * 2
        turned += [mean_rotation(rotations[None, sure], np.ones(len(rotations[sure])))[0]] * 2
    if not at:
        at, where, turned = [0.0], [places.mean(axis=0)], [rotations[0]]
    order = [number for number, frame in enumerate(frames) if number == 0 or frame > max(0, frames[number - 1])]
    return Grip(
        np.array(frames, float)[order], np.array(influence)[order], np.array(at, float), np.array(where),
        np.array(turned),
    )  # fmt: skip
