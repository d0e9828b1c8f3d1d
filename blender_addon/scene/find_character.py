# SPDX-License-Identifier: GPL-3.0-or-later
"""Find characters and their parts in a scene. Panels ask at every redraw, and what Blender offers for it takes the
longer the more objects there are: what is where it was made to be is found by its name, all else is remembered.
"""

import time

import bpy

from .character_facts import KEY, character_of

REMEMBERED = 0.5  # seconds
PARTS = ("skin", "camera", "box")

_objects: dict[tuple[int, int], tuple[float, str]] = {}  # by scene and armature: when it was searched for, the name
_parts: dict[int, tuple[float, dict[str, str]]] = {}  # by object: when they were searched for, their names


def characters(scene: bpy.types.Scene) -> list[bpy.types.Object]:
    """The armatures of all characters in a scene, the newest last."""
    found = []
    for data in bpy.data.armatures:  # armatures are few; objects may be a hundred thousand
        if character := character_of(data):
            item = _object_of(data, scene)
            if item is not None and character_of(item) == character:
                found.append(item)
    return sorted(found, key=lambda item: item.data[KEY].get("order", 0))


def active_character(context: bpy.types.Context) -> bpy.types.Object | None:
    """The armature of the character that is meant: the active object or what it belongs to, else the scene's newest; or
    None."""
    known, item = characters(context.scene), getattr(context, "object", None)
    for meant in (item, item.parent if item else None):
        if meant in known:
            return meant
    character = character_of(item)
    return next((other for other in reversed(known) if character_of(other) == character), known[-1] if known else None)


def parts(armature: bpy.types.Object) -> dict[str, bpy.types.Object]:
    """The character's objects besides the armature by what they are, of PARTS. Those that are there."""
    held = armature.data[KEY]
    if held.get("object") == armature.name:  # not the copy of a character
        names = {part: held[part] for part in PARTS if part in held}
        found = _named(armature, names)
        if names and len(found) == len(names):
            return found
    when, names = _parts.get(armature.session_uid, (float("-inf"), {}))
    if time.monotonic() - when < REMEMBERED:
        found = _named(armature, names)
        if len(found) == len(names):
            return found
    found = _search_parts(armature)
    _parts[armature.session_uid] = time.monotonic(), {part: item.name for part, item in found.items()}
    return found


def same_world(armature: bpy.types.Object) -> list[bpy.types.Object]:
    """The armatures of all who were lifted together with a character and share its camera, itself among them."""
    camera = parts(armature).get("camera")
    if camera is None or not world_of(camera):
        return [armature]
    everybody = {other.name: other for scene in armature.users_scene for other in characters(scene)}
    return [other for other in everybody.values() if parts(other).get("camera") == camera]


def camera_of_world(scene: bpy.types.Scene, world: str) -> bpy.types.Object | None:
    """The camera that filmed the people of a world, once one of them is in the scene; None before."""
    if not world:
        return None
    return next((item for item in scene.objects if item.type == "CAMERA" and world_of(item) == world), None)


def world_of(item: bpy.types.ID) -> str:
    """What a datablock of several people's has in common with those of the others; "" for what is one's own."""
    held = item.get(KEY)
    return held.get("world", "") if hasattr(held, "get") else ""


def forget() -> None:
    """Forget what is remembered."""
    _objects.clear()
    _parts.clear()


def _object_of(data: bpy.types.Armature, scene: bpy.types.Scene) -> bpy.types.Object | None:
    """The scene's object with this data; None if there is none."""
    key = scene.session_uid, data.session_uid
    when, remembered = _objects.get(key, (float("-inf"), ""))
    for name in (data[KEY].get("object", ""), remembered):
        for layer in scene.view_layers:
            item = layer.objects.get(name) if name else None
            if item is not None and item.data == data:
                return item
    if time.monotonic() - when < REMEMBERED:
        if not remembered:
            return None
        item = bpy.data.objects.get(remembered)  # in a collection that is excluded
        if item is not None and item.data == data:
            return item
    item = next((other for other in scene.objects if other.data == data), None)
    _objects[key] = time.monotonic(), item.name if item else ""
    return item


def _named(armature: bpy.types.Object, names: dict[str, str]) -> dict[str, bpy.types.Object]:
    """Those of the parts that have these names."""
    found = {}
    for part, name in names.items():
        item = bpy.data.objects.get(name)
        if _is_part(item, armature) and item[KEY].get("part") == part:
            if part != "skin" or item.parent == armature:
                found[part] = item
    return found


def _search_parts(armature: bpy.types.Object) -> dict[str, bpy.types.Object]:
    found = {}
    wanted = {part for part in PARTS if part in armature.data[KEY]}
    near = [*armature.children, *(item for collection in armature.users_collection for item in collection.objects)]
    for items in (near, bpy.data.objects):
        for item in items:
            if _is_part(item, armature) and (part := item[KEY].get("part", "")) and part != "armature":
                found.setdefault(part, item)
        if wanted <= set(found):
            break
    return found


def _is_part(item: bpy.types.Object | None, armature: bpy.types.Object) -> bool:
    """Whether an object is a character's, or the camera of all who were lifted together with it."""
    own = character_of(item)
    if own and own == character_of(armature):
        return True
    return bool(own) and item.type == "CAMERA" and world_of(item) == world_of(armature.data) != ""


unregister = forget
