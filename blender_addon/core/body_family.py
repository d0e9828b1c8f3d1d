# SPDX-License-Identifier: GPL-3.0-or-later
"""The families of bodies: SMPL's people, also with a box, and SMAL's quadrupeds. What differs is said here alone."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from .rotations import REST_TO_BLENDER

# In every body of SMAL's family and in none of SMPL's.
_QUADRUPEDS_HAVE = {"LLeg1", "LLegBack1", "Tail1"}


@dataclass(frozen=True, eq=False)
class BodyFamily:
    """model_type: as motion files name it. subject: as users choose it. joints: how many a body has, the root first.
    body: the bundled one. rest_to_blender: (3, 3), from the family's own rest frame into an armature's, which rests
    Z up and faces -Y, the left to +X. size: what the known size of a body is called. box: whether it comes with one.
    """

    model_type: str
    subject: str
    joints: int
    body: str
    rest_to_blender: np.ndarray
    size: str
    box: bool = False


HUMAN, CAT, HUMAN_BOX = "human", "cat", "human_box"
SMPL = BodyFamily("smpl", HUMAN, 24, "assets/bodies/human.npz", REST_TO_BLENDER, "Height")
# SMAL rests with its head to +X, its left to +Y and Z up. (x, y, z) -> (y, -x, z).
SMAL = BodyFamily(
    "smal", CAT, 35, "assets/bodies/cat.npz", np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]), "Withers"
)
SMPL_BOX = replace(SMPL, model_type="smpl_box", subject=HUMAN_BOX, box=True)
FAMILIES = (SMPL, SMAL, SMPL_BOX)
SUBJECTS = tuple(family.subject for family in FAMILIES)


def family_of_bones(names: Iterable[str]) -> BodyFamily:
    """The family of a body, by the names of its joints; a body knows of no box."""
    return SMAL if _QUADRUPEDS_HAVE <= set(names) else SMPL


def family_of_type(model_type: str) -> BodyFamily | None:
    """The family of a motion file's model type; None if it is none that is known."""
    return next((family for family in FAMILIES if family.model_type == model_type), None)


def family_of_subject(subject: str) -> BodyFamily:
    """The family of a subject; SMPL's for one that is not known."""
    return next((family for family in FAMILIES if family.subject == subject), SMPL)
