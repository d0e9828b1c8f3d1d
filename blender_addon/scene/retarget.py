# SPDX-License-Identifier: GPL-3.0-or-later
"""A motion onto a rig of the user's: a new action with keys on mapped bones alone. All else of the rig stays."""

from dataclasses import dataclass

import bpy
import numpy as np

from ..core.retarget import RetargetError
from ..core.retarget.bone_map import BoneMap, Control
from ..core.retarget.rig import map_rig
from ..core.retarget.solve import Solution, solve
from ..core.retarget.source import Source
from .action import key_frames, play
from .bone_keys import bone_action
from .fit_controls import Fit, Wanted, fit_controls
from .hold_box import let_go, who_follows
from .rig_bones import read_rig
from .rig_box import give_box, hold_rigs_box, let_go_of_rigs_box, watch_arms
from .workbench import workbench

_NOTED_TURN = np.radians(2.0)
_NOTED_MISS = 0.01  # of the rig's size
_LONGEST_NAME = 63 - len(".001")


@dataclass(frozen=True)
class Retargeted:
    """action: the new one, which the rig plays. frames: (T,), its keys' scene frames. warnings: sentences for the
    user. solution: what was wanted of the mapped bones. box: the rig's own, if the source has one."""

    action: bpy.types.Action
    frames: np.ndarray
    warnings: list[str]
    solution: Solution
    box: bpy.types.Object | None = None


def retarget(
    scene: bpy.types.Scene,
    source: Source,
    armature: bpy.types.Object,
    bones: BoneMap,
    planted: bool = True,
    held: bool = True,
) -> Retargeted:
    """Give the rig the source's motion, keyed by time from the source's first frame on.

    planted: hold paws that stand in one place. held: keep hands on the box that the source handles. The rig's rest
    pose, transforms and constraints, and the action it had, stay; so do the user's selection, mode and scene. What an
    earlier call has put on it for a box is gone. Raises RetargetError, before anything is changed.
    """
    check_rig(armature)
    check_map(source, armature, bones)
    rig = map_rig(read_rig(armature), bones.family, bones.roles, bones.moved_by())
    solution = solve(source, rig, planted)
    keyed = _keyed(armature, bones, rig, solution)
    frames = key_frames(len(source), source.frame_start, source.fps, scene)
    name = f"{source.name} on {armature.name}".encode()[:_LONGEST_NAME].decode(errors="ignore")
    before = _playing(armature)
    if who_follows(armature):
        let_go(armature)
    let_go_of_rigs_box(armature)
    action, kept = None, armature.animation_data.action if armature.animation_data else None

    def apply(basis: np.ndarray) -> None:
        nonlocal action
        made = bone_action("Retarget", armature, frames, keyed.names, basis, keyed.location, properties)
        play(made, armature)
        if action is not None:
            bpy.data.actions.remove(action)
        action = made

    hidden = armature.hide_viewport
    properties = [each for each in bones.properties if each.name in armature.pose.bones[each.bone]]
    try:
        with workbench(armature) as bench:
            bench.render.fps, bench.render.fps_base = scene.render.fps, scene.render.fps_base
            if hidden:  # in every scene, where Blender then does not move it
                armature.hide_viewport = False
            bench.view_layers[0].update()
            apply(np.tile(np.eye(4), (len(frames), len(keyed.names), 1, 1)))
            fit = fit_controls(bench, armature, frames, keyed, apply)
            arms = watch_arms(bench, armature, frames, bones) if source.box and held else []
    except BaseException:
        _play_again(armature, before)
        if action is not None:
            bpy.data.actions.remove(action)
        raise
    finally:
        if hidden:
            armature.hide_viewport = True
    action.name = name
    if kept is not None and not kept.users:
        kept.use_fake_user = True  # it would be gone with the file's next opening
    warnings, box = _warnings(armature, bones, rig, solution, keyed, fit), None
    if source.box:
        box = give_box(source, armature, frames, solution.scale, name)
        warnings += hold_rigs_box(source, armature, action, box, frames, solution.scale, arms)
    return Retargeted(action, frames, warnings, solution, box)


