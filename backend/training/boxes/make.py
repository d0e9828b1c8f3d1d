# SPDX-License-Identifier: GPL-3.0-or-later
"""People with boxes, made of motion capture of people: what the networks of `human_box` learn from."""

from collections import Counter
from collections.abc import Iterator

import numpy as np

from ...keypoints.box import box_points
from ...progress import Progress, silent
from ..mocap import MocapClip, TrainingError
from ..stages import READING
from .arms import with_arms
from .base import play
from .checks import failed_check
from .clearance import closer_than_may_be
from .course import FRAMES, Course, idle_course, staying_course, travelling_course
from .labels import named_anew
from .moments import Run, find_runs
from .path import box_path
from .posture import bent_over, posture_for
from .scene import Scene, draw_scene
from .smoothing import slow_noise

CLIPS = 1500
SHARES = {"push": 0.26, "drag": 0.19, "carry": 0.41, "turn": 0.07, "idle": 0.07}
FPS = 30.0
_TRIES, _DRAWS = 20, 400  # for one clip: scenes acted, runs and moments looked for
_STAYING = 0.3  # of what is carried: lifted and put down without a walk
_SPACING = 4  # times that a box is moved away from legs and belly
_FURTHEST = 0.9  # metres


def make_box_clips(
    clips: list[MocapClip], seed: int, progress: Progress = silent, count: int = CLIPS, refused: Counter | None = None
) -> list[MocapClip]:
    """So many clips of people who push, drag, lift, carry, turn or leave alone a box: keypoints (T, 23, 3) float32,
    metres, Z up, floor at 0, 30 frames a second, each with the licence of the clip that it was made of.

    clips: of people, 18 points; others are passed over. refused: is given how many attempts failed which check. The
    same clips and seed give the same motion. Raises TrainingError where nothing can be made of the clips.
    """
    runs = [run for clip in clips for run in find_runs(clip)]
    if not runs:
        raise TrainingError(
            f"expected motion capture of people who stand or walk, found none in {len(clips)} clips: give others"
        )
    refused = Counter() if refused is None else refused
    made = []
    for number, kind in enumerate(_kinds(count)):
        progress(READING, number, count)
        clip = _make_one(runs, kind, np.random.default_rng([seed, 0xB0C5, number]), refused)
        if clip is not None:
            made.append(MocapClip(clip[0], FPS, f"{kind}_{number:04d}_{clip[1].name}", clip[1].licence))
    if not made:
        raise TrainingError(f"none of {count} motions with a box held, {dict(refused)}: give other motion capture")
    return made


def _kinds(count: int) -> Iterator[str]:
    """Kinds in turn, by their shares."""
    given = dict.fromkeys(SHARES, 0)
    for number in range(count):
        kind = max(SHARES, key=lambda name: SHARES[name] * (number + 1) - given[name])
        given[kind] += 1
        yield kind


def _make_one(
    runs: list[Run], kind: str, generator: np.random.Generator, refused: Counter
) -> tuple[np.ndarray, Run] | None:
    """Points (T, 23, 3) of one clip and the run that they were made of; None after too many tries."""
    weights = np.sqrt([len(run.points) for run in runs])
    weights /= weights.sum()
    staying = kind == "turn" or (kind == "carry" and generator.random() < _STAYING)
    tries = 0
    for _ in range(_DRAWS):
        run = runs[generator.choice(len(runs), p=weights)]
        course = _draw_course(generator, run, kind, staying)
        if course is None:
            continue
        points = _act(generator, run, course, draw_scene(generator, kind))
        if isinstance(points, str):
            refused[points] += 1
            tries += 1
            if tries == _TRIES:
                break
            continue
        return points, run
    refused[f"no {kind} found"] += 1
    return None


def _draw_course(generator: np.random.Generator, run: Run, kind: str, staying: bool) -> Course | None:
    frames = int(generator.integers(FRAMES[0], FRAMES[1]))
    if kind == "idle":
        return idle_course(generator, run, frames)
    carried = kind == "carry"
    if staying:
        return staying_course(generator, run, carried, frames)
    return travelling_course(generator, run, kind == "drag" or (carried and generator.random() < 0.15), carried)


def _act(generator: np.random.Generator, run: Run, course: Course, scene: Scene) -> np.ndarray | str:
    """Points (T, 23, 3) float32 of the scene, or the check that failed."""
    base = play(run, course, scene.stride)
    noise = slow_noise(generator, (len(course.time), 6), 14)
    if scene.kind == "idle":
        gaps = np.full(3, generator.uniform(0.1, 1.2))
        path, wrists, points = box_path(scene, course, base, gaps, noise), None, base.points
    else:
        gaps = np.array([0.25, 0.14, 0.25]) + generator.uniform(0, 0.08, 3)
        for _ in range(_SPACING):
            path = box_path(scene, course, base, gaps, noise)
            wrists = path.beside(scene.grip)
            posture = posture_for(run, base, course, scene, wrists, noise[:, 3:])
            if posture is None:
                return "out of reach"
            points = bent_over(run, base, posture, scene)
            nearer = closer_than_may_be(scene, course, base, points, path)
            if (nearer < 0.005).all():
                break
            gaps = gaps + nearer
            if gaps.max() > _FURTHEST:
                return "no room before the feet"
        points = with_arms(run, base, course, scene, points, wrists)
    failed = failed_check(run, base, course, scene, points, path, wrists)
    if failed:
        return failed
    rotation, size = named_anew(generator, path.rotation, scene.size)
    return np.concatenate([points, box_points(path.centre, rotation, size)], 1).astype(np.float32)
