# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the keys that put a rig's bones where they are to be, whatever parents and constraints do in between.

Blender itself says where keys put a bone; what is missing is added to them, a few times over. For bones without
constraints the first time is exact.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import bpy
import numpy as np
from mathutils import Matrix

from ..core.retarget.turns import angle_between, nearest_rotation
from .rig_bones import rest_rotations, watch_bones

_PASSES = 10
_ENOUGH = np.radians(0.05)  # and as much of the rig's way, in place
_WORTH, _PATIENCE = 0.9, 1  # passes that bring the error below this share of the least so far, or one that does not


@dataclass(frozen=True)
class Wanted:
    """What N bones are to do. names: the bones that get keys. rotations: (T, N, 3, 3), relative to rest, in the world.
    places: (T, N, 3), of their heads in the world. location: (N,), which of them go there by keys of their own.
    """

    names: Sequence[str]
    rotations: np.ndarray
    places: np.ndarray
    location: np.ndarray


@dataclass(frozen=True)
class Fit:
    """basis: (T, N, 4, 4), the bones' own channels. turn, away: by how much, radians and metres, what Blender shows is
    still off, (N,) at most over time."""

    basis: np.ndarray
    turn: np.ndarray
    away: np.ndarray


def fit_controls(
    scene: bpy.types.Scene,
    armature: bpy.types.Object,
    frames: np.ndarray,
    wanted: Wanted,
    apply: Callable[[np.ndarray], None],
) -> Fit:
    """The channels that do what is wanted, in a scene whose frames may be changed. apply: keys basis (T, N, 4, 4)."""
    names = list(wanted.names)
    bones = [armature.data.bones[name] for name in names]
    parents = list(dict.fromkeys(bone.parent.name for bone in bones if bone.parent))
    above = [_keyed_above(bone, names) for bone in bones]
    copied = [_copied(armature, name, names) for name in names]
    size = np.ptp(wanted.places.reshape(-1, 3), axis=0).max()
    best, since = None, 0
    for passes in range(_PASSES):
        shown, basis, world = watch_bones(scene, armature, frames, names + parents)
        goals = _in_armature(armature, wanted, world)
        fit = _measure(basis[:, : len(names)], shown[:, : len(names)], goals, world, wanted.location)
        best, since = (fit, 0) if best is None or _error(fit, size) < _WORTH * _error(best, size) else (best, since + 1)
        if since > _PATIENCE or max(fit.turn.max(), fit.away.max() / size) < _ENOUGH or passes == _PASSES - 1:
            break
        apply(_corrected(bones, above, copied, names + parents, shown, basis, goals))
    if best is not fit:
        apply(best.basis)
    return best


def _keyed_above(bone: bpy.types.Bone, names: list[str]) -> int | None:
    """The nearest of the bones above one that gets keys itself, as a place among the names."""
    while (bone := bone.parent) is not None:
        if bone.name in names:
            return names.index(bone.name)
    return None


def _copied(armature: bpy.types.Object, name: str, names: list[str]) -> int | None:
    """The bone with keys whose own turn another adds to its own, as in the tails that Rigify makes."""
    for each in armature.pose.bones[name].constraints:
        if each.type == "COPY_ROTATION" and each.target == armature and each.subtarget in names and not each.mute:
            if (each.owner_space, each.target_space, each.mix_mode) == ("LOCAL", "LOCAL", "BEFORE"):
                return names.index(each.subtarget)
    return None


def _in_armature(armature: bpy.types.Object, wanted: Wanted, world: np.ndarray) -> np.ndarray:
    """The wanted matrices (T, N, 4, 4) in the space of an armature that stands in the world by (T, 4, 4)."""
    turn = nearest_rotation(world[:, :3, :3])[:, None]
    goals = np.tile(np.eye(4), (*wanted.places.shape[:2], 1, 1))
    goals[..., :3, :3] = turn.swapaxes(-1, -2) @ wanted.rotations @ turn @ rest_rotations(armature, wanted.names)
    inverse = np.linalg.inv(world)[:, None]
    goals[..., :3, 3] = np.einsum("...ab,...b->...a", inverse[..., :3, :3], wanted.places) + inverse[..., :3, 3]
    return goals


def _measure(basis, shown, goals, world, location) -> Fit:
    turn = angle_between(nearest_rotation(shown[..., :3, :3]), goals[..., :3, :3]).max(axis=0)
    scale = np.cbrt(np.abs(np.linalg.det(world[:, :3, :3]))).mean()
    away = np.linalg.norm(shown[..., :3, 3] - goals[..., :3, 3], axis=-1).max(axis=0) * scale
    return Fit(basis, turn, np.where(location, away, 0))


def _error(fit: Fit, size: float) -> float:
    """All that is off, as one number: radians, and shares of the rig's way."""
    return float(fit.turn.sum() + fit.away.sum() / size)


def _corrected(bones, above, copied, watched: list[str], shown, basis, goals) -> np.ndarray:
    """Channels (T, N, 4, 4) that would do it if nothing but the bones themselves, and what each hangs on, moved."""
    result = np.empty_like(goals)
    for frame in range(len(goals)):
        now, aim = [], []
        for number, bone in enumerate(bones):
            own, local = bone.matrix_local, bone.convert_local_to_pose
            then, later = {}, {}
            if bone.parent is not None:
                parent, anchor = shown[frame, watched.index(bone.parent.name)], above[number]
                moved = parent
                if anchor is not None:
                    moved = goals[frame, anchor] @ np.linalg.inv(shown[frame, anchor]) @ parent
                then = {"parent_matrix": Matrix(parent), "parent_matrix_local": bone.parent.matrix_local}
                later = {**then, "parent_matrix": Matrix(moved)}
            now.append(np.array(local(Matrix(shown[frame, number]), own, invert=True, **then)))
            aim.append(np.array(local(Matrix(goals[frame, number]), own, invert=True, **later)))
            channel = basis[frame, number] @ np.linalg.inv(now[number])
            if (other := copied[number]) is not None and other < number:
                channel[:3, :3] = channel[:3, :3] @ now[other][:3, :3] @ np.linalg.inv(aim[other][:3, :3])
            result[frame, number] = channel @ aim[number]
    return result
