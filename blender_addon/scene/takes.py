# SPDX-License-Identifier: GPL-3.0-or-later
"""Several motions of one clip as several actions of one character, of which it plays one."""

from dataclasses import dataclass

import bpy
import numpy as np

from ..core.body_file import Body
from ..core.motion_facts import fingerprint
from ..core.motion_file import Motion
from ..core.shape_values import rest_difference, shape_values
from .action import key_frames
from .character import Character, make_take, play_take, share_camera
from .character_facts import KEY, CharacterFacts, character_of, read_facts
from .find_character import characters, parts, same_world, world_of
from .kept_keypoints import kept_keypoints

# From here on, in metres, another shape of the body is worth a word: hands and feet miss by as much.
_OTHER_SHAPE = 0.01


@dataclass(frozen=True)
class Take:
    """One motion of a character. name: its action's. seed: None where the motion file does not tell."""

    name: str
    seed: int | None
    active: bool


def takes(armature: bpy.types.Object) -> list[Take]:
    """The takes of a character, the oldest first. Costs some microseconds an action: panels may ask."""
    playing = armature.animation_data.action if armature.animation_data else None
    found = sorted(take_actions(armature), key=lambda action: action[KEY].get("order", 0))
    return [Take(action.name, action[KEY].get("seed"), action == playing) for action in found]


def take_actions(armature: bpy.types.Object) -> list[bpy.types.Action]:
    """The actions that are takes of a character."""
    character = character_of(armature)
    if not character:
        return []
    return [action for action in bpy.data.actions if character_of(action) == character and "frames" in action[KEY]]


def activate_take(armature: bpy.types.Object, name: str) -> bool:
    """Let the character play the take with this action's name, its camera too; False if it has none of that name.

    Who shares the camera plays the take that was lifted together with it.
    """
    take = next((action for action in take_actions(armature) if action.name == name), None)
    if take is None:
        return False
    for other in same_world(armature) if world_of(take) else ():
        together = next((each for each in take_actions(other) if world_of(each) == world_of(take)), None)
        if together is not None and other != armature:
            play_take(other, together, None)
    play_take(armature, take, parts(armature).get("camera"))
    return True


def character_for(scene: bpy.types.Scene, motion: Motion) -> bpy.types.Object | None:
    """The newest character in the scene that a motion is a take of: of the same clip, person and frames; or None."""
    for armature in reversed(characters(scene)):
        facts = read_facts(armature)
        if facts is not None and armature.library is None and _same_clip(facts, take_actions(armature), motion):
            return armature
    return None


def same_take(armature: bpy.types.Object, motion: Motion) -> bpy.types.Action | None:
    """The take of a character that has this very motion; or None."""
    print_of = fingerprint(motion)
    return next((take for take in take_actions(armature) if take[KEY].get("fingerprint") == print_of), None)


def add_take(scene: bpy.types.Scene, armature: bpy.types.Object, motion: Motion, body: Body) -> Character:
    """Give a character the motion as a further action and let it play that. Raises MotionFileError if the body or the
    armature has not the motion's joints."""
    betas, warnings = shape_values(motion, body)
    kept = read_facts(armature)
    if motion.ours and kept is not None:
        away = rest_difference(body, betas, np.array(kept.betas))
        if away > _OTHER_SHAPE:
            warnings = [*warnings, f"the take is of another body shape: joints stand {away * 1000:.0f} mm off"]
    take = make_take(scene, armature, motion, body, betas, warnings)
    held = parts(armature)
    share_camera(take, held.get("camera"))
    play_take(armature, take, held.get("camera"))
    frames = key_frames(len(motion), motion.frame_start, motion.fps, scene)
    collection = armature.users_collection[0]
    return Character(collection, armature, held.get("skin"), take, held.get("camera"), frames, warnings)


def _same_clip(facts: CharacterFacts, known: list[bpy.types.Action], motion: Motion) -> bool:
    """Whether a motion shows what a character's takes show. Names are not enough: many clips are `keypoints.json`."""
    kept = (facts.model_type, facts.source or facts.clip, facts.person, facts.first_frame, facts.frames)
    if kept != (motion.model_type, motion.source or motion.name, motion.person, motion.frame_start, len(motion)):
        return False
    if bool(facts.world) != bool(motion.world):  # a camera of one's own is none that others share
        return False
    if not motion.ours:  # other programs' motions say nothing of where they are from
        return facts.motion == str(motion.path)
    seen = next((found for take in known if (found := kept_keypoints(take))), None)
    if seen is None or motion.keypoints is None:
        return True
    same_names = seen.names == motion.keypoints.names
    return same_names and np.allclose(seen.points, motion.keypoints.points, atol=0.1, rtol=0, equal_nan=True)
