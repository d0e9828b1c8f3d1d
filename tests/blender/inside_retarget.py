# SPDX-License-Identifier: GPL-3.0-or-later
"""Run by a Python with bpy, or by Blender itself: inside_retarget.py CAT.npz PERSON.npz FOLDER ANSWER.json.

Retargets by the buttons' operators onto rigs that Rigify generates, a toy, and others that are set up as users set them
up, and writes what became of their paws, knees and bones, and of what is not to be touched.
"""

import importlib
import json
import os
import sys
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import bpy
import numpy as np

import blender_addon
from blender_addon.core.retarget.contacts import spans
from blender_addon.core.retarget.legs import signed_angle
from blender_addon.core.retarget.source import read_source
from blender_addon.core.retarget.turns import angle_between
from blender_addon.scene.action import curves, set_scene_fps
from blender_addon.scene.rig_bones import read_rig, watch_bones
from blender_addon.settings.retarget_settings import read_rows
from tests.blender_addon.core.retarget.rigs import TOY

LIMBS = ("fore.L", "fore.R", "hind.L", "hind.R")
FRAMES = np.arange(1, 37)


def fresh(fps: float = 30.0) -> bpy.types.Scene:
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    set_scene_fps(bpy.context.scene, fps)
    return bpy.context.scene


def rigify(kind: str) -> bpy.types.Object:
    """A rig that Rigify has generated from its metarig of an animal."""
    data = bpy.data.armatures.new(kind)
    metarig = bpy.data.objects.new(kind, data)
    bpy.context.scene.collection.objects.link(metarig)
    bpy.context.view_layer.objects.active = metarig
    importlib.import_module(f"rigify.metarigs.Animals.{kind}").create(metarig)
    bpy.ops.object.mode_set(mode="OBJECT")
    bpy.ops.pose.rigify_generate()
    bpy.data.objects.remove(metarig)
    return bpy.context.view_layer.objects.active


def toy() -> bpy.types.Object:
    armature = bpy.data.objects.new("toy", bpy.data.armatures.new("toy"))
    bpy.context.scene.collection.objects.link(armature)
    bpy.context.view_layer.objects.active = armature
    bpy.ops.object.mode_set(mode="EDIT")
    for name, (head, tail, parent) in TOY.items():
        bone = armature.data.edit_bones.new(name)
        bone.head, bone.tail = head, tail
        bone.parent = armature.data.edit_bones.get(parent)
    bpy.ops.object.mode_set(mode="OBJECT")
    return armature


def match(armature: bpy.types.Object, motion: str) -> bpy.types.PropertyGroup:
    settings = bpy.context.scene.lift3d_retarget
    settings.rig, settings.source, settings.motion = armature, "FILE", motion
    assert bpy.ops.lift3d.match_bones() == {"FINISHED"}
    return settings


def untouched(armature: bpy.types.Object) -> list:
    """What of a rig retargeting is not to change."""
    rest = [list(map(float, np.ravel(bone.matrix_local))) for bone in armature.data.bones]
    constraints = [[each.type for each in bone.constraints] for bone in armature.pose.bones]
    modes = [bone.rotation_mode for bone in armature.pose.bones]
    return [rest, constraints, modes, list(map(float, np.ravel(armature.matrix_world))), armature.hide_viewport]


def posed(armature: bpy.types.Object, names: list, frames=FRAMES) -> np.ndarray:
    """Matrices (T, N, 4, 4) in the world."""
    shown, _, world = watch_bones(bpy.context.scene, armature, frames, names)
    return world[:, None] @ shown


def walked(armature: bpy.types.Object, cat: str) -> dict:
    """What a rig does under the cat's walk: of each paw how far it is off the floor and slides while the cat's own
    stands, of each knee the least bend its own way."""
    settings = match(armature, cat)
    bones, before = read_rows(settings), untouched(armature)
    assert bpy.ops.lift3d.retarget() == {"FINISHED"}
    source, rig = read_source(cat), read_rig(armature)
    told = {"untouched": untouched(armature) == before, "paws": {}, "family": bones.family}
    action = armature.animation_data.action
    keyed = {curve.data_path.split('"')[1] for curve in curves(action)}
    told["keyed beside the map"] = sorted(keyed - set(bones.bones()))
    told["action"] = action.name
    root = bones.roles["root"][0]
    told["size"] = float(rig.heads[rig.index(root), 2] / source.heads[0, 2])  # to the cat's
    for limb in LIMBS:
        segments = [bones.roles.get(f"{limb}.{part}", ("",))[0] for part in ("upper", "lower", "foot", "toes")]
        names = [_original(armature, name) for name in segments if name]
        world = posed(armature, names)
        paw, rest = world[:, -1, :3, 3], rig.heads[rig.index(names[-1])]
        if len(names) == 1:
            length = armature.data.bones[names[-1]].length
            paw, rest = paw + length * world[:, -1, :3, 1], rig.tails[rig.index(names[-1])]
        own = source.positions[:, source.joints(f"{limb}.toes")[0]]
        still = np.linalg.norm(np.gradient(own, axis=0), axis=-1) * source.fps < 0.02
        found = {"standing": int(still.sum()), "lift": float(np.ptp(paw[:, 2]))}
        found["off"] = float(np.abs(paw[still, 2] - rest[2]).max())
        found["slide"] = max(float(np.ptp(paw[begin:end], axis=0).max()) for begin, end in spans(still))
        if len(names) > 2:
            upper, lower = (world[:, at + 1, :3, 3] - world[:, at, :3, 3] for at in (0, 1))
            bend = np.degrees(signed_angle(upper, lower, np.broadcast_to([0.0, 1, 0], upper.shape)))
            found["bend"] = float((bend if limb.startswith("hind") else -bend).min())
        told["paws"][limb] = found
    return told


