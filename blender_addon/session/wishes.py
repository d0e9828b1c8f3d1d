# SPDX-License-Identifier: GPL-3.0-or-later
"""What a lift is asked for: the scene's settings, and what follows from the takes that the scene has of the clip."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy

from ..core.body_family import family_of_subject
from ..core.clip_facts import ClipFacts
from ..core.lift_options import ALL_PEOPLE, LARGEST_SEED, MOST_SEEN
from .film_camera import camera_option

_SAME_HEIGHT = 0.002  # metres


@dataclass(frozen=True)
class _Lifted:
    clip: str
    person: int
    options: dict[str, Any]


# Motion files that were lifted while this Blender runs, and of what: a motion knows its clip's name, not its path.
_lifted: dict[str, _Lifted] = {}


def remember(motion: Path, clip: Path, person: int, options: dict[str, Any]) -> None:
    """A motion file is a lift of this person of this clip with these options."""
    _lifted[str(motion)] = _Lifted(str(clip), person, options)


def forget() -> None:
    _lifted.clear()


def options(scene: bpy.types.Scene, clip: Path, known: ClipFacts | None, device: str, new_take: bool) -> dict[str, Any]:
    """The options of a lift of the scene's chosen clip. known: what it was recognised as. new_take: with a seed that no
    take has yet.

    A character that the scene has of the clip keeps its shape, so that its takes are interchangeable; but what was
    lifted before is lifted in the same way again. Raises JobError where the scene's camera cannot be taken.
    """
    from ..scene.takes import takes
    from ..settings.chosen_clip import subject
    from ..settings.lift_settings import lift_options

    settings = scene.lift3d
    wanted = {**lift_options(settings), "device": device}
    wanted |= camera_option(scene, known, wanted)
    if wanted.get("person") == ALL_PEOPLE:  # whose shapes are each one's own
        return _next_seed(wanted, [settings.seed]) if new_take else wanted
    character, facts = _character(scene, clip, known, wanted, family_of_subject(subject(settings)).model_type)
    if character is None:
        return _next_seed(wanted, [settings.seed]) if new_take else wanted
    if new_take:
        wanted = _next_seed(wanted, [settings.seed, *(take.seed for take in takes(character) if take.seed is not None)])
    elif again := _as_before(character, wanted):
        return again
    height = wanted.get("height")
    if facts.betas and (height is None or facts.height is None or abs(facts.height - height) < _SAME_HEIGHT):
        wanted.pop("height", None)  # the shape has it
        wanted["betas"] = list(facts.betas)
    return wanted


def _next_seed(wanted: dict[str, Any], used: list[int]) -> dict[str, Any]:
    seed = int(max(used)) + 1
    return {**wanted, "seed": seed if seed <= LARGEST_SEED else 0}


def _character(
    scene: bpy.types.Scene, clip: Path, known: ClipFacts | None, wanted: dict[str, Any], model_type: str
) -> tuple:
    """The scene's newest character of this clip, person and kind of body, and its facts; or None and None."""
    from ..scene.character_facts import read_facts
    from ..scene.find_character import characters

    person = wanted.get("person", MOST_SEEN)
    if person == MOST_SEEN and known is not None and known.people:
        person = known.people[known.chosen].index
    for armature in reversed(characters(scene)):
        facts = read_facts(armature)
        if facts is not None and facts.model_type == model_type and _is_of(facts, clip, person, known, wanted):
            return armature, facts
    return None, None


def _is_of(facts, clip: Path, person: int, known: ClipFacts | None, wanted: dict[str, Any]) -> bool:
    """Whether a character was lifted from this person of this clip. From a file of an earlier day all that can be
    compared is what the motion keeps of its clip; a clip's name alone says little."""
    if before := _lifted.get(facts.motion):
        return (before.clip, before.person) == (str(clip), person)
    if known is None or facts.source != clip.name or facts.person != person:
        return False
    first, last = wanted.get("first_frame", known.first_frame), wanted.get("last_frame", known.last_frame)
    return (facts.first_frame, facts.frames) == (first, last - first + 1)


def _as_before(character: bpy.types.Object, wanted: dict[str, Any]) -> dict[str, Any] | None:
    """The options of the take that was lifted by the same wish, its shape included; None if none was."""
    from ..scene.character_facts import KEY
    from ..scene.takes import take_actions

    for take in take_actions(character):
        before = _lifted.get(take[KEY].get("motion", ""))
        if before and _without_shape(before.options) == _without_shape(wanted):
            return before.options
    return None


def _without_shape(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name not in ("betas", "height")}
