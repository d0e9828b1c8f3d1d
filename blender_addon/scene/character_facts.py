# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of a character and its takes: plain values on its objects and actions, which last without the add-on.

Every object of a character, its armature's data and its actions hold {"character": id, ...} as the property "lift3d".
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

import bpy

from ..core.body_family import SMPL
from ..core.motion_facts import fingerprint, motion_facts
from ..core.motion_file import Motion
from .action import scene_frame

KEY = "lift3d"


@dataclass(frozen=True)
class CharacterFacts:
    """Facts of a character with the take it plays. first_frame: the clip's number of the first. keyed_fps: the scene
    rate that the keys are placed for. betas: the shape of the body, whose family model_type names. box_size: metres,
    and where it is from. Others as in core.motion_facts; None: not known.
    """

    character: str
    clip: str
    take: str
    motion: str
    source: str
    footage: str
    frames: int
    fps: float
    keyed_fps: float
    first_frame: int
    seconds: float
    warnings: tuple[str, ...] = ()
    betas: tuple[float, ...] = ()
    image_size: tuple[int, int] | None = None
    person: int | None = None
    seed: int | None = None
    model: str = ""
    reprojection: float | None = None
    confidence: float | None = None
    missing: float | None = None
    box_size: tuple[float, float, float] | None = None
    box_size_source: str = ""
    focal: float | None = None
    focal_source: str = ""
    height: float | None = None
    model_type: str = SMPL.model_type
    world: str = ""

    @property
    def first_key(self) -> float:
        """The scene frame of the first key."""
        return scene_frame(self.first_frame, self.fps, self.keyed_fps)

    @property
    def last_key(self) -> float:
        """The scene frame of the last key."""
        return scene_frame(self.first_frame + self.frames - 1, self.fps, self.keyed_fps)


def facts_of(motion: Motion, character: str, betas, keyed_fps: float, warnings: list[str]) -> dict[str, Any]:
    """What is kept of a motion with an action that is keyed for a scene of `keyed_fps` frames a second."""
    figures = motion_facts(motion)
    kept = {
        "character": character,
        "clip": motion.name,
        "motion": str(motion.path or ""),
        "source": motion.source,
        "footage": "",
        "frames": figures.frames,
        "fps": figures.fps,
        "keyed_fps": keyed_fps,
        "first_frame": motion.frame_start,
        "seconds": figures.seconds,
        "warnings": list(dict.fromkeys([*motion.warnings, *warnings])),
        "betas": [float(value) for value in betas],
        "image_size": list(motion.camera.image_size) if motion.camera else None,
        "person": motion.person,
        "seed": motion.seed,
        "model": motion.model,
        "reprojection": figures.reprojection,
        "confidence": figures.confidence,
        "missing": figures.missing,
        "box_size": [float(edge) for edge in motion.box.size] if motion.box else None,
        "box_size_source": motion.box.source if motion.box else None,
        "focal": figures.focal,
        "focal_source": motion.focal_source,
        "height": motion.height,
        "model_type": motion.model_type,
        "world": motion.world or None,
        "fingerprint": fingerprint(motion),
    }
    if motion.seed is not None and abs(motion.seed) >= 1 << 31:  # more than a whole number of Blender's holds
        kept["seed"] = float(motion.seed)
    return {name: value for name, value in kept.items() if value is not None}


def new_character() -> str:
    """An id for a character, unlike any other in any file."""
    return uuid.uuid4().hex


def mark(item: bpy.types.ID, character: str, **facts: Any) -> None:
    """Let a datablock say whose it is."""
    item[KEY] = {"character": character, **facts}


def next_order(items: Iterable[bpy.types.ID]) -> int:
    """A number above the "order" of all these datablocks: the newest has the highest."""
    return 1 + max((item[KEY].get("order", 0) for item in items if character_of(item)), default=0)


def character_of(item: bpy.types.ID | None) -> str:
    """The id of the character that a datablock belongs to; "" if to none."""
    held = item.get(KEY) if item is not None else None
    return held.get("character", "") if hasattr(held, "get") else ""


def read_facts(armature: bpy.types.Object | None) -> CharacterFacts | None:
    """The facts of a character, by its armature; None if it is none. Those of the action that it plays, if that is ours
    too. Costs some microseconds: panels may ask."""
    character = character_of(armature)
    if not character or armature.type != "ARMATURE":
        return None
    kept = dict(armature[KEY])
    action = armature.animation_data.action if armature.animation_data else None
    if character_of(action) == character:
        kept.update(action[KEY], betas=armature[KEY].get("betas", ()), footage=armature[KEY].get("footage", ""))
    kept["take"] = action.name if action else ""
    try:
        return CharacterFacts(**{name: _plain(kept[name]) for name in _NAMES if name in kept})
    except TypeError:  # changed by hand, so that something is not there any more
        return None


_NAMES = [field.name for field in fields(CharacterFacts)]


def _plain(value: Any) -> Any:
    """An ID property as an immutable plain value."""
    if hasattr(value, "to_list"):
        value = value.to_list()
    return tuple(value) if isinstance(value, list | tuple) else value
