# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of a body that bones are matched by, the same words for people and quadrupeds.

A foreleg is an arm and a hind leg a leg. A limb's `foot` is what lies between heel and toes: a quadruped's metapodial,
a person's foot or hand; `toes` is the paw, or a person's toes or fingers.
"""

from dataclasses import dataclass

QUADRUPED, HUMAN = "quadruped", "human"
FAMILIES = (QUADRUPED, HUMAN)

# Each is a row of bones from the trunk outwards, of any number; the trunk itself begins with the root.
CHAINS = ("spine", "neck", "tail", *(f"{limb}.toes" for limb in ("fore.L", "fore.R", "hind.L", "hind.R")))
SEGMENTS = ("clavicle", "upper", "lower", "foot", "toes")
LIMBS = ("fore.L", "fore.R", "hind.L", "hind.R")
HEAD_PARTS = ("jaw", "ear.L", "ear.R")


def limb_role(limb: str, segment: str) -> str:
    """'hind.L.upper'."""
    return f"{limb}.{segment}"


ROLES = (
    *("root", "spine", "neck", "head", "tail", *HEAD_PARTS),
    *(
        limb_role(limb, segment)
        for limb in LIMBS
        for segment in SEGMENTS
        if (limb[:4], segment) != ("hind", "clavicle")
    ),
)
# Without these there is nothing to retarget to.
NEEDED = ("root", *(limb_role(limb, "upper") for limb in LIMBS[2:]))

_SIDES = {"L": "Left", "R": "Right"}
_WORDS = {
    QUADRUPED: {
        "fore": ("Foreleg", "Shoulder Blade", "Upper Foreleg", "Lower Foreleg", "Front Metapodial", "Front Paw"),
        "hind": ("Hind Leg", "", "Thigh", "Shank", "Hind Metapodial", "Hind Paw"),
    },
    HUMAN: {
        "fore": ("Arm", "Collar", "Upper Arm", "Forearm", "Hand", "Fingers"),
        "hind": ("Leg", "", "Thigh", "Shin", "Foot", "Toes"),
    },
}
_SINGLE = {"root": "Root", "spine": "Spine", "neck": "Neck", "head": "Head", "tail": "Tail", "jaw": "Jaw"}


def role_words(role: str, family: str) -> str:
    """What a role is called in front of users: 'Left Thigh'."""
    if role in _SINGLE:
        return _SINGLE[role]
    part, side, *segment = role.split(".")
    if not segment:
        return f"{_SIDES[side]} Ear"
    return f"{_SIDES[side]} {_WORDS[family][part][1 + SEGMENTS.index(segment[0])]}"


def planted_limbs(family: str) -> tuple[str, ...]:
    """The limbs that stand on the floor."""
    return LIMBS if family == QUADRUPED else LIMBS[2:]


@dataclass(frozen=True)
class Limb:
    """The roles of a limb in the order in which they hang on each other, and what of it bends to reach a place.

    bending: segments whose joints do the reaching; what follows them stands where they end.
    """

    name: str
    family: str

    @property
    def bending(self) -> tuple[str, ...]:
        segments = ("upper", "lower", "foot") if self.family == QUADRUPED else ("upper", "lower")
        return tuple(limb_role(self.name, segment) for segment in segments)

    @property
    def tip(self) -> str:
        """The role that begins where the bending segments end."""
        return limb_role(self.name, "toes" if self.family == QUADRUPED else "foot")

    @property
    def all(self) -> tuple[str, ...]:
        return tuple(limb_role(self.name, segment) for segment in SEGMENTS)
