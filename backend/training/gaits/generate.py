# SPDX-License-Identifier: GPL-3.0-or-later
"""Motion of a quadruped from chance and rules alone: no data of others is needed for it."""

from dataclasses import dataclass

import numpy as np

from ...bodies.smal_skeleton import PARENTS
from .kinds import KINDS, WRITERS
from .living import live
from .measures import MotionError, measure
from .points import keypoints
from .solve import solve
from .track import Track
from .turning import turned


@dataclass(frozen=True)
class QuadrupedMotion:
    """T frames at ``fps`` of SMAL's 35 joints: rotations (T, 35, 3, 3) local, root first, about ``rest (35, 3)``;
    translation (T, 3) added to the posed body; joints (T, 35, 3) and AP-10K's keypoints (T, 17, 3) in the world;
    planted (T, 4): which paws stand (left front, right front, left back, right back). Metres, Z up, floor at 0."""

    kind: str
    rotations: np.ndarray
    translation: np.ndarray
    joints: np.ndarray
    keypoints: np.ndarray
    planted: np.ndarray
    fps: float
    rest: np.ndarray


def make_motion(
    generator: np.random.Generator, rest: np.ndarray, seconds: float, fps: float = 30, kind: str | None = None
) -> QuadrupedMotion:
    """Draw one clip for a body.

    rest (35, 3): its joints as it stands, metres, SMAL's frame (head to +X, Z up); kind: one of KINDS, drawn by their
    weights if None. The clip begins over the origin, facing any way. The same generator gives the same clip.
    Raises MotionError.
    """
    if kind is not None and kind not in KINDS:
        raise MotionError(f"expected a kind of motion out of {', '.join(KINDS)}, got {str(kind)[:40]!r}")
    if not (0 < seconds <= 600 and 5 <= fps <= 240):
        raise MotionError(f"expected up to 600 seconds at 5 to 240 frames a second, got {seconds:g} s at {fps:g}")
    measures = measure(rest)
    if kind is None:
        weights = np.array(list(KINDS.values()))
        kind = str(generator.choice(list(KINDS), p=weights / weights.sum()))
    track = Track(generator, measures, seconds, fps)
    track.turn[0] = generator.uniform(0, 2 * np.pi) * fps
    WRITERS[kind](track)
    live(track)
    solved = solve(measures, track)
    shown = slice(track.lead, track.frames - track.lead)
    turns, root = solved.turns[shown], solved.root[shown].copy()
    root[:, :2] -= root[0, :2]
    parents = [max(parent, 0) for parent in PARENTS]
    local = turns[:, parents].swapaxes(-1, -2) @ turns
    local[:, 0] = turns[:, 0]
    joints = np.empty((len(root), len(PARENTS), 3))
    joints[:, 0] = root
    for index, parent in enumerate(PARENTS):
        if parent >= 0:
            bone = np.broadcast_to(measures.rest[index] - measures.rest[parent], (len(root), 3))
            joints[:, index] = joints[:, parent] + turned(turns[:, parent], bone)
    return QuadrupedMotion(
        kind, local, root - measures.rest[0], joints, keypoints(measures, joints, turns), solved.planted[shown],
        float(fps), measures.rest,
    )  # fmt: skip
