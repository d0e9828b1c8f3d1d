# SPDX-License-Identifier: GPL-3.0-or-later
"""The bones of a rig that may be parts of a body, as a tree of their own."""

import functools

import numpy as np

from .bone_names import is_helper
from .rig import Rig
from .rigify import original_bones

_FEWEST = 5


class BoneTree:
    """N bones at rest in the world. parents: places of the nearest bone above that is in the tree, -1 for none.

    children: of each. size: of the whole, metres. middle: (3,), between its outermost points.
    """

    def __init__(self, rig: Rig, kept: list[int]):
        self.names = [rig.names[bone] for bone in kept]
        self.heads, self.tails = rig.heads[kept], rig.tails[kept]
        place = {bone: number for number, bone in enumerate(kept)}
        self.parents = []
        for bone in kept:
            bone = int(rig.parents[bone])
            while bone >= 0 and bone not in place:
                bone = int(rig.parents[bone])
            self.parents.append(place.get(bone, -1))
        self.children: list[list[int]] = [[] for _ in kept]
        for bone, parent in enumerate(self.parents):
            if parent >= 0:
                self.children[parent].append(bone)
        points = np.concatenate([self.heads, self.tails])
        self.size = float(np.ptp(points, axis=0).max())
        self.middle = (points.max(axis=0) + points.min(axis=0)) / 2

    @functools.cache  # noqa: B019 - a tree lives for one matching
    def below(self, bone: int) -> frozenset[int]:
        """A bone and all that hang on it."""
        return frozenset({bone}.union(*(self.below(child) for child in self.children[bone])))

    def above(self, bone: int) -> list[int]:
        """The bones that it hangs on, the nearest first."""
        found = []
        while (bone := self.parents[bone]) >= 0:
            found.append(bone)
        return found

    def length(self, bones: list[int]) -> float:
        return float(np.linalg.norm(self.tails[bones] - self.heads[bones], axis=-1).sum())

    def goes_on(self, bone: int, child: int) -> bool:
        """Whether a child begins where its parent ends."""
        return bool(np.linalg.norm(self.heads[child] - self.tails[bone]) < 0.02 * self.size)

    def row(self, bone: int) -> list[int]:
        """A bone and those that go on from it, each where the last ends."""
        found = [bone]
        while following := [child for child in self.children[found[-1]] if self.goes_on(found[-1], child)]:
            found.append(max(following, key=lambda child: len(self.below(child))))
        return found

    def path_down(self, bone: int, skip: set[int] = frozenset()) -> list[int]:
        """A bone and the way down to the end that is the furthest away from it, not through those to skip."""
        ends = [each for each in self.below(bone) if not self.children[each]]
        ways = []
        for end in ends:
            way = [end]
            while way[-1] != bone:
                way.append(self.parents[way[-1]])
            if not set(way) & skip:
                ways.append(way[::-1])
        return max(ways, key=lambda way: (len(way), self.length(way)), default=[bone])


def body_tree(rig: Rig) -> BoneTree:
    """The bones to look for a body in: those a Rigify rig was made from, else those that move a skin, else all."""
    if (originals := original_bones(rig)) is not None:
        return BoneTree(originals, [bone for bone, name in enumerate(originals.names) if not is_helper(name)])
    deform = [bone for bone in range(len(rig.names)) if rig.deform[bone]]
    kept = deform if len(deform) >= _FEWEST else list(range(len(rig.names)))
    return BoneTree(rig, [bone for bone in kept if not is_helper(rig.names[bone])] or kept)
