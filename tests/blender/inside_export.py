# SPDX-License-Identifier: GPL-3.0-or-later
"""Run by a Python with bpy or by Blender itself: export a character from a user's scene, and read the files back.

inside_export.py FOLDER ANSWER.json      FOLDER holds seed3.npz and seed4.npz, 30 frames at 25 a second from frame 7 on
"""

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import bpy  # first: it makes the next one importable

import addon_utils  # isort: skip
import numpy as np

from blender_addon.core import CoreError
from blender_addon.core.body_file import read_body
from blender_addon.core.motion_file import read_motion
from blender_addon.operators import export_character
from blender_addon.scene.arrival import bring_in
from blender_addon.scene.export import FORMATS, ExportError, export
from blender_addon.scene.find_character import parts
from blender_addon.scene.rebuild import rebuild
from blender_addon.scene.takes import activate_take, takes
from tests.blender.synthetic import key_at

FRAMES, FIRST, FPS = 30, 7, 25.0
READERS = {
    "fbx": ("import_scene", "fbx"), "bvh": ("import_anim", "bvh"), "glb": ("import_scene", "gltf"),
    "usd": ("wm", "usd_import"),
}  # fmt: skip


def heads(armature) -> np.ndarray:
    names = read_body().joint_names
    return np.array([armature.matrix_world @ armature.pose.bones[name].head for name in names])


def extent(skin) -> np.ndarray:
    """The lowest and the highest corner (2, 3) of what a mesh fills now, in the world."""
    shape = skin.evaluated_get(bpy.context.evaluated_depsgraph_get())
    points = np.array([shape.matrix_world @ vertex.co for vertex in shape.to_mesh().vertices])
    return np.stack([points.min(axis=0), points.max(axis=0)])


