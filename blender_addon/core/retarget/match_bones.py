# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the parts of a body among a rig's bones: by the tree, by where bones stand, and by what they are called."""

import numpy as np

from . import RetargetError
from .bone_map import BoneMap
from .bone_names import FORE_WORDS, HIND_WORDS, MASTER_WORDS, is_helper, side, words
from .bone_tree import BoneTree, body_tree
from .match_limbs import match_limb
from .rig import Rig
from .rigify import rigify_map
from .roles import HUMAN, QUADRUPED
from .skeletons import SKELETONS, family_of
from .turns import unit

UP = np.array([0.0, 0, 1])
_NEAR = 0.12  # of the rig's height: so near the floor a limb stands on it
_MIDDLE = 0.02  # of the rig's size: nearer to the middle plane is neither left nor right
_WHAT = "match them by hand, in the panel or in a map file"


def match_bones(rig: Rig) -> BoneMap:
    """The bone map of a rig. Raises RetargetError if it has no two or four legs that stand on one floor."""
    if (known := family_of(rig.names)) is not None:
        return BoneMap(
            "SMAL" if known == QUADRUPED else "SMPL",
            known,
            {role: tuple(names) for role, names in SKELETONS[known].items()},
        )
    tree = body_tree(rig)
    across = _across(tree)
    legs, arms = _limbs(tree, across)
    if len(legs) not in (2, 4):
        raise RetargetError(f"{len(legs)} legs were found among the bones and 2 or 4 are expected; {_WHAT}")
    family = QUADRUPED if len(legs) == 4 else HUMAN
    ahead = _ahead(tree, across, legs)
    left = np.cross(UP, ahead)
    hind, fore = _pairs(tree, legs, arms, left, ahead)
    roles: dict[str, list[int]] = {}
    for part, pair in (("hind", hind), ("fore", fore)):
        for letter, top in pair.items():
            for segment, bones in match_limb(tree, top, part == "fore", family, left).items():
                if segment == "clavicle" and family == QUADRUPED:
                    continue  # our quadrupeds have no shoulder blades to move it by
                roles[f"{part}.{letter}.{segment}"] = bones
    limbs = {bone for top in (*hind.values(), *fore.values()) for bone in tree.below(top)}
    trunk = _trunk(tree, hind, fore)
    roles["root"], roles["spine"] = trunk[:1], trunk[1:]
    roles["neck"], roles["head"] = _neck_and_head(tree, trunk[-1], limbs | set(trunk), ahead)
    taken = limbs | set(trunk) | set(roles["neck"] + roles["head"])
    roles["tail"] = _tail(tree, trunk, taken, ahead) if family == QUADRUPED else []
    roles.update(_of_the_head(tree, roles["head"]))
    named = {role: tuple(tree.names[bone] for bone in bones) for role, bones in roles.items() if bones}
    return rigify_map(rig, family, named) or BoneMap("Matched", family, named)


def _across(tree: BoneTree) -> np.ndarray:
    """The horizontal direction (3,) between left and right, to the left if names tell which that is."""
    sides = {letter: [at for at, name in enumerate(tree.names) if side(name) == letter] for letter in "LR"}
    if len(sides["L"]) > 1 and len(sides["R"]) > 1:
        direction = (tree.heads[sides["L"]].mean(axis=0) - tree.heads[sides["R"]].mean(axis=0)) * [1, 1, 0]
        if np.linalg.norm(direction) > 1e-3 * tree.size:
            return unit(direction)
    points = np.concatenate([tree.heads, tree.tails])[:, :2]

    def asymmetry(axis: int) -> float:
        mirrored = points * np.where(np.arange(2) == axis, -1, 1)
        mirrored[:, axis] += 2 * np.median(points[:, axis])
        return float(np.linalg.norm(points[:, None] - mirrored[None], axis=-1).min(axis=1).max())

    return np.eye(3)[0 if asymmetry(0) <= asymmetry(1) else 1]


def _limbs(tree: BoneTree, across: np.ndarray) -> tuple[list[int], list[int]]:
    """The uppermost bones of what is on one side alone: limbs that stand, and those that do not."""
    reach = tree.tails @ across
    aside = np.where(
        np.abs(reach - tree.middle @ across) > _MIDDLE * tree.size, np.sign(reach - tree.middle @ across), 0
    )
    floor, height = tree.tails[:, 2].min(), np.ptp(tree.tails[:, 2])
    grounded = tree.tails[:, 2] < floor + _NEAR * height
    legs, arms = [], []
    for bone in range(len(tree.names)):
        below = tree.below(bone)
        ends = [each for each in below if not tree.children[each]]
        stand = [each for each in ends if grounded[each] and aside[each]]
        meant = stand or ends
        one_sided = len({aside[each] for each in meant}) == 1 and aside[meant[0]] != 0
        parent = tree.parents[bone]
        if not one_sided or parent < 0:
            continue
        kept = legs if stand else arms
        if not any(bone in tree.below(other) for other in legs + arms):
            kept.append(bone)
    arms = [
        bone for bone in arms if len(tree.path_down(bone)) >= 3 and not any(leg in tree.below(bone) for leg in legs)
    ]
    return legs, arms


