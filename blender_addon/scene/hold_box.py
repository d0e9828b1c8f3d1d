# SPDX-License-Identifier: GPL-3.0-or-later
"""Keep a character's hands on its box, or its box in a hand, also when one of them is moved by hand.

Two bones on the box are where the hands hold it, and the arms reach for them for as long as they do; or a bone in a
hand is where the box is, and the box goes with that. When is found in the motion of each take, and keyed in its action.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import bpy
import numpy as np

from ..core.box import inside
from ..core.hold import Grip, grip, held
from ..core.motion_file import MotionFileError
from ..core.retarget.turns import nearest_rotation
from ..core.rotations import continuous, quaternion_from_matrix
from .action import Keys, bone_path, play, scene_frame
from .box import BONE
from .character_facts import KEY
from .grip import constrained, follow, forget_keys, key_influence, key_place, reach, release
from .rig_bones import watch_bones
from .takes import take_actions
from .workbench import workbench

HANDS, BOX = "HANDS", "BOX"  # who follows
SIDES = ("left", "right")
CARRIER = "box_in_hand"
_KEPT = "hold"  # of the armature's facts: who follows


def holder(side: str) -> str:
    """The bone on the box where a hand holds it."""
    return f"box_{side}_hand"


def who_follows(armature: bpy.types.Object) -> str:
    """HANDS or BOX, as it was asked for last; "" if nothing keeps them together."""
    return armature[KEY].get(_KEPT, "") if KEY in armature else ""


def hold_box(scene: bpy.types.Scene, armature: bpy.types.Object, follower: str) -> int:
    """Keep hands and box together in all takes; in how many of the take's frames that plays now a hand holds it.

    follower: HANDS or BOX, which is kept to the other; what kept them before is gone. Raises MotionFileError.
    """
    _check(armature)
    let_go(armature)
    takes = [take for take in take_actions(armature) if "box_size" in take[KEY]]
    playing, slot = armature.animation_data.action, getattr(armature.animation_data, "action_slot", None)
    seen = _watch(scene, armature, takes)
    if not any(holding.any() for take in takes for holding in seen[take.name].holding.values()):
        raise MotionFileError(f"no hand comes to within 6 cm of the box in any take of {armature.name}")
    lead = max(SIDES, key=lambda side: sum(seen[take.name].holding[side].sum() for take in takes))
    _add_bones(armature, lead if follower == BOX else "")
    kept = [side for side in SIDES if follower == HANDS or side != lead]
    for side in kept:
        reach(armature, f"{side}_shoulder", f"{side}_elbow", f"{side}_wrist", armature, holder(side))
    if follower == BOX:
        follow(armature, BONE, CARRIER)
    for take in takes:
        _key(take, armature, seen[take.name], kept, lead if follower == BOX else "")
    armature[KEY][_KEPT] = follower
    play(playing, armature)
    if slot is not None:
        armature.animation_data.action_slot = slot
    return int(np.any(list(seen[playing.name].holding.values()), axis=0).sum()) if playing.name in seen else 0


def let_go(armature: bpy.types.Object) -> bool:
    """Take away what keeps hands and box together; whether there was anything. Raises MotionFileError."""
    bones = [name for name in _bone_names() if name in armature.data.bones]
    if not bones and not constrained(armature):
        return False
    _check(armature)
    release(armature)
    for take in take_actions(armature):
        forget_keys(take, list(_bone_names()))
    with _edited(armature) as edited:
        for name in bones:
            edited.remove(edited[name])
    armature[KEY].pop(_KEPT, None)
    return True


def hold_again(scene: bpy.types.Scene, armature: bpy.types.Object) -> list[str]:
    """Do it again for the takes and the bones that there are now, if it was asked for; sentences for the user."""
    try:
        if follower := who_follows(armature):
            hold_box(scene, armature, follower)
    except MotionFileError as error:
        return [f"hands and box are not kept together as before: {error}"]
    return []


@dataclass(frozen=True)
class _Seen:
    """What a take shows, T frames. frames: scene frames. box: (T, 4, 4), in the armature's space. hands: by side, their
    bones (T, 4, 4). holding: by side, (T,)."""

    frames: np.ndarray
    fps: float
    box: np.ndarray
    hands: dict[str, np.ndarray]
    holding: dict[str, np.ndarray]

    @property
    def turned(self) -> np.ndarray:
        """The box's rotations (T, 3, 3), whatever its size."""
        return nearest_rotation(self.box[:, :3, :3])

    def grip(self, side: str) -> Grip:
        hands, back = self.hands[side], np.linalg.inv(self.box)
        places = np.einsum("tab,tb->ta", back[:, :3, :3], hands[:, :3, 3]) + back[:, :3, 3]
        return grip(self.holding[side], places, self.turned.swapaxes(-1, -2) @ hands[:, :3, :3], self.fps)


