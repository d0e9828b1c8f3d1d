# SPDX-License-Identifier: GPL-3.0-or-later
"""What is retargeted to: bones at rest in the world, and the parts of the body that they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from . import RetargetError
from .roles import CHAINS, LIMBS, NEEDED, Limb, limb_role, role_words


@dataclass(frozen=True)
class Rig:
    """B bones at rest in the world, in metres. names. parents: (B,), -1 for none, each before its children. heads,
    tails: (B, 3). free: (B,), whether a bone can be moved out of its socket. deform: (B,), whether it moves a skin.
    """

    names: Sequence[str]
    parents: np.ndarray
    heads: np.ndarray
    tails: np.ndarray
    free: np.ndarray
    deform: np.ndarray

    def index(self, name: str) -> int:
        return self.names.index(name)


@dataclass(frozen=True)
class MappedRig:
    """The bones of a rig that parts of the body are mapped to, N of them, each after the one it hangs on.

    roles: each role's bones, from the trunk outwards, as places in these arrays. parents: (N,), what moves each:
    told by the roles and, where these do not say, by the rig's own tree. heads, tails: (N, 3). free: (N,).
    """

    family: str
    names: list[str]
    parents: np.ndarray
    heads: np.ndarray
    tails: np.ndarray
    free: np.ndarray
    roles: Mapping[str, list[int]]

    def first(self, role: str) -> int | None:
        """The place of a role's first bone; None if nothing is mapped to it."""
        return self.roles[role][0] if self.roles.get(role) else None

    @property
    def trunk(self) -> list[int]:
        return [*self.roles["root"], *self.roles.get("spine", ())]


def map_rig(rig: Rig, family: str, roles: Mapping[str, Sequence[str]], moved_by: Mapping[str, str]) -> MappedRig:
    """The mapped part of a rig. moved_by: bones, such as controls, that stand for a mapped one in the rig's tree.

    Raises RetargetError when a bone is not there, is mapped twice, or a part is missing that nothing goes without.
    """
    ordered = [role for role in _ORDER if roles.get(role)]
    names = [bone for role in ordered for bone in roles[role]]
    if absent := [bone for bone in names if bone not in rig.names]:
        raise RetargetError(
            f"the rig has no bone {', '.join(absent[:4])}; choose another map, or match the bones again"
        )
    if twice := sorted({bone for bone in names if names.count(bone) > 1}):
        raise RetargetError(f"{', '.join(twice[:4])} is mapped to two parts of the body; leave one of them empty")
    if missing := [role_words(role, family) for role in NEEDED if not roles.get(role)]:
        raise RetargetError(f"no bone is mapped to {', '.join(missing)}; choose one, the motion hangs on it")
    place = {name: number for number, name in enumerate(names)}
    taken, mapped = 0, {}
    for role in ordered:
        mapped[role] = list(range(taken, taken + len(roles[role])))
        taken += len(roles[role])
    at = [rig.index(name) for name in names]
    parents = np.array([_parent(rig, place, mapped, role, bone, moved_by) for role in ordered for bone in mapped[role]])
    return MappedRig(family, names, parents, rig.heads[at], rig.tails[at], rig.free[at], mapped)


# Each after what it hangs on.
_ORDER = (
    *("root", "spine", "neck", "head", "jaw", "ear.L", "ear.R", "tail"),
    *(role for limb in LIMBS for role in Limb(limb, "").all),
)


def _parent(rig: Rig, place: dict[str, int], mapped: dict, role: str, bone: int, moved_by: Mapping[str, str]) -> int:
    """Which mapped bone moves this one; -1 for the root."""
    if bone != mapped[role][0]:
        return bone - 1
    if role == "root":
        return -1
    trunk = [*mapped["root"], *mapped.get("spine", ())]
    above = {"spine": ("root",), "neck": (), "head": ("neck",), "tail": (), "jaw": ("head",)}
    above.update({"ear.L": ("head",), "ear.R": ("head",)})
    if role.startswith(("fore", "hind")):
        limb, segment = role.rsplit(".", 1)
        before = Limb(limb, "").all
        above[role] = tuple(reversed(before[: before.index(limb_role(limb, segment))]))
    for each in above[role]:
        if mapped.get(each):
            return mapped[each][-1]
    name = next(name for name, number in place.items() if number == bone)
    found = _above_in_tree(rig, rig.index(name), place, moved_by)
    if found in trunk:
        return found
    return trunk[0] if role.startswith(("hind", "tail")) else trunk[-1]


def _above_in_tree(rig: Rig, bone: int, place: dict[str, int], moved_by: Mapping[str, str]) -> int | None:
    bone = int(rig.parents[bone])
    while bone >= 0:
        name = moved_by.get(rig.names[bone], rig.names[bone])
        if name in place:
            return place[name]
        bone = int(rig.parents[bone])
    return None


assert set(CHAINS) < set(_ORDER)
