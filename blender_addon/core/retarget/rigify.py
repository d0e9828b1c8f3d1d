# SPDX-License-Identifier: GPL-3.0-or-later
"""The controls of a rig that Blender's Rigify has generated, by the names that it gives them."""

import re
from collections.abc import Mapping

import numpy as np

from .bone_map import BoneMap, Control, Property
from .rig import Rig
from .roles import HUMAN, LIMBS, planted_limbs

_ORIGINAL = "ORG-"
_IS_GENERATED = {"torso", "root", "hips", "chest"}


def original_bones(rig: Rig) -> Rig | None:
    """The bones that a rig was generated from, hung on each other as they were; None if Rigify has not made the rig.

    In the rig itself they hang on controls, and those of tails are turned round.
    """
    kept = [bone for bone, name in enumerate(rig.names) if name.startswith(_ORIGINAL)]
    if not kept or not set(rig.names) >= _IS_GENERATED:
        return None
    place = {rig.names[bone].removeprefix(_ORIGINAL): number for number, bone in enumerate(kept)}
    heads, tails = rig.heads[kept], rig.tails[kept]
    near = 1e-3 * float(np.ptp(heads, axis=0).max())
    for name, number in place.items():
        if name in rig.names and np.linalg.norm(rig.heads[rig.index(name)] - tails[number]) < near:
            if np.linalg.norm(rig.tails[rig.index(name)] - heads[number]) < near:
                heads[number], tails[number] = tails[number].copy(), heads[number].copy()
    parents = np.array([_original_above(rig, bone, place) for bone in kept])
    # Where one ends another begins, as in a spine; where two begin at one place, the smaller part hangs on the larger.
    for ends, among_equals in ((tails, False), (heads, True)):
        for number in np.flatnonzero(parents < 0):
            below = np.array([_hangs_on(parents, each, number) for each in range(len(kept))])
            beside = np.flatnonzero((np.linalg.norm(ends - heads[number], axis=-1) < near) & ~below)
            if among_equals:
                tops = [_top(parents, each) for each in range(len(kept))]
                beside = [each for each in beside if tops.count(tops[each]) > below.sum()]
            if len(beside):  # rather one of the middle than a hip
                parents[number] = min(beside, key=lambda each: (abs(tails[each, 0] - heads[each, 0]) > near, each))
    return Rig([rig.names[bone] for bone in kept], parents, heads, tails, rig.free[kept], rig.deform[kept])


def _original_above(rig: Rig, bone: int, place: Mapping[str, int]) -> int:
    while (bone := int(rig.parents[bone])) >= 0:
        name = rig.names[bone]
        if name.startswith(("ORG-", "DEF-")) and name[4:] in place:
            return place[name[4:]]
    return -1


def _top(parents: np.ndarray, bone: int) -> int:
    while parents[bone] >= 0:
        bone = int(parents[bone])
    return bone


def _hangs_on(parents: np.ndarray, bone: int, other: int) -> bool:
    while bone >= 0 and bone != other:
        bone = parents[bone]
    return bone == other


