# SPDX-License-Identifier: GPL-3.0-or-later
"""What people call the points of an animal: from the names in a file to ours, whatever their case, order and words.

A name is cut into words (`LF_paw`, `leftEar`, `hindpawL`, `Nearfrontfetlock`), which say the side, whether it is a
front or a hind leg, and the part. What a knee is depends on the other names: see `animal_points`.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

_SIDES = {"left": "left", "l": "left", "near": "left", "right": "right", "r": "right", "off": "right"}
_ENDS = {
    "front": "front", "fore": "front", "f": "front", "anterior": "front",
    "back": "back", "hind": "back", "rear": "back", "b": "back", "h": "back", "posterior": "back",
}  # fmt: skip
_FILLERS = {"of", "the", "joint", "point", "leg", "limb", "center", "centre"}
_ROOT, _MIDDLE, _TIP = ("base", "root", "set", "start"), ("mid", "middle"), ("tip", "end")
# The words of a part, without side and end -> the part. Those with * mean something by the company they are in.
_PARTS: dict[frozenset[str], str] = {
    frozenset(words): part
    for part, spellings in {
        "nose": [{"nose"}, {"snout"}, {"muzzle"}, {"nose", "tip"}, {"snout", "tip"}],
        "eye": [{"eye"}],
        "ear": [{"ear"}, *({"ear", word} for word in _ROOT)],
        "ear_tip": [{"ear", word} for word in _TIP],
        "chin": [{"chin"}, {"lower", "jaw"}],
        "jaw": [{"jaw"}],
        "throat": [{"throat"}, {"throat", "base"}],
        "neck": [{"neck"}, {"neck", "base"}],
        "withers": [{"withers"}, {"wither"}],
        "tail_root": [{"tail"}, *({"tail", word} for word in _ROOT)],
        "tail_middle": [{"tail", word} for word in _MIDDLE],
        "tail_tip": [{"tail", word} for word in _TIP],
        "ischium": [{"ischium"}],
        "girth": [{"girth"}],
        "scapula": [{"scapula"}, {"shoulder", "mid"}],
        "shoulder": [{"shoulder"}],
        "elbow*": [{"elbow"}],
        "wrist*": [{"wrist"}],
        "carpus": [{"carpus"}, {"carpal"}],
        "thigh*": [{"thigh"}, {"thai"}],
        "hip": [{"hip"}, {"croup"}, {"pelvis"}],
        "knee*": [{"knee"}],
        "stifle": [{"stifle"}, {"stiffle"}],
        "hock": [{"hock"}, {"tarsus"}],
        "ankle*": [{"ankle"}],
        "fetlock": [{"fetlock"}],
        "paw": [{"paw"}, {"foot"}, {"hoof"}, {"toe"}],
        "hand": [{"hand"}],
    }.items()
    for words in spellings
}
_WORDS = sorted({*_SIDES, *_ENDS, *_FILLERS, *(word for words in _PARTS for word in words)}, key=len, reverse=True)
_MIDLINE = {"nose", "chin", "jaw", "throat", "neck", "withers", "tail_root", "tail_middle", "tail_tip", "ischium",
            "girth", "scapula"}  # fmt: skip
_OF_ANIMALS = {"withers", "tail_root", "tail_middle", "tail_tip", "paw", "stifle", "hock", "fetlock", "carpus"}
#: What a file may mark of one side only, that which the camera sees.
ONE_SIDED = ("eye", "shoulder", "elbow", "hip", "knee")


@dataclass(frozen=True)
class _Spoken:
    """A name understood: side left, right or "", end front, back or "", part as in _PARTS."""

    side: str
    end: str
    part: str


def animal_points(names: list[str]) -> dict[int, str]:
    """Which of our points the names are, by their index in `names`; those that are none of a quadruped's are not there.

    Points of ONE_SIDED come without a side where the name has none. A hind knee is the hock where the file has a
    stifle or a hind elbow besides (Animal-Pose), else the stifle; a front knee is the carpus, but the elbow where
    only a thigh is above it (SuperAnimal, whose thighs are AP-10K's shoulders and hips). Wrists and ankles are paws
    where the file has no paws.
    """
    spoken = {index: found for index, name in enumerate(names) if (found := _understood(str(name)))}
    said = {(each.end, each.part) for each in spoken.values()}
    points: dict[int, str] = {}
    for index, each in spoken.items():
        point = _placed(each, said)
        if point and point not in points.values():
            points[index] = point
    return points


def names_an_animal(names: list[str]) -> bool:
    """Whether any of the names is of what people have not: tails, paws, hocks, hind and front legs."""
    spoken = [found for name in names if (found := _understood(str(name)))]
    return any(each.part in _OF_ANIMALS or each.end for each in spoken)


def _placed(each: _Spoken, said: set[tuple[str, str]]) -> str:
    """Our name of a point, "" if it is none of ours. said: (end, part) of all names of the file."""
    parts = {part for _, part in said}
    part, end = each.part, each.end
    if part in _MIDLINE:
        return part if not each.side or part == "scapula" else ""
    if part == "thigh*":
        part, end = ("hip" if end == "back" else "shoulder"), ""
        if part in parts:
            return ""
    elif part == "elbow*":
        part = "knee" if end == "back" else "elbow"
    elif part == "stifle":
        part = "knee"
    elif part == "knee*":
        if end == "front":
            part = (
                "elbow"
                if ("front", "thigh*") in said and not {("front", "elbow*"), ("", "elbow*")} & said
                else "carpus"
            )
        elif end == "back":
            part = "hock" if ("back", "elbow*") in said or "stifle" in parts else "knee"
        else:
            part = "carpus" if "stifle" in parts else "knee"
    elif part in ("wrist*", "ankle*", "hand"):
        end = end or ("back" if part == "ankle*" else "front")
        whole = part == "hand" or (end, "paw") not in said and not (end == "front" and "hand" in parts)
        part = "paw" if whole else "carpus" if end == "front" else "hock"
    if part in ("paw", "fetlock"):
        if not (end and each.side):
            return ""
        return f"{each.side}_{end}_{part}"
    if not each.side:
        return part if part in ONE_SIDED else ""
    return f"{each.side}_ear_tip" if part == "ear_tip" else f"{each.side}_{part}"


@lru_cache(maxsize=1024)
def _understood(name: str) -> _Spoken | None:
    chunks = [chunk.lower() for chunk in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name[:60])]
    choices: list[list[str]] = [[]]
    for chunk in chunks:
        choices = [[*one, *more] for one in choices for more in _cuts(chunk)][:32]
    for words in sorted(choices, key=len):
        sides = {_SIDES[word] for word in words if word in _SIDES}
        ends = {_ENDS[word] for word in words if word in _ENDS}
        rest = frozenset(word for word in words if word not in _SIDES and word not in _ENDS and word not in _FILLERS)
        if len(sides) > 1 or len(ends) > 1:
            continue
        if ends == {"back"} and rest == {"base"} and not sides:  # of the back, not of a hind leg
            return _Spoken("", "", "withers")
        if rest in _PARTS:
            return _Spoken(next(iter(sides), ""), next(iter(ends), ""), _PARTS[rest])
    return None


def _cuts(chunk: str) -> list[list[str]]:
    """All ways to cut a run of letters into known words, single letters only before or after all others."""
    if not chunk:
        return [[]]
    found = [[word, *rest] for word in _WORDS if chunk.startswith(word) for rest in _cuts(chunk[len(word) :])]
    return [cut for cut in found if _letters_outside(cut)]


def _letters_outside(words: list[str]) -> bool:
    whole = [place for place, word in enumerate(words) if len(word) > 1]
    return not whole or all(len(word) > 1 for word in words[whole[0] : whole[-1] + 1])