def _check(armature: bpy.types.Object) -> None:
    if armature.library is not None or armature.data.library is not None:
        raise MotionFileError(f"{armature.name} is linked from another file: keep hands and box together in that one")
    if armature.mode != "OBJECT":
        raise MotionFileError(f"{armature.name} is in another mode than Object Mode: leave that first")
    if BONE not in armature.data.bones:
        raise MotionFileError(f"{armature.name} has no box; expected a person who was lifted with one")
    if armature.animation_data is None or armature.animation_data.action is None:
        raise MotionFileError(f"{armature.name} plays no action; choose a take")


def _watch(scene: bpy.types.Scene, armature: bpy.types.Object, takes: list[bpy.types.Action]) -> dict[str, _Seen]:
    """What each take shows, by its name. Another one plays afterwards."""
    found, hidden, posed = {}, armature.hide_viewport, armature.data.pose_position
    names = [BONE, *(f"{side}_{part}" for part in ("wrist", "hand") for side in SIDES)]
    try:
        armature.hide_viewport, armature.data.pose_position = False, "POSE"
        with workbench(armature) as bench:
            bench.render.fps, bench.render.fps_base = scene.render.fps, scene.render.fps_base
            for take in takes:
                play(take, armature)
                facts = take[KEY]
                numbers = facts["first_frame"] + np.arange(facts["frames"])
                frames = scene_frame(numbers, facts["fps"], facts["keyed_fps"])
                bench.view_layers[0].update()
                box, *parts = np.moveaxis(watch_bones(bench, armature, frames, names)[0], 1, 0)
                turned = nearest_rotation(box[:, :3, :3])
                palms = (inside(part[:, :3, 3], box[:, :3, 3], turned) for part in parts[2:])
                holding = {side: held(palm, list(facts["box_size"]), facts["fps"])
                           for side, palm in zip(SIDES, palms, strict=True)}  # fmt: skip
                found[take.name] = _Seen(frames, facts["fps"], box, dict(zip(SIDES, parts[:2], strict=True)), holding)
    finally:
        armature.hide_viewport, armature.data.pose_position = hidden, posed
    return found


def _add_bones(armature: bpy.types.Object, lead: str) -> None:
    """The bones on the box for the hands, and one in the leading hand for the box; all where the box rests."""
    with _edited(armature) as edited:
        for name, parent in (*((holder(side), BONE) for side in SIDES if side != lead), (CARRIER, f"{lead}_wrist")):
            if parent in edited:
                bone = edited.new(name)
                bone.head, bone.tail, bone.roll = edited[BONE].head, edited[BONE].tail, edited[BONE].roll
                bone.tail = bone.head + 0.5 * (bone.tail - bone.head)
                bone.parent, bone.use_deform = edited[parent], False
                bone.inherit_scale = "NONE"
    for name in _bone_names():
        if name in armature.pose.bones:
            armature.pose.bones[name].rotation_mode = "QUATERNION"


def _key(take: bpy.types.Action, armature: bpy.types.Object, seen: _Seen, kept: list[str], lead: str) -> None:
    """Keys for the hands that are kept on the box, and for the box if a hand leads it."""
    keys = Keys.onto(take)
    for side in kept:
        found, bone = seen.grip(side), holder(side)
        key_influence(keys, [f"{side}_elbow", f"{side}_wrist"], found, seen.frames)
        key_place(keys, lambda attribute, bone=bone: bone_path(bone, attribute), found, seen.frames, bone)
    if not lead:
        return
    key_influence(keys, [BONE], seen.grip(lead), seen.frames)
    rest = {name: np.array(armature.data.bones[name].matrix_local, np.float64) for name in (CARRIER, f"{lead}_wrist")}
    own = np.linalg.inv(rest[CARRIER]) @ rest[f"{lead}_wrist"] @ np.linalg.inv(seen.hands[lead]) @ seen.box
    quaternions = continuous(quaternion_from_matrix(nearest_rotation(own[:, :3, :3])))
    keys.add(bone_path(CARRIER, "location"), seen.frames, own[:, :3, 3], CARRIER)
    keys.add(bone_path(CARRIER, "rotation_quaternion"), seen.frames, quaternions, CARRIER)
    scale = np.linalg.norm(seen.box[:1, :3, :3], axis=1)
    keys.add(bone_path(CARRIER, "scale"), seen.frames[:1], scale, CARRIER)


def _bone_names() -> tuple[str, ...]:
    return (*(holder(side) for side in SIDES), CARRIER)


@contextmanager
def _edited(armature: bpy.types.Object) -> Iterator:
    """The armature's edit bones, for a moment, in a scene of its own."""
    with workbench(armature) as bench:
        bpy.ops.object.mode_set(mode="EDIT")
        try:
            yield armature.data.edit_bones
        finally:
            bpy.ops.object.mode_set(mode="OBJECT")
            bench.view_layers[0].update()
