# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the body and the paws of a rig are to go: the source's ways, as long as the rig's legs are to the source's."""

from dataclasses import dataclass

import numpy as np

from . import RetargetError
from .contacts import HABITS, Stances, find_stances, ground
from .rig import MappedRig
from .roles import Limb, limb_role, planted_limbs
from .source import Source
from .turns import mean_rotation, turned, twist

UP = np.array([0.0, 0.0, 1.0])
_SAME = 1e-3  # of the leg's length: measures that differ by less are the same
_ON_FLOOR = 0.15  # of the leg's length: a rig that rests with its paws so near the floor stands on it


@dataclass(frozen=True)
class LimbPath:
    """goal: (T, 3), where the end of a leg's bending part goes, metres. floor: the height of that when it stands."""

    limb: str
    goal: np.ndarray
    floor: float
    stances: Stances
    bones: list[int]
    end: np.ndarray  # (3,), at rest
    length: float


@dataclass(frozen=True)
class Paths:
    """scale: the rig's size to the source's. middle: (T, 3), of the tops of the legs. tops: those bones. same_body:
    whether the rig has the source's own measures."""

    scale: float
    middle: np.ndarray
    tops: list[int]
    limbs: list[LimbPath]
    same_body: bool


def make_paths(source: Source, rig: MappedRig, aligned: np.ndarray) -> Paths:
    """The paths in the world. aligned: (3, 3), of `alignment`. Raises RetargetError if the legs have no length."""
    names = [name for name in planted_limbs(rig.family) if rig.roles.get(limb_role(name, "upper"))]
    legs = [_leg(rig, Limb(name, rig.family)) for name in names]
    theirs = [_their_leg(source, Limb(name, rig.family)) for name in names]
    lengths = np.array([[_length(points) for _, points in legs], [_length(points) for _, points in theirs]])
    if not lengths.all():
        raise RetargetError("the legs that are mapped have no length; choose other bones for them")
    scale = float(np.mean(lengths[0] / lengths[1]))
    tops, their_tops = [bones[0] for bones, _ in legs], [joints[0] for joints, _ in theirs]
    ends, their_ends = np.array([points[-1] for _, points in legs]), [joints[-1] for joints, _ in theirs]
    body = source.positions[:, their_tops].mean(axis=1)
    their_feet = source.positions[:, their_ends]
    stances = find_stances(their_feet, body, lengths[1], source.fps, HABITS[source.family])
    rest_middle, their_middle = rig.heads[tops].mean(axis=0), source.heads[their_tops].mean(axis=0)
    offsets = turned(aligned, ends - rest_middle) - scale * (source.heads[their_ends] - their_middle)
    same = (
        scale_is_one(scale) and np.abs(offsets).max() < _SAME * lengths[0].mean() and _same_trunk(source, rig, aligned)
    )
    floor_of_source = float(np.mean([each.height for each in stances]))
    above = np.zeros(len(body)) if same else ground(their_feet[..., 2], stances, source.fps)
    lift = _lift(ends[:, 2].mean(), scale * floor_of_source, lengths[0].mean())
    middle = scale * body
    their_height = their_middle[2] - source.heads[their_ends, 2].mean()
    middle[:, 2] = rest_middle[2] + lift + scale * (body[:, 2] - above - floor_of_source - their_height)
    heading = twist(mean_rotation(source.rotations[:, source.joints("root") + source.joints("spine")],
                                  np.ones(1 + len(source.joints("spine")))), UP)  # fmt: skip
    limbs = []
    for number, name in enumerate(names):
        theirs_at = their_feet[:, number]
        goal = scale * theirs_at + turned(heading, np.broadcast_to(offsets[number] * [1, 1, 0], theirs_at.shape))
        floor = float(ends[number, 2] + lift)
        goal[:, 2] = floor + scale * (theirs_at[:, 2] - above - stances[number].height)
        bones, points = legs[number]
        limbs.append(LimbPath(name, goal, floor, stances[number], bones, points[-1], float(lengths[0, number])))
    return Paths(scale, middle, tops, limbs, bool(same))


def scale_is_one(scale: float) -> bool:
    return abs(scale - 1) < _SAME


def _leg(rig: MappedRig, limb: Limb) -> tuple[list[int], np.ndarray]:
    """The bending bones of a leg, and their joints at rest with the end (n + 1, 3)."""
    bones = [rig.first(role) for role in limb.bending if rig.roles.get(role)]
    tip = rig.first(limb.tip)
    end = rig.heads[tip] if tip is not None else rig.tails[bones[-1]]
    return bones, np.concatenate([rig.heads[bones], end[None]])


def _their_leg(source: Source, limb: Limb) -> tuple[list[int], np.ndarray]:
    joints = [source.joints(role)[0] for role in (*limb.bending, limb.tip)]
    return joints, source.heads[joints]


def _length(points: np.ndarray) -> float:
    return float(np.linalg.norm(np.diff(points, axis=0), axis=-1).sum())


def _lift(rest: float, stands: float, leg: float) -> float:
    """How far up a rig goes that rests off the floor. Where it rests on it, it stands as it rests, though a lift may
    let its animal float."""
    return 0.0 if min(abs(rest - stands), abs(rest)) < _ON_FLOOR * leg else stands - rest


def _same_trunk(source: Source, rig: MappedRig, aligned: np.ndarray) -> bool:
    """Whether the bones between the legs are the source's as well."""
    joints = [*source.joints("root"), *source.joints("spine")]
    if len(joints) != len(rig.trunk):
        return False
    ours, theirs = rig.heads[rig.trunk], source.heads[joints]
    apart = turned(aligned, ours - ours[0]) - (theirs - theirs[0])
    return np.abs(apart).max() < _SAME * max(_length(theirs), 1e-9)
