# SPDX-License-Identifier: GPL-3.0-or-later
"""Where every mapped bone of a rig is when it moves as the source does."""

from dataclasses import dataclass

import numpy as np

from .chains import middles, resample
from .paths import make_paths
from .plant import plant
from .rig import MappedRig
from .roles import HUMAN, LIMBS, Limb, limb_role
from .source import Source
from .turns import shortest, turned, twist, unit

UP = np.array([0.0, 0.0, 1.0])
# A person's limbs hang in one rest pose and are stretched out in another, and so do tails: they point where the
# source's point. All else keeps its carriage at rest, and moves from there as the source moves from its own.
_POINTING = ("upper", "lower", "foot")

# What a chain ends at: the first of these that there is.
_AFTER = {"spine": ("neck", "head"), "neck": ("head",)}


@dataclass(frozen=True)
class Solution:
    """names: N bones. rotations: (T, N, 3, 3), relative to rest, in the world. heads: (T, N, 3), metres. slid: (N,),
    which bones leave the place where they hang. scale: of the root's way. standing: by limb, (T,), when it stands.
    missed: metres by which a standing paw is at most away from its place, because the leg is too short.
    """

    names: list[str]
    rotations: np.ndarray
    heads: np.ndarray
    slid: np.ndarray
    scale: float
    standing: dict[str, np.ndarray]
    missed: float


def solve(source: Source, rig: MappedRig, planted: bool = True) -> Solution:
    """The motion of the rig's bones. planted: whether paws that stand are held in one place on the floor; of a rig with
    the source's own measures they are not: there they stand as the source's stand."""
    aligned = alignment(source, rig)
    rotations = _rotations(source, rig, aligned)
    paths = make_paths(source, rig, aligned)
    heads = pose(rig, rotations, rig.heads[0])
    heads = heads + (paths.middle - heads[:, paths.tops].mean(axis=1))[:, None]
    slid, missed = np.zeros(len(rig.names), bool), 0.0
    if not paths.same_body:
        rotations, heads, slid, missed = plant(source, rig, paths, rotations, heads, planted)
    standing = {path.limb: path.stances.standing for path in paths.limbs}
    return Solution(rig.names, rotations, heads, slid, paths.scale, standing, missed)


def alignment(source: Source, rig: MappedRig) -> np.ndarray:
    """The turn (3, 3) about the vertical that lets the resting rig face where the resting source faces."""
    sides = []
    for heads, joint in ((rig.heads, rig.first), (source.heads, lambda role: source.joints(role)[0])):
        left, right = (joint(limb_role(f"hind.{side}", "upper")) for side in "LR")
        across = (heads[left] - heads[right]) * [1, 1, 0]
        sides.append(unit(across))
    return twist(shortest(*sides), UP)


def pose(rig: MappedRig, rotations: np.ndarray, root: np.ndarray) -> np.ndarray:
    """Heads (T, N, 3) of bones turned by (T, N, 3, 3), each hanging where it hangs at rest; the root's at `root`."""
    heads = np.empty(rotations.shape[:2] + (3,))
    for bone, parent in enumerate(rig.parents):
        if parent < 0:
            heads[:, bone] = root
            continue
        offset = rig.heads[bone] - rig.heads[parent]
        heads[:, bone] = heads[:, parent] + rotations[:, parent] @ offset
    return heads


def _rotations(source: Source, rig: MappedRig, aligned: np.ndarray) -> np.ndarray:
    """Rotations (T, N, 3, 3) of the rig's bones before any paw is planted."""
    found = np.empty((len(source), len(rig.names), 3, 3))
    trunk = source.rotations[:, [*source.joints("root"), *source.joints("spine")]]
    head = source.rotations[:, source.joints("head")[0]]
    _fill(found, rig.trunk, _chain(source, rig, ("root", "spine"), trunk, None, None))
    neck = source.rotations[:, source.joints("neck")]
    _fill(found, rig.roles.get("neck"), _chain(source, rig, ("neck",), neck, trunk[:, -1], head))
    for role in ("head", "jaw", "ear.L", "ear.R"):
        joints = source.joints(role) or source.joints("head")
        for bone in rig.roles.get(role, ()):
            found[:, bone] = source.rotations[:, joints[0]]
    if tail := source.joints("tail"):
        carried = _chain(source, rig, ("tail",), source.rotations[:, tail], trunk[:, 0], None)
        _fill(found, rig.roles.get("tail"), None if carried is None else carried @ _tail_pointing(source, rig, aligned))
    elif rig.roles.get("tail"):
        found[:, rig.roles["tail"]] = trunk[:, :1]
    found = found @ aligned
    for limb in LIMBS:
        for role in Limb(limb, rig.family).all:
            _limb_part(found, source, rig, role, aligned)
    return found


