# SPDX-License-Identifier: GPL-3.0-or-later
"""For inside_import.py, in a Blender: what a user's scene is while he works in it, and what an import makes of it."""

from pathlib import Path

import bpy

from blender_addon.scene.find_character import active_character

WORK = [
    *(("MESH", mode) for mode in ("OBJECT", "EDIT", "SCULPT", "WEIGHT_PAINT", "HIDDEN", "EXCLUDED")),
    *(("ARMATURE", mode) for mode in ("POSE", "EDIT")),
]


def empty(fps: int = 25) -> bpy.types.Scene:
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    bpy.context.scene.render.fps = fps
    return bpy.context.scene


def bring(path: Path, **words) -> dict:
    """Import by the operator: its end, or the error's words."""
    try:
        return {"end": list(bpy.ops.lift3d.import_motion(filepath=str(path), **words))}
    except RuntimeError as error:
        return {"error": str(error).strip()}


def census() -> dict:
    """The names of all there is of each kind."""
    kinds = "objects meshes armatures cameras actions collections materials scenes images"
    return {kind: sorted(item.name for item in getattr(bpy.data, kind)) for kind in kinds.split()}


def in_work(folder: Path) -> dict:
    """The user is at work in every mode, on an object whose collection is then hidden or excluded."""
    told = {}
    for kind, mode in WORK:
        scene = empty(24)
        layer = bpy.context.view_layer
        own = bpy.data.collections.new("Own")
        scene.collection.children.link(own)
        layer.active_layer_collection = layer.layer_collection.children["Own"]
        data = bpy.data.armatures.new("Rig") if kind == "ARMATURE" else bpy.data.meshes.new("Mesh")
        items = [bpy.data.objects.new(name, each) for name, each in (("Work", data), ("Other", data.copy()))]
        for item in items:
            own.objects.link(item)
            item.select_set(True)
        layer.objects.active = items[0]
        if mode != "OBJECT" and mode != "HIDDEN" and mode != "EXCLUDED":
            bpy.ops.object.mode_set(mode=mode)
        held = layer.layer_collection.children["Own"]
        held.exclude, held.hide_viewport = mode == "EXCLUDED", mode == "HIDDEN"
        scene.cursor.location, scene.frame_current = (1, 2, 3), 5
        before = at_work()
        end = bring(folder / "seed3.npz")
        told[f"{kind} {mode}"] = {
            "end": end,
            "before": before,
            "after": at_work(),
            "bones": len(active_character(bpy.context).data.bones),
        }
    return told


def at_work() -> dict:
    scene, layer = bpy.context.scene, bpy.context.view_layer
    active, held = layer.objects.active, layer.layer_collection.children["Own"]
    return {
        "modes": {name: bpy.data.objects[name].mode for name in ("Work", "Other")},
        "active": active.name if active else None,
        "selected": sorted(item.name for item in layer.objects if item.select_get()),
        "collection": [held.exclude, held.hide_viewport, layer.active_layer_collection.name],
        "scene": [scene.frame_current, scene.frame_start, scene.frame_end, list(scene.cursor.location), scene.name],
        "mode": bpy.context.mode,
        "scenes": len(bpy.data.scenes),
    }


def in_linked_scene(folder: Path) -> dict:
    empty().name = "Theirs"
    bpy.ops.wm.save_as_mainfile(filepath=str(folder / "library.blend"))
    empty()
    with bpy.data.libraries.load(str(folder / "library.blend"), link=True) as (_, wanted):
        wanted.scenes = ["Theirs"]
    bpy.context.window.scene = bpy.data.scenes["Theirs"]
    before = census()
    return {"end": bring(folder / "seed3.npz"), "untouched": census() == before}
