# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a clip and the chosen subject go together, and what to say when they do not."""

from .body_family import CAT, HUMAN, HUMAN_BOX

_WHOSE = {HUMAN: "a person's", CAT: "an animal's", HUMAN_BOX: "a person's and a box's"}


def mismatch(told: str, wanted: str, video: bool = False) -> str:
    """Why a clip cannot be lifted as this subject, as half a sentence; "" if it can. told: what the backend takes the
    clip's subject to be, "" if the clip does not tell. video: whether its points are only found by the lift."""
    if told not in _WHOSE or told == wanted:
        return ""
    if video:
        return f"its detector finds {_WHOSE[told]} points; take one that finds those of the {wanted}, then lift it"
    return f"its points are {_WHOSE[told]} and the subject is {wanted}; choose {told} as the subject"


def no_model(subject: str) -> str:
    """What to say where nothing has been trained for a subject."""
    return f"there is no model for the subject {subject}: train one, or install the extension again if it came with one"
