# SPDX-License-Identifier: GPL-3.0-or-later
"""Put the paws where they are to be: the body as low as its legs reach, the legs bent to their places."""

import numpy as np

from .contacts import lock
from .legs import Leg, longest, make_leg, reach
from .paths import LimbPath, Paths
from .rig import MappedRig
from .roles import limb_role
from .source import Source
from .turns import turned, unit

_EASE = 0.08  # seconds over which the body comes down


def plant(source: Source, rig: MappedRig, paths: Paths, rotations: np.ndarray, heads: np.ndarray, locked: bool):
    """Rotations (T, N, 3, 3), heads (T, N, 3), which bones slide (N,) and by how much a standing paw misses, metres.

    locked: whether a standing paw stays in one place. rotations, heads: before, the latter with the body's way.
    """
    rotations, heads, slid = rotations.copy(), heads.copy(), np.zeros(len(rig.names), bool)
    legs = [_leg_of(rig, path) for path in paths.limbs]
    goals = [lock(path.goal, path.stances, path.floor) if locked else path.goal for path in paths.limbs]
    needed = [
        _too_high(leg, rotations[:, path.bones], heads[:, path.bones[0]], goal, path.stances.standing)
        for leg, path, goal in zip(legs, paths.limbs, goals, strict=True)
        if len(path.bones) > 1
    ]
    if needed:
        heads[..., 2] -= _eased(np.max(needed, axis=0), _EASE * source.fps)[:, None]
    missed = 0.0
    for leg, path, goal in zip(legs, paths.limbs, goals, strict=True):
        top = path.bones[0]
        slides = len(path.bones) == 1 and rig.free[top]
        rotations[:, path.bones], place = reach(leg, rotations[:, path.bones], heads[:, top], goal)
        if slides:
            slid[top], heads[:, top] = True, place
        end = _below(rig, path, rotations, heads)
        standing = path.stances.standing
        if standing.any():
            missed = max(missed, float(np.linalg.norm(end - goal, axis=-1)[standing].max()))
    return rotations, heads, slid, missed


def _leg_of(rig: MappedRig, path: LimbPath) -> Leg:
    left, right = (rig.first(limb_role(f"{path.limb[:4]}.{side}", "upper")) for side in "LR")
    if left is None or right is None:
        left, right = (rig.first(limb_role(f"hind.{side}", "upper")) for side in "LR")
    across = unit((rig.heads[left] - rig.heads[right]) * [1, 1, 0])
    points = np.concatenate([rig.heads[path.bones], path.end[None]])
    return make_leg(points, across, path.limb.startswith("fore"))


def _too_high(leg: Leg, rotations, top: np.ndarray, goal: np.ndarray, standing: np.ndarray) -> np.ndarray:
    """How far (T,) a leg's top is above where its end would reach the goal."""
    away = top - goal
    reachable = np.sqrt(np.maximum(longest(leg, rotations) ** 2 - (away[:, :2] ** 2).sum(-1), 0))
    return np.where(standing, np.maximum(away[:, 2] - reachable, 0), 0)


def _eased(needed: np.ndarray, frames: float) -> np.ndarray:
    """At least what is needed (T,), coming and going gently."""
    half = int(np.ceil(2 * frames))
    if not needed.any() or half < 1:
        return needed
    padded = np.pad(needed, 2 * half, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * half + 1)
    weights = np.hanning(2 * half + 3)[1:-1]
    return np.convolve(windows.max(axis=-1), weights / weights.sum(), mode="valid")


def _below(rig: MappedRig, path: LimbPath, rotations: np.ndarray, heads: np.ndarray) -> np.ndarray:
    """Hang what follows a leg's top where it now is, in place; the end's places (T, 3)."""
    top = path.bones[0]
    moved = {top}
    for bone in range(top + 1, len(rig.names)):
        parent = rig.parents[bone]
        if parent in moved:
            moved.add(bone)
            heads[:, bone] = heads[:, parent] + rotations[:, parent] @ (rig.heads[bone] - rig.heads[parent])
    last = path.bones[-1]
    offset = np.broadcast_to(path.end - rig.heads[last], (len(heads), 3))
    return heads[:, last] + turned(rotations[:, last], offset)
