# SPDX-License-Identifier: GPL-3.0-or-later
"""What a clip was recognised as, in the words of the panel. From the result of the backend's `inspect`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from .body_family import HUMAN, HUMAN_BOX

VIDEO = "Video"  # as the backend calls the format
_PERSON, _ANIMAL = "person", "animal"


@dataclass(frozen=True)
class Person:
    """Somebody in the clip. index: as the backend counts people in its messages, from 0. frames: in which the person
    is seen, of the clip's `total`. missing: share of the points, 0 to 1. reason: why this person cannot be lifted.
    what: "person" or "animal"."""

    index: int
    frames: int
    total: int
    missing: float = 0.0
    longest_gap: int = 0
    reason: str = ""
    what: str = _PERSON

    @property
    def label(self) -> str:
        """For a list to choose from."""
        return f"{self.what.capitalize()} {self.index}, in {self.frames} of {self.total} frames"

    @property
    def gaps(self) -> str:
        """How whole the person's points are, in a few words."""
        if self.missing <= 0:
            return "No point is missing"
        share = "Under 1 %" if self.missing < 0.01 else f"{100 * self.missing:.0f} %"
        if not self.longest_gap:
            return f"{share} of the points missing"
        return f"{share} missing, longest gap {self.longest_gap} frame{'s' * (self.longest_gap != 1)}"


@dataclass(frozen=True)
class ClipFacts:
    """A clip that can be read. fps, image_size: assumed where *_known is False. chosen: the person seen most.
    reason: why nobody in it can be lifted, "" if somebody can. video: the footage that was found, "" for none.
    subject: "human", "cat", or "" where the clip does not tell. focal: pixels, 0 where the clip does not tell."""

    format: str
    layout: str
    people: tuple[Person, ...]
    chosen: int
    frames: int
    first_frame: int
    fps: float
    fps_known: bool
    image_size: tuple[int, int]
    image_size_known: bool
    reason: str
    warnings: tuple[str, ...]
    video: str
    subject: str = HUMAN
    focal: float = 0.0

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> "ClipFacts":
        """From the backend's facts; what it does not tell is taken as nothing."""
        frames = int(facts.get("frames") or 0)
        subject = str(facts.get("subject", HUMAN))
        people = tuple(
            Person(
                index=int(person.get("index", number)),
                frames=int(person.get("frames") or 0),
                total=frames,
                missing=float(person.get("missing") or 0.0),
                longest_gap=int(person.get("longest_gap") or 0),
                reason="" if person.get("liftable", True) else str(person.get("reason") or "cannot be lifted"),
                what=_what(subject),
            )
            for number, person in enumerate(facts.get("people") or ())
        )
        width, height = facts.get("image_size") or (0, 0)
        return cls(
            format=str(facts.get("format") or "Keypoints"),
            layout=str(facts.get("layout") or ""),
            people=people,
            chosen=int(facts.get("chosen") or 0),
            frames=frames,
            first_frame=int(facts.get("first_frame") or 0),
            fps=float(facts.get("fps") or 0.0),
            fps_known=bool(facts.get("fps_known", True)),
            image_size=(int(width), int(height)),
            image_size_known=bool(facts.get("image_size_known", True)),
            reason="" if facts.get("liftable", True) else str(facts.get("reason") or "nobody in it can be lifted"),
            warnings=tuple(map(str, facts.get("warnings") or ())),
            video=str(facts.get("video") or ""),
            subject=subject,
            focal=float(facts.get("focal") or 0.0),
        )

    @property
    def what(self) -> str:
        """What it shows some of: "person" or "animal"."""
        return _what(self.subject)

    @property
    def is_video(self) -> bool:
        """Whether its people are only found by the lift."""
        return self.format == VIDEO

    @property
    def last_frame(self) -> int:
        return self.first_frame + self.frames - 1

    def person(self, index: int) -> Person | None:
        """The person of this index, else the one seen most; None if there is nobody."""
        by_index = {person.index: person for person in self.people}
        return by_index.get(index) or by_index.get(self.chosen) or next(iter(self.people), None)

    def lines(self, person: int = -1) -> tuple[str, str, str]:
        """What it is, how much of it there is, and how whole the chosen person is: three short lines."""
        count = len(self.people)
        rate = f" at {self.fps:.5g} fps" if self.fps_known else f", {self.fps:.5g} fps assumed"
        if self.is_video:
            return (
                f"{VIDEO}, {self.image_size[0]} x {self.image_size[1]}",
                f"{self.frames:,} frames{rate}",
                "People are found when it is lifted",
            )
        chosen = self.person(person)
        return (
            ", ".join(part for part in (self.format.removesuffix(" JSON"), _short(self.layout)) if part),
            f"{_many(count, self.what)}, {self.frames:,} frames{rate}",
            chosen.gaps if chosen else "Nobody is in it",
        )


def _what(subject: str) -> str:
    return _PERSON if subject in (HUMAN, HUMAN_BOX, "") else _ANIMAL


def _many(count: int, what: str) -> str:
    return f"{count} {what if count == 1 else 'people' if what == _PERSON else f'{what}s'}"


@lru_cache(maxsize=16)  # panels ask at every redraw
def _short(layout: str) -> str:
    """A layout's title without its explanations: "25 points with feet (OpenPose, BODY_25)" is BODY_25."""
    person, box, _ = layout.partition(" and 5 of a box" if " and 5 " in layout else " and 8 corners of a box")
    if box:
        return f"{_short(person)} and a box"
    if found := re.search(r"BODY_\d+", layout):
        return found[0]
    found = re.match(r"\d+ points", layout)
    return found[0] if found else layout
