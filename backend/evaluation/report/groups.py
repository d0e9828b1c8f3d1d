# SPDX-License-Identifier: GPL-3.0-or-later
"""What the methods are to each other: who has seen 3D truth, which are ours, which are ablations, and their titles."""

from __future__ import annotations

from ..baselines import BASELINES

GROUPS = {"2d": "trained without 3D", "3d": "trained on 3D truth", "ours": "ours"}

#: The whole method, and what of it stands in the main table.
FULL = "full"
MAIN = ("stage4", FULL)
#: Rows of the paper's table 3 in order, and ours beside them.
ABLATIONS = ("stage1", "stage2_sds", "stage2", "sds3d", "sds3d_without_lines", "stage4", FULL)
#: The bundled model, and the one that is meant where no model is named.
DEFAULT_MODEL = "default"
#: Lifts nothing: what a method has to beat, and so never a best baseline.
TRIVIAL = "plane"

_TITLES = {
    "plane": "every joint at the subject's constant depth",
    "stage1": "stage 1: views that do not know of each other",
    "stage2_sds": "stage 2 in the paper's form: SDS and consistency",
    "stage2": "stage 2 as consistent sampling",
    "sds3d": "SDS for 3D",
    "sds3d_without_lines": "SDS for 3D, without lines",
    "stage4": "stage 4: the paper's lifting",
    "full": "what lift does: stage 4, of people alone refined a little",
}


def group_of(method: str) -> str:
    """A key of GROUPS."""
    if method in ABLATIONS:
        return "ours"
    return "3d" if method in BASELINES and BASELINES[method].learns_from == "3d" else "2d"


def title_of(method: str) -> str:
    """What a method is, in words."""
    return _TITLES.get(method) or (BASELINES[method].title if method in BASELINES else method)


def uses_model(method: str) -> bool:
    """Does a method lift with the trained model (and not only with its body, or with weights of its own)?"""
    return method in ABLATIONS