def rigify_map(rig: Rig, family: str, roles: Mapping[str, tuple[str, ...]]) -> BoneMap | None:
    """The map to the controls, from one to the original bones. None if the rig is none that Rigify has generated.

    Standing legs are moved by their IK controls, and by those of FK as well, so that a switch shows the same; all else
    by FK.
    """
    held = set(rig.names)
    if not held >= _IS_GENERATED or not any(name.startswith(_ORIGINAL) for name in held):
        return None
    found: dict[str, tuple[str, ...]] = {}
    controls: dict[str, tuple[Control, ...]] = {}
    properties: list[Property] = []
    trunk = [*roles["root"], *roles.get("spine", ())]
    # What of the neck is built as spine moves with the spine's controls.
    neck = [bone for bone in roles.get("neck", ()) if _named(bone, "_fk") in held]
    trunk += neck
    found["root"], found["spine"] = roles["root"], (*roles.get("spine", ()), *neck)
    pivot = _nearest(rig, trunk, rig.heads[rig.index("hips")])
    for bone in trunk:
        fk = _named(bone, "_fk")
        moved = [Control(fk)] if fk in held else []
        controls[bone] = tuple([Control("torso", True)] * (bone == pivot) + moved) or (Control(bone),)
    for role in ("neck", "head"):
        found[role] = (
            (role,) if role in held else tuple(_own(name, held) for name in roles.get(role, ()) if name not in neck)
        )
    found["tail"] = tuple(own for name in roles.get("tail", ()) if (own := _own(name, held)) in held)
    if "jaw_master" in held:
        found["jaw"] = ("jaw_master",)
    for limb in LIMBS:
        _limb(rig, held, family, limb, roles, found, controls, properties)
    return BoneMap(
        "Rigify", family, {role: bones for role, bones in found.items() if bones}, controls, tuple(properties)
    )


def _limb(rig: Rig, held: set[str], family: str, limb: str, roles, found, controls, properties) -> None:
    """The controls of a limb: FK, and for one that stands what its IK is moved by."""
    for segment in ("clavicle", "upper", "lower", "foot", "toes"):
        bones = []
        for bone in roles.get(f"{limb}.{segment}", ()):
            name = next((each for each in (_named(bone, "_fk"), _own(bone, held)) if each in held), None)
            bones += [name] if name else []
        if bones and (segment != "clavicle" or family == HUMAN):
            found[f"{limb}.{segment}"] = tuple(bones)
    upper = roles.get(f"{limb}.upper", ("",))[0]
    settings = _named(upper, "_parent")
    if settings not in held:
        return
    standing = limb in planted_limbs(family)
    properties += [Property(settings, "IK_FK", 0.0 if standing else 1.0)]
    if not standing:
        return
    properties += [Property(settings, "IK_Stretch", 0.0), Property(settings, "pole_vector", 0.0)]
    _add(controls, held, found, f"{limb}.upper", 0, _named(upper, "_ik"))
    foot = roles.get(f"{limb}.foot", ("",))[0]
    if family == HUMAN:
        _add(controls, held, found, f"{limb}.foot", 0, _named(foot, "_ik"), True)
        toes = roles.get(f"{limb}.toes", ("",))[0]
        _add(controls, held, found, f"{limb}.toes", 0, _named(toes, "_ik"))
        return
    _add(controls, held, found, f"{limb}.foot", 0, _named(foot, "_heel_ik"))
    toes = roles.get(f"{limb}.toes", ())
    for number, bone in enumerate(toes[:-1]):
        _add(controls, held, found, f"{limb}.toes", number, _named(bone, "_ik"))
    if toes:
        _add(controls, held, found, f"{limb}.toes", -1, _named(foot, "_ik"), True)


def _add(controls, held: set[str], found, role: str, number: int, name: str, location: bool = False) -> None:
    """Let a control go with a role's bone, besides what does so already."""
    if name in held and found.get(role):
        bone = found[role][number]
        controls[bone] = (*(controls.get(bone) or (Control(bone),)), Control(name, location))


def _named(original: str, ending: str) -> str:
    """'ORG-thigh.L' with '_ik' is 'thigh_ik.L', 'ORG-spine.001' with '_fk' 'spine_fk.001'."""
    name = original.removeprefix(_ORIGINAL)
    stem, tail = re.fullmatch(r"(.*?)((?:\.\d+)?(?:\.[LR])?(?:\.\d+)?)", name).groups()
    return f"{stem}{ending}{tail}"


def _own(original: str, held: set[str]) -> str:
    name = original.removeprefix(_ORIGINAL)
    return name if name in held else original


def _nearest(rig: Rig, bones: list[str], place: np.ndarray) -> str:
    return min(bones, key=lambda name: float(np.linalg.norm(rig.heads[rig.index(name)] - place)))
