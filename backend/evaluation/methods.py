# SPDX-License-Identifier: GPL-3.0-or-later
"""The methods an evaluation compares: each one turns a keypoint clip into a motion, knowing nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

import numpy as np

from ..geometry.cameras import Camera
from ..keypoints.clip import KeypointClip
from . import EvaluationError

#: From the whole method down (lifting.space.STEPS); plane puts every joint at the subject's constant depth.
METHODS = ("full", "stage4", "stage2", "stage2_sds", "stage1", "plane")
#: What is compared unless the user says otherwise.
USUAL_METHODS = ("full", "stage2", "stage1", "plane")


class LiftedMotion(Protocol):
    """What is scored: the fitted body's keypoints (T, 18, 3), metres, Z up, and the method's own camera."""

    keypoints: np.ndarray
    camera: Camera


#: (clip, focal length in pixels or None, standing height in metres or None) -> motion
Method = Callable[[KeypointClip, float | None, float | None], LiftedMotion]


def choose_methods(words: str) -> list[str]:
    """Method names from a comma-separated list, in the order given. Raises EvaluationError."""
    names = [word.strip() for word in words.split(",") if word.strip()]
    unknown = [name for name in names if name not in METHODS]
    if unknown or not names:
        got = ", ".join(unknown) or "none"
        raise EvaluationError(f"expected methods among {', '.join(METHODS)}, separated by commas; got {got}")
    return list(dict.fromkeys(names))


def lifters(names: list[str], options, models) -> dict[str, Method]:
    """The product's own lifting, cut off after the stage that each name says, as Method callables.

    options: lifting.lift.LiftOptions for every method alike (its focal and height are replaced for each window);
    models: what lifting.lift.load_models gave.
    """
    from ..lifting.lift import lift_keypoints

    def lifter(name: str) -> Method:
        def lift(clip: KeypointClip, focal: float | None, height: float | None) -> LiftedMotion:
            return lift_keypoints(clip, replace(options, focal=focal, height=height), models, method=name)

        return lift

    return {name: lifter(name) for name in names}