def workplace(folder: Path):
    """A scene at 24 frames a second in which a cube is edited, with two characters of which one has been moved."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    scene = bpy.context.scene
    scene.render.fps, scene.frame_start, scene.frame_end = 24, 3, 90
    motion, body = read_motion(folder / "seed3.npz"), read_body()
    bring_in(scene, motion, body)
    armature = bring_in(scene, motion, body, as_take=False).armature
    bring_in(scene, read_motion(folder / "seed4.npz"), body)  # a take of the second, which is not to be exported
    activate_take(armature, "a walk seed 3.001")
    armature.location, armature.rotation_euler = (1, 2, 0), (0.1, 0.2, 1.5)
    cube = bpy.data.objects.new("Cube", bpy.data.meshes.new("Cube"))
    scene.collection.objects.link(cube)
    cube.select_set(True)
    bpy.context.view_layer.objects.active = cube
    bpy.ops.object.mode_set(mode="EDIT")
    scene.frame_set(13)
    return scene, armature


def state(scene, armature) -> dict:
    layer = bpy.context.view_layer
    return {
        "heads": heads(armature).round(6).tolist(),
        "time": [scene.frame_current, scene.frame_start, scene.frame_end, scene.render.fps, scene.render.fps_base],
        "selected": sorted(item.name for item in layer.objects if item.select_get()),
        "active": [layer.objects.active.name, layer.objects.active.mode, bpy.context.mode],
        "data": {
            kind: sorted(item.name for item in getattr(bpy.data, kind)) for kind in ("scenes", "actions", "objects")
        },
        "takes": [[take.name, take.active] for take in takes(armature)],
        "hidden": [armature.hide_viewport, parts(armature)["skin"].hide_viewport],
        "add_ons": sorted(bpy.context.preferences.addons.keys()),
    }


def exports(folder: Path) -> dict:
    scene, armature = workplace(folder)
    told, truth = {}, []
    for index in range(FRAMES):
        frame = key_at(FIRST + index, FPS, 24)
        scene.frame_set(int(frame), subframe=frame % 1)
        truth.append(heads(armature))
    skin_truth = extent(parts(armature)["skin"])
    scene.frame_set(13)
    armature.hide_viewport = True  # out of the way, and exported all the same
    before = state(scene, armature)
    for kind in FORMATS:
        try:
            export(folder / f"a walk.{kind}", kind, armature)
            told[kind] = {"bytes": (folder / f"a walk.{kind}").stat().st_size}
        except ExportError as error:
            told[kind] = {"error": str(error)}
    told["untouched"] = before == state(scene, armature)
    told["left"] = sorted(path.name for path in folder.iterdir() if path.name.startswith("."))
    told["in_glb"] = animations(folder / "a walk.glb")
    addon_utils.disable("io_scene_gltf2")
    export(folder / "off.glb", "glb", armature)
    told["switched_off"] = [(folder / "off.glb").exists(), addon_utils.check("io_scene_gltf2")[1]]
    addon_utils.enable("io_scene_gltf2")
    told["refusals"] = refusals(folder, armature)
    told["operator"] = by_operator(folder, scene, armature)
    told["modes"], told["rates"], told["linked"] = in_modes(folder), at_rates(folder), linked(folder)
    for kind in FORMATS:
        if "bytes" in told[kind]:
            told[kind].update(read_back(folder / f"a walk.{kind}", kind, truth, skin_truth))
    return told


def in_modes(folder: Path) -> dict:
    """The character itself in other modes, and in its rest position: what is refused, how far the wrists travel."""
    told = {}
    for name, part, mode, position in (
        ("edit", "armature", "EDIT", "POSE"), ("edit skin", "skin", "EDIT", "POSE"),
        ("pose", "armature", "POSE", "POSE"), ("rest", "armature", "OBJECT", "REST"),
    ):  # fmt: skip
        bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
        armature = bring_in(bpy.context.scene, read_motion(folder / "seed3.npz"), read_body()).armature
        item = armature if part == "armature" else parts(armature)[part]
        bpy.context.view_layer.objects.active = item
        bpy.ops.object.mode_set(mode=mode)
        armature.data.pose_position = position
        told[name] = {}
        for kind in FORMATS:
            try:
                export(folder / f"mode {name}.{kind}", kind, armature)
                told[name][kind] = "written"
            except ExportError as error:
                told[name][kind] = str(error)
        told[name]["after"] = [item.mode, armature.data.pose_position]
    for kind in FORMATS:
        path = folder / f"mode rest.{kind}"
        told["rest"][kind] = travel(path, kind) if path.exists() else None
    return told


def travel(path: Path, kind: str) -> float:
    """How far a wrist gets in a file, in metres."""
    armature = opened(path, kind)
    first, last = armature.animation_data.action.frame_range
    places = []
    for frame in range(round(first), round(last) + 1):
        bpy.context.scene.frame_set(frame)
        places.append(armature.matrix_world @ armature.pose.bones["left_wrist"].head)
    return float(np.ptp(np.array(places), axis=0).max())


def at_rates(folder: Path) -> dict:
    """What a GLB of a clip of some rate, in a scene of another, has for an animation."""
    told = {}
    for path in sorted(folder.glob("rate *.npz")):
        for scene_rate in (24, 25, 50):
            bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
            bpy.context.scene.render.fps = scene_rate
            armature = bring_in(bpy.context.scene, read_motion(path), read_body()).armature
            export(folder / "rate.glb", "glb", armature)
            told[f"{path.stem.removeprefix('rate ')} in {scene_rate}"] = animations(folder / "rate.glb")
    return told


def linked(folder: Path) -> dict:
    """A character of another file, linked, and with a library override."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    bring_in(bpy.context.scene, read_motion(folder / "seed3.npz"), read_body())
    bpy.ops.wm.save_as_mainfile(filepath=str(folder / "library.blend"))
    told = {}
    for how in ("linked", "overridden"):
        bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
        with bpy.data.libraries.load(str(folder / "library.blend"), link=True) as (there, wanted):
            wanted.collections = list(there.collections)
        collection = bpy.data.collections[0]
        if how == "overridden":
            collection.override_hierarchy_create(bpy.context.scene, bpy.context.view_layer)
        else:
            bpy.context.scene.collection.children.link(collection)
        objects = [item for item in bpy.context.scene.objects if item.type == "ARMATURE"]
        before = census()
        told[how] = {}
        for kind in FORMATS:
            try:
                export(folder / f"{how}.{kind}", kind, objects[0])
                told[how][kind] = "written"
            except ExportError as error:
                told[how][kind] = str(error)
        try:
            rebuild(bpy.context.scene, objects[0])
        except CoreError as error:
            told[how]["rebuild"] = str(error)
        told[how]["untouched"] = census() == before
    for how in ("linked", "overridden"):
        told[how]["travel"] = travel(folder / f"{how}.fbx", "fbx")
    return told


