# SPDX-License-Identifier: GPL-3.0-or-later
"""The methods an evaluation compares: each one turns a keypoint clip into a motion, knowing nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import numpy as np

from ..geometry.cameras import Camera
from ..keypoints.clip import KeypointClip
from ..progress import silent
from . import EvaluationError
from .baselines import BASELINES, FOR_SUBJECT, module_of
from .baselines.weights import weights_of

#: From the whole method down (lifting.space.STEPS); plane puts every joint at the subject's constant depth.
METHODS = ("full", "stage4", "stage2", "stage2_sds", "sds3d", "sds3d_without_lines", "stage1", "plane")
#: Every name that --methods takes.
ALL_METHODS = (*METHODS, *BASELINES)
#: What is compared unless the user says otherwise.
USUAL_METHODS = ("full", "stage2", "stage1", "plane")


class LiftedMotion(Protocol):
    """What is scored: the fitted body's keypoints (T, K, 3), metres, Z up, and the method's own camera."""

    keypoints: np.ndarray
    camera: Camera


#: (clip, focal length in pixels or None, standing height in metres or None) -> motion; where there is a box, its edges
#: (x, y, z) in metres or None come fourth.
Method = Callable[..., LiftedMotion]
BoxSize = tuple[float, float, float] | None


def choose_methods(words: str) -> list[str]:
    """Method names from a comma-separated list, in the order given. Raises EvaluationError."""
    names = [word.strip() for word in words.split(",") if word.strip()]
    unknown = [name for name in names if name not in ALL_METHODS]
    if unknown or not names:
        got = ", ".join(unknown) or "none"
        raise EvaluationError(f"expected methods among {', '.join(ALL_METHODS)}, separated by commas; got {got}")
    return list(dict.fromkeys(names))


def lifters(names: list[str], options, models, baselines: Path | None = None) -> dict[str, Method]:
    """The product's own lifting, cut off after the stage that each name says, and the baselines, as Method callables.

    options: lifting.lift.LiftOptions for every method alike (its focal and height are replaced for each window);
    models: what lifting.lift.load_models gave; baselines: the folder of their weights (None: the usual one). Raises
    EvaluationError for a baseline that is not trained.
    """
    from ..lifting.lift import lift_by, lift_keypoints

    def own(name: str) -> Method:
        def lift(
            clip: KeypointClip, focal: float | None, height: float | None, box_size: BoxSize = None
        ) -> LiftedMotion:
            told = replace(options, focal=focal, height=height, box_size=box_size)
            return lift_keypoints(clip, told, models, method=name)

        return lift

    def baseline(name: str) -> Method:
        about = BASELINES[name]
        if name not in FOR_SUBJECT[models.subject.name]:
            raise EvaluationError(f"the baseline {name} does not lift a {models.subject.name}")
        weights = weights_of(name, baselines, models.subject.name) if about.learns_from else None
        fitted = module_of(name).lifter(models, weights, about.form, options.seed, silent)

        def lift(
            clip: KeypointClip, focal: float | None, height: float | None, box_size: BoxSize = None
        ) -> LiftedMotion:
            # A person's height is not told to a baseline: none can use it. An animal's size nobody could guess.
            told = height if models.subject.body == "smal" else None
            return lift_by(fitted, clip, replace(options, focal=focal, height=told, box_size=box_size), models)

        return lift

    return {name: baseline(name) if name in BASELINES else own(name) for name in names}
