# SPDX-License-Identifier: GPL-3.0-or-later
"""The bone map: which bones of a rig are which part of the body, and which of its controls move them. JSON files."""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from . import RetargetError
from .roles import CHAINS, FAMILIES, ROLES

FORMAT, VERSION = "lift3d-bone-map", 1
_WHAT = "a bone map (JSON with format, version, family and roles)"
_LARGEST = 1 << 20


@dataclass(frozen=True)
class Control:
    """A bone that gets keys. It turns as the bone that it is listed for; with `location` it goes with it as well."""

    bone: str
    location: bool = False


@dataclass(frozen=True)
class Property:
    """A custom property of a bone that is keyed to one value, such as a switch between IK and FK."""

    bone: str
    name: str
    value: float


@dataclass(frozen=True)
class BoneMap:
    """roles: each role's bones, from the trunk outwards. controls: of a bone that is moved by others, these; a bone
    that is not there gets its keys itself. properties: what is set for as long as the motion plays.
    """

    name: str
    family: str
    roles: Mapping[str, tuple[str, ...]]
    controls: Mapping[str, tuple[Control, ...]] = field(default_factory=dict)
    properties: tuple[Property, ...] = ()

    def bones(self) -> list[str]:
        """Every bone that the map names, each once."""
        named = [bone for bones in self.roles.values() for bone in bones]
        named += [control.bone for controls in self.controls.values() for control in controls]
        return list(dict.fromkeys(named + [each.bone for each in self.properties]))

    def missing(self, names: Iterable[str]) -> list[str]:
        """The bones of the map that are not among a rig's."""
        held = set(names)
        return [bone for bone in self.bones() if bone not in held]

    def controls_of(self, bone: str) -> tuple[Control, ...]:
        """What gets keys so that a mapped bone moves."""
        return self.controls.get(bone) or (Control(bone),)

    def moved_by(self) -> dict[str, str]:
        """The mapped bone that each control turns."""
        return {each.bone: bone for bone, controls in self.controls.items() for each in controls if not each.location}


def read_map(path: Path | str) -> BoneMap:
    """The map in a file. Raises RetargetError for anything that is no sound map."""
    path = Path(path)
    try:
        if path.stat().st_size > _LARGEST:
            raise RetargetError(f"{path} is too large to be a bone map")
        held = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RetargetError(f"{path} cannot be read: {error.strerror}; expected {_WHAT}") from None
    except (ValueError, RecursionError):
        raise RetargetError(f"{path} is no JSON; expected {_WHAT}") from None
    return map_from(held, str(path), path.stem)


def map_from(held: object, where: str, name: str) -> BoneMap:
    """The map in decoded JSON. where: what an error calls it. Raises RetargetError."""
    if not isinstance(held, dict) or held.get("format") != FORMAT:
        raise RetargetError(f"{where} is no bone map; expected {_WHAT}")
    if held.get("version") != VERSION:
        raise RetargetError(
            f"{where} has version {held.get('version')}, this add-on reads {VERSION}; update one of them"
        )
    if held.get("family") not in FAMILIES:
        raise RetargetError(f"{where} is for a {held.get('family')!r}; expected {' or '.join(FAMILIES)}")
    roles = {}
    for role, bones in _table(held, "roles", where).items():
        if role not in ROLES:
            raise RetargetError(f"{where} names a part {role!r} that no body has; parts are {', '.join(ROLES[:6])} ...")
        roles[role] = _bones([bones] if isinstance(bones, str) else bones, role, where)
        if len(roles[role]) > 1 and role not in CHAINS:
            raise RetargetError(f"{where} has {len(roles[role])} bones for {role}; expected one")
    controls = {}
    for bone, listed in _table(held, "controls", where).items():
        if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
            raise RetargetError(f"{where}: the controls of {bone} are no list of tables with a bone")
        names = _bones([each.get("bone") for each in listed], bone, where)
        controls[bone] = tuple(
            Control(each, listed[number].get("location") is True) for number, each in enumerate(names)
        )
    mapped = {bone for bones in roles.values() for bone in bones}
    if stray := sorted(set(controls) - mapped):
        raise RetargetError(f"{where} has controls for {', '.join(stray[:3])}, which is no part of the body")
    return BoneMap(str(held.get("name") or name), held["family"], roles, controls, _properties(held, where))


def map_to(bones: BoneMap) -> dict:
    """The map as what JSON can hold."""
    controls = {
        bone: [{"bone": each.bone, **({"location": True} if each.location else {})} for each in listed]
        for bone, listed in bones.controls.items()
    }
    held = {"format": FORMAT, "version": VERSION, "name": bones.name, "family": bones.family}
    held["roles"] = {role: list(bones.roles[role]) for role in ROLES if bones.roles.get(role)}
    if controls:
        held["controls"] = controls
    if bones.properties:
        held["properties"] = [{"bone": each.bone, "name": each.name, "value": each.value} for each in bones.properties]
    return held


def write_map(path: Path | str, bones: BoneMap) -> None:
    """Write a map, whole or not at all. Raises RetargetError."""
    path = Path(path)
    draft = path.with_name(f".{path.name}.part")
    try:
        draft.write_text(json.dumps(map_to(bones), indent=1) + "\n", encoding="utf-8")
        os.replace(draft, path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise RetargetError(f"{path} cannot be written: {error.strerror}") from None


def _table(held: dict, name: str, where: str) -> dict:
    found = held.get(name, {})
    if not isinstance(found, dict):
        raise RetargetError(f"{where}: {name} is no table")
    return found


def _bones(names: object, of: str, where: str) -> tuple[str, ...]:
    if not isinstance(names, list) or not all(isinstance(each, str) and each for each in names):
        raise RetargetError(f"{where}: what is listed for {of} are no bones' names")
    return tuple(names)


def _properties(held: dict, where: str) -> tuple[Property, ...]:
    listed, found = held.get("properties", []), []
    for each in listed if isinstance(listed, list) else [None]:
        value = each.get("value") if isinstance(each, dict) else None
        if not isinstance(value, int | float) or not all(isinstance(each.get(name), str) for name in ("bone", "name")):
            raise RetargetError(f"{where}: properties are no list of tables with a bone, a name and a number as value")
        found.append(Property(each["bone"], each["name"], float(value)))
    return tuple(found)