def census() -> dict:
    kinds = ("scenes", "actions", "objects", "armatures", "meshes", "collections", "cameras")
    return {kind: sorted(item.name for item in getattr(bpy.data, kind)) for kind in kinds}


def opened(path: Path, kind: str):
    """The armature in an exported file, alone in this Blender."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    bpy.context.scene.render.fps = 25
    owner, verb = READERS[kind]
    getattr(getattr(bpy.ops, owner), verb)(filepath=str(path))
    return next(item for item in bpy.data.objects if item.type == "ARMATURE")


def read_back(path: Path, kind: str, truth: list, skin_truth: np.ndarray) -> dict:
    armature = opened(path, kind)
    scene = bpy.context.scene
    first, last = armature.animation_data.action.frame_range
    away, skin = 0.0, next((item for item in bpy.data.objects if item.type == "MESH" and item.parent), None)
    for index in range(FRAMES):
        scene.frame_set(round(first) + index)
        away = max(away, float(np.abs(heads(armature) - truth[index]).max()))
    return {
        "away": away,
        "skin_away": None if skin is None else float(np.abs(extent(skin) - skin_truth).max()),
        "frames": last - first + 1,
        "first": first,
        "armatures": sum(item.type == "ARMATURE" for item in bpy.data.objects),
        "cameras": len(bpy.data.cameras),
        "action": armature.animation_data.action.name,
    }


def animations(path: Path) -> list:
    """Of each animation in a GLB: how many curves it has, and the times of their first and last keys."""
    held = path.read_bytes()
    document = json.loads(held[20 : 20 + int.from_bytes(held[12:16], "little")])
    times = [
        [document["accessors"][sampler["input"]] for sampler in animation["samplers"]]
        for animation in document["animations"]
    ]
    return [[len(each), min(t["min"][0] for t in each), max(t["max"][0] for t in each)] for each in times]


def refusals(folder: Path, armature) -> list:
    found = []
    action = armature.animation_data.action
    for path, kind in ((folder / "x.abc", "abc"), (folder / "nowhere" / "x.fbx", "fbx"), (folder / "folder", "glb")):
        try:
            export(path, kind, armature)
        except ExportError as error:
            found.append(str(error))
    armature.animation_data.action = None
    try:
        export(folder / "x.fbx", "fbx", armature)
    except ExportError as error:
        found.append(str(error))
    armature.animation_data.action = action
    return found


def by_operator(folder: Path, scene, armature) -> list:
    bpy.context.view_layer.objects.active = armature
    for each in export_character.CLASSES:
        bpy.utils.register_class(each)
    try:
        end = bpy.ops.lift3d.export_character(filepath=str(folder / "named.v2.fbx"), kind="bvh")
        try:
            bpy.ops.lift3d.export_character(filepath=str(folder / "nowhere" / "x"), kind="bvh")
            words = ""
        except RuntimeError as error:
            words = str(error).strip()
    finally:
        for each in export_character.CLASSES:
            bpy.utils.unregister_class(each)
    return [list(end), (folder / "named.v2.bvh").exists(), words]


if __name__ == "__main__":
    words = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:]
    place, answer = map(Path, words)
    (place / "folder").mkdir()
    answer.write_text(json.dumps(exports(place)), encoding="utf-8")
    sys.stdout.flush()
    os._exit(0)  # the bpy 4.2 module crashes at its end once its own glTF add-on has exported anything