def _ahead(tree: BoneTree, across: np.ndarray, legs: list[int]) -> np.ndarray:
    """The horizontal direction (3,) that the animal faces."""
    along = np.cross(across, UP)  # ahead, if `across` is to the left
    if any(side(tree.names[leg]) for leg in legs):
        return along
    votes = 0.0
    for bone, name in enumerate(tree.names):
        found = set(words(name))
        forward = {"head", "neck", "jaw", "nose", "skull"} & found or (FORE_WORDS - {"hand", "arm"}) & found
        backward = {"tail"} & found or (HIND_WORDS - {"hip"}) & found
        votes += (bool(forward) - bool(backward)) * np.sign((tree.tails[bone] - tree.middle) @ along)
    if not votes:  # feet point ahead, and rigs in Blender face -Y
        toes = sum((tree.tails[tree.path_down(leg)[-1]] - tree.heads[tree.path_down(leg)[-1]]) for leg in legs) @ along
        votes = toes if len(legs) == 2 and abs(toes) > 1e-6 * tree.size else -along[1] or 1.0
    return along * np.sign(votes)


def _pairs(tree: BoneTree, legs: list[int], arms: list[int], left, ahead) -> tuple[dict[str, int], dict[str, int]]:
    """The hind and the fore limbs, by side."""

    def by_side(limbs: list[int]) -> dict[str, int]:
        ordered = sorted(limbs, key=lambda bone: tree.tails[tree.path_down(bone)[-1]] @ left)
        if len({np.sign((tree.tails[tree.path_down(bone)[-1]] - tree.middle) @ left) for bone in ordered}) < 2:
            raise RetargetError(f"the legs {', '.join(tree.names[bone] for bone in limbs)} are on one side; {_WHAT}")
        return {"R": ordered[0], "L": ordered[-1]}

    if len(legs) == 4:
        ordered = sorted(legs, key=lambda bone: tree.heads[tree.path_down(bone)].mean(axis=0) @ ahead)
        return by_side(ordered[:2]), by_side(ordered[2:])
    longest: dict[float, int] = {}
    for arm in arms:  # of several on a side, as of ears and arms, the longest
        way = np.sign((tree.tails[arm] - tree.middle) @ left)
        length = tree.length(tree.path_down(arm))
        if way not in longest or length > tree.length(tree.path_down(longest[way])):
            longest[way] = arm
    return by_side(legs), by_side(list(longest.values())) if len(longest) == 2 else {}


def _trunk(tree: BoneTree, hind: dict[str, int], fore: dict[str, int]) -> list[int]:
    """The bones from where the hind legs hang to where the fore legs hang; only the root if those hang on it too."""

    def hangs(pair: dict[str, int]) -> int:
        ways = [tree.above(top) for top in pair.values()]
        return next(bone for bone in ways[0] if all(bone in way for way in ways))

    if not all(tree.above(top) for top in (*hind.values(), *fore.values())):
        raise RetargetError(f"the legs hang on no bone that they share; {_WHAT}")
    back = hangs(hind)
    front = hangs(fore) if fore else tree.path_down(back, skip=set(hind.values()))[-1]
    way = [front, *tree.above(front)]
    behind = [back, *tree.above(back)]
    start = next(bone for bone in behind if bone in way)
    trunk = list(reversed(way[: way.index(start) + 1]))
    while tree.parents[trunk[0]] >= 0:  # what the hips themselves hang on
        above = tree.parents[trunk[0]]
        joined = np.linalg.norm(tree.tails[above] - tree.heads[trunk[0]]) < 0.05 * tree.size
        level = abs(tree.heads[above, 2] - tree.heads[trunk[0], 2]) < 0.3 * tree.heads[trunk[0], 2]
        if not joined or not level or MASTER_WORDS & set(words(tree.names[above])):
            break
        trunk.insert(0, above)
    return trunk


def _neck_and_head(tree: BoneTree, chest: int, taken: set[int], ahead: np.ndarray) -> tuple[list[int], list[int]]:
    """The bones of the neck, and the head as a list of one; none of them if there is no head."""
    near = [bone for bone in tree.below(chest) if bone not in taken and not is_helper(tree.names[bone])]
    named = [bone for bone in near if "head" in words(tree.names[bone])]
    if named:
        head = min(named, key=lambda bone: len(tree.above(bone)))
        way = [bone for bone in reversed(tree.above(head)) if bone in near]
        return way, [head]
    starts = [bone for bone in tree.children[chest] if bone in near]
    if not starts:
        return [], []
    # The one that goes on from the chest's end, else the one that leads furthest up and ahead.
    start = min(starts, key=lambda bone: (not tree.goes_on(chest, bone), -(tree.tails[bone] @ (ahead + UP))))
    way = tree.row(start)
    return way[:-1], way[-1:]


def _tail(tree: BoneTree, trunk: list[int], taken: set[int], ahead: np.ndarray) -> list[int]:
    starts = [bone for above in trunk[:2] for bone in tree.children[above] if bone not in taken]
    named = [bone for bone in starts if "tail" in words(tree.names[bone])]
    behind = [bone for bone in starts if not side(tree.names[bone])
              and (tree.tails[tree.row(bone)[-1]] - tree.heads[bone]) @ -ahead > 0.1 * tree.size]  # fmt: skip
    found = named or behind
    return tree.row(max(found, key=lambda bone: tree.length(tree.row(bone)))) if found else []


def _of_the_head(tree: BoneTree, head: list[int]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for bone in tree.below(head[0]) if head else ():
        known, letter = words(tree.names[bone]), side(tree.names[bone])
        if known == ["jaw"] and not letter:
            found.setdefault("jaw", [bone])
        if known == ["ear"] and letter:
            found.setdefault(f"ear.{letter}", [bone])
    return found
