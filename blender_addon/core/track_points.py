# SPDX-License-Identifier: GPL-3.0-or-later
"""The one table of what can be tracked by hand: for each subject the keypoints that tracks are named after, and which
of them a track's name means."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from .body_family import CAT, HUMAN, SUBJECTS

HUMAN_BOX = "human_box"


@dataclass(frozen=True)
class TrackedPoints:
    """layout: as the backend calls it. title: for people to read. places: the layout's points in order, and where each
    is on a standing figure, to the image's right and down, in any unit. words: what else a word of a name may be."""

    subject: str
    layout: str
    title: str
    places: Mapping[str, tuple[float, float]]
    words: Mapping[str, str]

    def point_of(self, name: str) -> str | None:
        """The keypoint that a track is named after, however it is written: left_knee, Knee.L, "knee left.001"; None if
        none of these."""
        name = re.sub(r"\.\d{3}$", "", name.strip())  # Blender's ending of a second one
        parts = re.findall(r"[a-z]+|\d+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower())
        said = [str(int(part)) if part.isdigit() else self.words.get(part, part) for part in parts]
        return self._by_words.get(tuple(sorted(said))) or self._in_one_word.get("".join(said))

    @cached_property
    def _by_words(self) -> dict[tuple[str, ...], str]:
        return {tuple(sorted(point.split("_"))): point for point in self.places}

    @cached_property
    def _in_one_word(self) -> dict[str, str]:
        return {point.replace("_", ""): point for point in self.places}


# An upright figure seen from the front, in heights from the crown down.
_PERSON = {
    "nose": (0.0, 0.075), "left_eye": (0.02, 0.06), "right_eye": (-0.02, 0.06), "left_ear": (0.045, 0.068),
    "right_ear": (-0.045, 0.068), "left_shoulder": (0.11, 0.18), "right_shoulder": (-0.11, 0.18),
    "left_elbow": (0.13, 0.36), "right_elbow": (-0.13, 0.36), "left_wrist": (0.14, 0.51), "right_wrist": (-0.14, 0.51),
    "left_hip": (0.055, 0.48), "right_hip": (-0.055, 0.48), "left_knee": (0.055, 0.715), "right_knee": (-0.055, 0.715),
    "left_ankle": (0.055, 0.95), "right_ankle": (-0.055, 0.95),
}  # fmt: skip
# An animal seen from its left side, in heights of the back over the floor.
_ANIMAL = {
    "left_eye": (-0.93, -0.15), "right_eye": (-0.95, -0.15), "nose": (-1.05, -0.02), "neck": (-0.60, 0.08),
    "tail_root": (0.59, 0.12), "left_shoulder": (-0.57, 0.32), "left_elbow": (-0.37, 0.50),
    "left_front_paw": (-0.47, 0.95), "right_shoulder": (-0.55, 0.31), "right_elbow": (-0.33, 0.48),
    "right_front_paw": (-0.36, 0.93), "left_hip": (0.44, 0.24), "left_knee": (0.27, 0.51),
    "left_back_paw": (0.47, 0.95), "right_hip": (0.45, 0.23), "right_knee": (0.24, 0.49),
    "right_back_paw": (0.39, 0.93),
}  # fmt: skip
# Held before the hips: its upper face, and the corner below the first.
_BOX = {
    "box_1": (-0.12, 0.42), "box_2": (0.12, 0.42), "box_3": (0.12, 0.38), "box_4": (-0.12, 0.38),
    "box_5": (-0.12, 0.60),
}  # fmt: skip
_SIDES = {"l": "left", "r": "right"}
_OF_PERSON = {**_SIDES, "hand": "wrist", "foot": "ankle", "head": "nose"}
_OF_ANIMAL = {
    **_SIDES, "fore": "front", "hind": "back", "rear": "back", "foot": "paw", "hoof": "paw", "toe": "paw",
    "snout": "nose", "muzzle": "nose", "stifle": "knee", "base": "root",
}  # fmt: skip

_ALL = (
    TrackedPoints(HUMAN, "coco17", "Human", _PERSON, _OF_PERSON),
    TrackedPoints(CAT, "ap10k", "Cat", _ANIMAL, _OF_ANIMAL),
    TrackedPoints(HUMAN_BOX, "coco17_box", "Human with Box", {**_PERSON, **_BOX}, _OF_PERSON),
)
#: By subject, for those that can be lifted.
TRACKED = {each.subject: each for each in _ALL if each.subject in SUBJECTS}


def subject_of(names: Iterable[str]) -> str:
    """Whom tracks of these names show: who has most of them; a human, if nobody has more."""
    names = list(names)
    found = {subject: len({each.point_of(name) for name in names} - {None}) for subject, each in TRACKED.items()}
    return max(found, key=lambda subject: found[subject])
