# SPDX-License-Identifier: GPL-3.0-or-later
"""What kind of motion a clip shows, from the words it is described and named with."""

from __future__ import annotations

import re

OTHER = "other"
KINDS = ("walk", "run", "dance", "martial", "jump", "floor", "reach/throw", OTHER)

#: The first kind that a word belongs to wins: "walk, then dance" is a dance.
_WORDS = {
    "dance": ("dance", "dancing", "ballet", "pirouette", "jete", "arabesque", "waltz"),
    "martial": ("sword", "punch", "kick", "box", "karate", "martial", "fight", "strike", "fencing"),
    "floor": ("floor", "lie", "lying", "crawl", "squat", "sit", "roll", "kneel", "cartwheel", "bend"),
    "jump": ("jump", "hop", "leap", "skip"),
    "reach/throw": ("reach", "throw", "grab", "catch", "pick", "toss", "shoot", "dribble", "basketball", "lift"),
    "run": ("run", "jog", "sprint", "trot", "canter", "gallop"),
    "walk": ("walk", "stride", "march", "sneak", "navigate", "step"),
}
_LONG = 4


def kind_of(name: str, description: str = "") -> str:
    """One of KINDS. The description counts first; the name is read where it says nothing.

    Words may be written together, as in "depositFloorR" or "HDM_mm_kickLFront1Reps_019".
    """
    for text in (description, name):
        words = [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", text)]
        for kind, stems in _WORDS.items():
            if any(_is_of(word, stem) for word in words for stem in stems):
                return kind
    return OTHER


def _is_of(word: str, stem: str) -> bool:
    """Is a word the stem or a form of it: "swordplay", "running", "hops"? Short stems do not merely begin a word."""
    if len(stem) >= _LONG:
        return word.startswith(stem)
    return word in (stem, f"{stem}s", f"{stem}ing", f"{stem}{stem[-1]}ing")