def _original(armature: bpy.types.Object, name: str) -> str:
    """What a control moves: the bone that Rigify made it of."""
    original = f"ORG-{name.replace('_fk', '')}"
    return original if original in armature.data.bones else name


def set_up_otherwise(cat: str) -> dict:
    """A toy as users have them: scaled and turned as an import from FBX, other rotation modes, posed, hidden, playing
    something, selected with another object."""
    fresh()
    armature = toy()
    armature.scale, armature.rotation_euler = (0.01,) * 3, (np.pi / 2, 0, 0)
    armature.data.transform(_inverse(armature))
    for bone, mode in zip(armature.pose.bones, ("XYZ", "ZXY", "AXIS_ANGLE", "QUATERNION", "YZX", "XZY"), strict=True):
        bone.rotation_mode = mode
    bpy.context.view_layer.update()
    armature.keyframe_insert("location", frame=1)
    old = armature.animation_data.action
    armature.animation_data.action = old
    other = bpy.data.objects.new("other", None)
    bpy.context.scene.collection.objects.link(other)
    bpy.context.view_layer.objects.active = other
    armature.select_set(False)
    other.select_set(True)
    told = walked(armature, cat)
    selected = [item.name for item in bpy.context.view_layer.objects if item.select_get()]
    told["selected"] = [selected, bpy.context.view_layer.objects.active.name, len(bpy.data.scenes)]
    told["old action"] = [old.name in bpy.data.actions, old.use_fake_user, len(bpy.data.actions)]
    return told


def _inverse(armature: bpy.types.Object):
    bpy.context.view_layer.update()
    return armature.matrix_world.inverted()


def same_skeleton(motion: str) -> float:
    """A character's motion onto a copy of its own armature: the largest difference in degrees."""
    fresh(25.0)
    assert bpy.ops.lift3d.import_motion(filepath=motion) == {"FINISHED"}
    character = next(item for item in bpy.data.objects if item.type == "ARMATURE")
    copy = bpy.data.objects.new("copy", character.data.copy())
    bpy.context.scene.collection.objects.link(copy)
    for bone in list(copy.data.keys()):
        del copy.data[bone]
    bpy.context.view_layer.update()
    settings = bpy.context.scene.lift3d_retarget
    settings.rig, settings.source = copy, "CHARACTER"
    assert bpy.ops.lift3d.match_bones() == {"FINISHED"}
    assert bpy.ops.lift3d.retarget() == {"FINISHED"}
    names = [bone for bones in read_rows(settings).roles.values() for bone in bones]
    frames = np.arange(7, 37)
    first, second = (posed(each, names, frames)[..., :3, :3] for each in (character, copy))
    return float(np.degrees(angle_between(first, second).max()))


def linked(cat: str, folder: Path) -> dict:
    """A rig from another file: refused as it is, moved as a library override."""
    fresh()
    toy()
    path = str(folder / "toy.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    scene = fresh()
    with bpy.data.libraries.load(path, link=True) as (there, here):
        here.objects = there.objects
    item = here.objects[0]
    scene.collection.objects.link(item)
    bpy.context.view_layer.update()
    match(item, cat)
    told = {}
    try:
        bpy.ops.lift3d.retarget()
    except RuntimeError as error:
        told["refused"] = str(error)
    own = item.override_create(remap_local_usages=True)
    bpy.context.view_layer.update()
    settings = match(own, cat)
    assert bpy.ops.lift3d.retarget() == {"FINISHED"}
    bone = read_rows(settings).roles["root"][0]
    told["moved"] = float(np.ptp(posed(own, [bone])[:, 0, 0, 3]))
    return told


def maps(folder: Path) -> dict:
    """A map that is edited in its rows, saved, and loaded again."""
    fresh()
    armature = toy()
    settings = bpy.context.scene.lift3d_retarget
    settings.rig = armature
    told = {"without": bpy.ops.lift3d.match_bones.poll()}
    bpy.ops.lift3d.match_bones()
    rows = [row for row in settings.rows if row.role == "spine"]
    rows[0].bone = "head"
    told["room"] = sum(row.role == "spine" for row in settings.rows)
    bpy.ops.lift3d.save_bone_map(name="my toy")
    saved = next(folder.rglob("my*toy.json"))
    bpy.ops.lift3d.match_bones()
    bpy.ops.lift3d.load_bone_map(filepath=str(saved))
    told["spine"], told["name"] = list(read_rows(settings).roles["spine"]), settings.map_name
    return told


def main(cat: str, person: str, folder: str, answer: str) -> None:
    blender_addon.register()
    told: dict = {"rigs": {}, "rigify": False}
    fresh()
    told["rigs"]["toy"] = walked(toy(), cat)
    told["otherwise"] = set_up_otherwise(cat)
    told["same"] = same_skeleton(person)
    told["linked"] = linked(cat, Path(folder))
    told["maps"] = maps(Path(folder))
    try:
        bpy.ops.preferences.addon_enable(module="rigify")
        told["rigify"] = bool(importlib.import_module("rigify.metarigs.Animals.cat"))
    except (ImportError, RuntimeError):
        pass
    for kind in ("cat", "horse", "wolf") if told["rigify"] else ():
        fresh()
        told["rigs"][kind] = walked(rigify(kind), cat)
    Path(answer).write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    code = 0
    try:
        main(*(sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:]))
    except BaseException:
        traceback.print_exc()
        code = 1
    # Not through Python's own end, at which bpy with Rigify has been seen to hang.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