def _fill(found: np.ndarray, bones: list[int] | None, rotations: np.ndarray | None) -> None:
    if bones:
        found[:, bones] = rotations


def _chain(source: Source, rig: MappedRig, roles, rotations: np.ndarray, before, after) -> np.ndarray | None:
    """The rotations of the bones of a chain of these roles."""
    bones = [bone for role in roles for bone in rig.roles.get(role, ())]
    if not bones:
        return None
    ends = [rig.heads[rig.first(role)] for role in _AFTER.get(roles[-1], ()) if rig.roles.get(role)]
    wanted = middles(np.concatenate([rig.heads[bones], (ends or [rig.tails[bones[-1]]])[:1]]))
    joints = [joint for role in roles for joint in source.joints(role)]
    return resample(rotations, middles(_source_points(source, joints, roles[-1])), wanted, before, after)


def _source_points(source: Source, joints: list[int], role: str) -> np.ndarray:
    """The joints of a chain at rest and its end: where the next part begins, or as far on as its last bone is long."""
    points = source.heads[joints]
    if role in _AFTER:
        return np.concatenate([points, source.heads[source.joints(_AFTER[role][0])[:1]]])
    return np.concatenate([points, 2 * points[-1:] - points[-2:-1]])


def _tail_pointing(source: Source, rig: MappedRig, aligned: np.ndarray) -> np.ndarray:
    """The turns (N, 3, 3) of a tail's resting bones, already facing as the source, to how the source's tail rests."""
    bones, joints = rig.roles["tail"], source.joints("tail")
    points = _source_points(source, joints, "tail")
    own = np.concatenate([rig.heads[bones], rig.tails[bones[-1:]]])
    theirs, at, wanted = np.diff(points, axis=0), middles(points), middles(own)
    directions = np.stack([np.interp(wanted, at, unit(theirs)[:, axis]) for axis in range(3)], axis=-1)
    return shortest(np.diff(own, axis=0) @ aligned.T, directions)


def _limb_part(found: np.ndarray, source: Source, rig: MappedRig, role: str, aligned: np.ndarray) -> None:
    """Fill in the rotations of a limb's segment: those of the source's, of what it hangs on if the source has none."""
    for bone in rig.roles.get(role, ()):
        joints = source.joints(role)
        if not joints:
            found[:, bone] = found[:, rig.parents[bone]]
            continue
        turn = aligned
        segment = role.rsplit(".", 1)[1]
        if source.family == HUMAN and segment in _POINTING and not (role.startswith("hind") and segment == "foot"):
            turn = _pointing(source, rig, role, bone, aligned) @ aligned
        found[:, bone] = source.rotations[:, joints[0]] @ turn


def _pointing(source: Source, rig: MappedRig, role: str, bone: int, aligned: np.ndarray) -> np.ndarray:
    """The turn (3, 3) of a limb's bone at rest, already facing as the source, to where the source's points at rest."""
    limb = Limb(role.rsplit(".", 1)[0], rig.family)
    following = limb.all[limb.all.index(role) + 1] if role != limb.all[-1] else ""
    theirs = source.joints(following)
    if not theirs:
        return np.eye(3)
    ends = rig.roles.get(following)
    end = rig.heads[ends[0]] if ends else rig.tails[bone]
    direction = source.heads[theirs[0]] - source.heads[source.joints(role)[0]]
    return shortest(turned(aligned, end - rig.heads[bone]), direction)
