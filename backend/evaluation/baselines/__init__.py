# SPDX-License-Identifier: GPL-3.0-or-later
"""The methods that the paper's tables compare MVLift with, one a file, each true to its source.

Every one turns an input view into a fitted body, as the product's own lifting does, so that all are scored alike.
What a baseline has learnt lies outside the repository, see `weights`.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from types import ModuleType

from .. import EvaluationError


@dataclass(frozen=True)
class Baseline:
    """module: where it is; learns_from: '2d' or '3d' clips, None: nothing; form: for a module with several methods."""

    module: str
    learns_from: str | None
    title: str
    form: str | None = None


#: By the names that --methods and --baseline take.
BASELINES = {
    "smplify": Baseline("smplify", None, "SMPLify, as in the paper's release", "release"),
    "smplify_sharp": Baseline("smplify", None, "SMPLify with a robust distance and smoothness", "sharp"),
    "mas": Baseline("mas", "2d", "MAS, given the input view"),
    "elepose": Baseline("elepose", "2d", "ElePose, weighted as in its source"),
    "elepose_loose": Baseline("elepose_loose", "2d", "ElePose with bones held a fifth as firmly"),
    "supervised": Baseline("supervised", "3d", "a lifter trained on 3D truth (the MotionBERT row)"),
    "world": Baseline("world", "3d", "a lifter with a root trajectory, trained on 3D truth (the WHAM row)"),
}
#: Which of them lift whom: those of the paper's tables of animals and of people with a box.
FOR_SUBJECT = {
    "human": tuple(BASELINES), "cat": ("smplify", "smplify_sharp", "mas"), "human_box": ("smplify", "smplify_sharp"),
}  # fmt: skip
TRAINED = tuple(name for name, baseline in BASELINES.items() if baseline.learns_from)


def module_of(name: str) -> ModuleType:
    """The code of a baseline. Raises EvaluationError."""
    if name not in BASELINES:
        raise EvaluationError(f"expected a baseline among {', '.join(BASELINES)}, got {name!r}")
    return import_module(f".{BASELINES[name].module}", __name__)