def check_rig(armature: bpy.types.Object | None) -> None:
    """Raise RetargetError unless a rig can be given an action."""
    if armature is None or armature.type != "ARMATURE":
        found = "nothing" if armature is None else f"{armature.name}, a {armature.type.lower()}"
        raise RetargetError(f"expected an armature to retarget to, got {found}; choose the rig")
    if armature.library is not None:
        raise RetargetError(
            f"{armature.name} is linked from {armature.library.name} and cannot be given an action here; make a "
            "library override of it (Object > Library Override > Make)"
        )
    if armature.mode == "EDIT":
        raise RetargetError(f"{armature.name} is in Edit Mode; leave it, then retarget")
    if armature.pose is None:
        raise RetargetError(f"{armature.name} was never shown in a scene; put it into one")
    if armature.data.pose_position == "REST":
        raise RetargetError(f"{armature.name} shows its rest position; set it to Pose Position, then retarget")


def check_map(source: Source, armature: bpy.types.Object, bones: BoneMap) -> None:
    """Raise RetargetError unless the map is for this source and this rig."""
    if bones.family != source.family:
        raise RetargetError(f"{source.name} is the motion of a {source.family} and the bones are matched for a "
                            f"{bones.family}; match them again")  # fmt: skip
    if missing := bones.missing(bone.name for bone in armature.data.bones):
        raise RetargetError(f"{armature.name} has no bone {', '.join(missing[:4])}, which {bones.name} names; choose "
                            "another map, or match the bones again")  # fmt: skip


def _keyed(armature: bpy.types.Object, bones: BoneMap, rig, solution: Solution) -> Wanted:
    """What the bones that get keys are to do. A control goes with its bone as if it were fixed to it."""
    world = np.array(armature.matrix_world, np.float64)
    listed: dict[str, tuple[int, Control]] = {}
    for number, name in enumerate(rig.names):
        moves = solution.slid[number] or number == 0
        for control in bones.controls_of(name):
            at = control if name in bones.controls else Control(name, bool(moves))
            listed.setdefault(control.bone, (number, at))
    # Blender's own order, in which parents come before their children.
    names = [bone.name for bone in armature.data.bones if bone.name in listed]
    at = [listed[name][0] for name in names]
    rest = np.array([armature.data.bones[name].head_local for name in names], np.float64)
    rest = rest @ world[:3, :3].T + world[:3, 3]
    rotations = solution.rotations[:, at]
    places = solution.heads[:, at] + np.einsum("tnab,nb->tna", rotations, rest - rig.heads[at])
    return Wanted(names, rotations, places, np.array([listed[name][1].location for name in names]))


def _playing(armature: bpy.types.Object):
    """What an armature plays now: its action and slot, or None if it has never played any."""
    data = armature.animation_data
    return None if data is None else (data.action, getattr(data, "action_slot", None))


def _play_again(armature: bpy.types.Object, before) -> None:
    if before is None:
        armature.animation_data_clear()
        return
    armature.animation_data.action = before[0]
    if before[1] is not None:
        armature.animation_data.action_slot = before[1]


def _warnings(armature, bones: BoneMap, rig, solution: Solution, keyed: Wanted, fit: Fit) -> list[str]:
    found = []
    size = float(np.ptp(rig.heads, axis=0).max())
    if solution.missed > _NOTED_MISS * size:
        found.append(f"a leg is too short for its steps: a paw misses its place by up to {solution.missed:.3f} m")
    off = [(float(turn), name) for turn, name in zip(fit.turn, keyed.names, strict=True) if turn > _NOTED_TURN]
    if off:
        turn, name = max(off)
        found.append(
            f"{len(off)} of {len(keyed.names)} bones of {armature.name} are held by constraints: {name} is off by up "
            f"to {np.degrees(turn):.0f} degrees"
        )
    if fit.away.max() > _NOTED_MISS * size:
        name = keyed.names[int(fit.away.argmax())]
        found.append(f"{name} cannot go where the motion goes: it is off by up to {fit.away.max():.3f} m")
    return found
