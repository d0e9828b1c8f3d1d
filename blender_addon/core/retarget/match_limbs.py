# SPDX-License-Identifier: GPL-3.0-or-later
"""Which bone of a limb is which segment: the assignment, in order, that names and places speak for most."""

import numpy as np

from .bone_names import named_by_joints, segment
from .bone_tree import BoneTree
from .roles import HUMAN, SEGMENTS

_NAMED, _MISNAMED, _SKIPPED = 3.0, -2.0, -1.0


def match_limb(tree: BoneTree, top: int, fore: bool, family: str, left: np.ndarray) -> dict[str, list[int]]:
    """The bones of each segment of the limb whose uppermost bone is `top`."""
    way = tree.path_down(top)
    if fore and family == HUMAN:
        way = _without_fingers(tree, way)
    by_joints = named_by_joints(tree.names[bone] for bone in way)
    told = [segment(tree.names[bone], fore, by_joints) for bone in way]
    best, found = -np.inf, {}
    for labels in _orders(len(way)):
        score = sum(_score(tree, way, at, label, told[at], fore, family, left) for at, label in enumerate(labels))
        if score > best:
            best, found = score, {label: [way[at]] for at, label in enumerate(labels) if label}
    if "toes" in found:  # a hoof goes on from a pastern, whatever its name
        last = found["toes"][0]
        following = [child for child in tree.children[last] if tree.goes_on(last, child)]
        if len(tree.children[last]) == 1 and following and family != HUMAN:
            found["toes"] = [last, *following]
    return found


def _without_fingers(tree: BoneTree, way: list[int]) -> list[int]:
    """The way down an arm to where it parts into fingers."""
    for at, bone in enumerate(way[:-1]):
        if at > 1 and len(tree.children[bone]) > 2:
            return way[: at + 1]
    return way


def _orders(count: int):
    """Every way to give segments in their order to bones, '' for a bone that is none."""

    def rest(at: int, first: int):
        if at == count:
            yield ()
            return
        for label in range(first, len(SEGMENTS)):
            yield from ((SEGMENTS[label], *more) for more in rest(at + 1, label + 1))
        yield from (("", *more) for more in rest(at + 1, first))

    return (order for order in rest(0, 0) if "upper" in order)


def _score(tree: BoneTree, way: list[int], at: int, label: str, named: str, fore: bool, family: str, left) -> float:
    bone = way[at]
    if not label:
        beyond = at >= 4 or named == "toes"
        return 0.0 if beyond else _SKIPPED
    score = _NAMED if label == named else _MISNAMED if named else 0.0
    legs = tree.heads[way[0], 2] - tree.tails[:, 2].min()
    low = tree.heads[bone, 2] - tree.tails[:, 2].min() < 0.16 * max(legs, 1e-9)
    if family == HUMAN and fore:
        low = at >= 4
    if label == "toes":
        score += 0.8 if low else -0.8
    elif label in ("upper", "lower") and low:
        score -= 0.5
    if label == "clavicle":
        # It leads from the middle outwards, and there are the others still to come.
        out = abs((tree.heads[bone] - tree.middle) @ left) < 0.6 * abs((tree.tails[way[-1]] - tree.middle) @ left)
        score += 0.4 if out and len(way) > 3 else -0.8
    return score + 0.1
