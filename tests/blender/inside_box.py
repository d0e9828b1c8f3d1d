# SPDX-License-Identifier: GPL-3.0-or-later
"""Run by a Python with bpy or by Blender itself: inside_box.py FOLDER ANSWER.json.

FOLDER holds a.npz, b.npz and c.npz, takes of a person who carries a box, the second with a larger one, the third with
it a little higher. Tells what became of them in a scene at 24 frames a second.
"""

import json
import os
import sys
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import bpy
import numpy as np
from mathutils import Vector

import blender_addon
from blender_addon.core.box import corners
from blender_addon.core.motion_file import read_motion
from blender_addon.core.source_keypoints import lines
from blender_addon.scene.action import curves
from blender_addon.scene.box import BONE, hang
from blender_addon.scene.character_facts import read_facts
from blender_addon.scene.export import export
from blender_addon.scene.find_character import active_character, parts
from blender_addon.scene.grip import constrained
from blender_addon.scene.takes import take_actions, takes
from tests.blender.inside_export import opened
from tests.blender.synthetic import key_at
from tests.blender.synthetic_box import FIRST, FPS, FRAMES, HELD
from tests.blender.user_at_work import bring, empty


def go_to(index: float, rate: float = 24) -> None:
    frame = key_at(FIRST + index, FPS, rate)
    bpy.context.scene.frame_set(int(frame), subframe=frame % 1)


def points_of(item) -> np.ndarray:
    """A mesh's vertices (V, 3) in the world, as Blender shows it."""
    shown = item.evaluated_get(bpy.context.evaluated_depsgraph_get())
    return np.array([shown.matrix_world @ Vector(vertex.co) for vertex in shown.data.vertices])


def heads(armature, names: list[str]) -> np.ndarray:
    posed = armature.evaluated_get(bpy.context.evaluated_depsgraph_get())
    return np.array([posed.matrix_world @ posed.pose.bones[name].head for name in names])


def away(armature, motion) -> dict:
    """How far, in metres, the box and the hands stand from where the motion file has them, over all frames."""
    found = {"box": 0.0, "hands": 0.0}
    for index in range(FRAMES):
        go_to(index)
        wanted = corners(motion.box.size) @ motion.box.matrices[index].T + motion.box.places[index]
        found["box"] = max(found["box"], float(np.abs(points_of(parts(armature)["box"]) - wanted).max()))
        hands = heads(armature, ["left_wrist", "right_wrist"]) - motion.joints[index, [20, 21]]
        found["hands"] = max(found["hands"], float(np.abs(hands).max()))
    return found


def wrecked_and_rebuilt(armature, motion) -> dict:
    """The box is gone and its bone too; then the user has put something else in its place."""
    bpy.context.view_layer.objects.active = armature
    bpy.ops.object.mode_set(mode="EDIT")
    armature.data.edit_bones.remove(armature.data.edit_bones[BONE])
    bpy.ops.object.mode_set(mode="OBJECT")
    bpy.data.objects.remove(parts(armature)["box"])
    told = {"end": list(bpy.ops.lift3d.rebuild()), "bones": len(armature.data.bones), **away(armature, motion)}
    own = bpy.data.meshes.new("Crate")
    own.from_pydata([(0, 0, 0), (0.1, 0, 0), (0, 0.1, 0)], [], [(0, 1, 2)])
    parts(armature)["box"].data = own
    bpy.ops.lift3d.rebuild()
    told["own mesh"] = parts(armature)["box"].data.name
    bpy.data.objects.remove(parts(armature)["box"])
    crate = bpy.data.objects.new("Crate", own)
    armature.users_collection[0].objects.link(crate)
    hang(crate, armature)
    bpy.ops.lift3d.rebuild()
    told["own object"] = ["box" in parts(armature), crate.parent_bone]
    go_to(20)
    told["crate"] = float(np.abs(points_of(crate)[0] - motion.box.places[20]).max())
    bpy.data.objects.remove(crate)
    bpy.ops.lift3d.rebuild()
    return told


def held(armature, first, second, folder: Path) -> dict:
    """Hands that are kept on the box, and the box in a hand, while one of them is moved by hand."""
    told, names = {"poll": bpy.ops.lift3d.hold_box.poll()}, ["left_hand", "right_hand"]
    bpy.context.view_layer.objects.active = armature
    before = bones_at(armature, [*names, "left_wrist"])
    told["end"] = list(bpy.ops.lift3d.hold_box(follower="HANDS"))
    after = bones_at(armature, [*names, "left_wrist"])
    core = slice(HELD[0] + 3, HELD[1] - 4)
    told["core"] = float(np.abs(after - before)[core].max())
    told["free"] = float(np.abs(after - before)[: HELD[0] - 6].max())
    with moved(armature, BONE, 2, 0.1):
        lifted = bones_at(armature, names) - after[:, :2]
        told["lifted"] = [lifted[core][..., 2].min(), lifted[core][..., 2].max(), np.abs(lifted[: HELD[0] - 6]).max()]
    told["facing as they did"] = facing_apart(armature, core)
    bpy.ops.lift3d.rebuild()
    told["rebuilt"] = float(np.abs(bones_at(armature, [*names, "left_wrist"]) - after).max())
    bring(folder / "c.npz")
    told["takes"] = [influences(take) for take in take_actions(armature)]
    told["second"] = float(np.abs(bones_at(armature, names)[core] - second.joints[core][:, [22, 23]]).max())
    bpy.ops.lift3d.activate_take(name=takes(armature)[0].name)
    export(folder / "held.bvh", "bvh", armature)
    told["in edit mode"] = refused(armature)
    told["box follows"] = [list(bpy.ops.lift3d.hold_box(follower="BOX")), away(armature, first)["box"]]
    box = bones_at(armature, [BONE, "right_hand", *names])
    with moved(armature, "pelvis", 2, 0.1):  # its own Z is not the world's
        now = bones_at(armature, [BONE, "right_hand", *names])
        told["carried"] = float(np.abs((now - box)[core] - (now - box)[core][:, 1:2]).max())
        told["shifted"] = float(np.linalg.norm((now - box)[core][:, 0], axis=-1).min())
        told["left where it was"] = float(np.abs((now - box)[: HELD[0] - 6, 0]).max())
    told["let go"] = [list(bpy.ops.lift3d.let_go_of_box()), len(armature.data.bones), away(armature, first)]
    told["left over"] = [influences(take) for take in take_actions(armature)]
    return told


def bones_at(armature, names: list[str]) -> np.ndarray:
    """Where the heads of bones are at all frames (T, N, 3)."""
    found = []
    for index in range(FRAMES):
        go_to(index)
        found.append(heads(armature, names))
    return np.array(found)


@contextmanager
def moved(armature, bone: str, axis: int, by: float):
    """A bone's keys shifted for a moment, as a user does it."""
    path = f'pose.bones["{bone}"].location'
    curve = next(
        each for each in curves(armature.animation_data.action) if (each.data_path, each.array_index) == (path, axis)
    )
    for way in (by, -by):
        for key in curve.keyframe_points:
            key.co[1] += way
        curve.update()
        if way == by:
            yield


def facing_apart(armature, core: slice) -> float:
    """By how much a hand turns against the box while it holds it, at most, as the difference of its axes."""
    found = []
    for index in range(core.start, core.stop):
        go_to(index)
        posed = armature.evaluated_get(bpy.context.evaluated_depsgraph_get()).pose.bones
        found.append(
            np.array(posed[BONE].matrix.to_3x3().normalized()).T @ np.array(posed["left_wrist"].matrix)[:3, :3]
        )
    return float(np.ptp(found, axis=0).max())


def influences(take) -> int:
    return sum("influence" in curve.data_path or "_hand" in curve.group.name for curve in curves(take)
               if "Lift3D" in curve.data_path or "box_" in curve.data_path)  # fmt: skip


def refused(armature) -> str:
    bpy.ops.object.mode_set(mode="POSE")
    try:
        bpy.ops.lift3d.hold_box(follower="BOX")
    except RuntimeError as error:
        return str(error)
    finally:
        bpy.ops.object.mode_set(mode="OBJECT")


def undone(motion: Path) -> list:
    """What there is after an import, with hands kept on the box, undone, done again, and undone to the beginning."""
    step, seen = ("EXEC_DEFAULT", True), []
    empty(25)
    bpy.ops.ed.undo_push(message="Start")
    bpy.ops.lift3d.import_motion(*step, filepath=str(motion))
    seen.append(there())
    bpy.ops.lift3d.hold_box(*step, follower="HANDS")
    seen.append(there())
    for way in (bpy.ops.ed.undo, bpy.ops.ed.redo, bpy.ops.ed.undo, bpy.ops.ed.undo):
        way()
        seen.append(there())
    return seen


def there() -> list:
    armature = active_character(bpy.context)
    if armature is None:
        return [len(bpy.data.objects), len(bpy.data.actions)]
    take = armature.animation_data.action
    return [len(bpy.data.objects), len(armature.data.bones), len(constrained(armature)), len(list(curves(take)))]


def retargeted(armature) -> dict:
    """The motion on a larger rig with the same bones: where its palms are in the frame of its box."""
    rig = bpy.data.objects.new("rig", armature.data.copy())
    bpy.context.scene.collection.objects.link(rig)
    for name in list(rig.data.keys()):
        del rig.data[name]
    rig.scale = 3 * (1.25,)
    bpy.context.view_layer.objects.active = rig
    bpy.ops.object.mode_set(mode="EDIT")
    rig.data.edit_bones.remove(rig.data.edit_bones[BONE])
    bpy.ops.object.mode_set(mode="OBJECT")
    settings = bpy.context.scene.lift3d_retarget
    settings.rig, settings.source, settings.character = rig, "CHARACTER", armature
    bpy.ops.lift3d.match_bones()
    told = {"end": list(bpy.ops.lift3d.retarget())}
    boxes = [item for item in bpy.data.objects if item.get("lift3d_part") == "box"]
    told["boxes"], told["size"] = len(boxes), list(boxes[0].dimensions)
    told["palms"] = palms_on(rig, boxes[0])
    boxes[0].delta_location = (0.0, 0.0, 0.1)
    told["palms moved"] = palms_on(rig, boxes[0])
    boxes[0].delta_location = (0.0, 0.0, 0.0)
    own = boxes[0].data = bpy.data.meshes.new("Crate")
    bpy.ops.lift3d.retarget()
    boxes = [item for item in bpy.data.objects if item.get("lift3d_part") == "box"]
    told["again"] = [len(boxes), boxes[0].data == own, len(constrained(rig))]
    told["free"] = [list(bpy.ops.lift3d.free_rigs_hands()), len(constrained(rig))]
    told["holders"] = [item.name for item in bpy.data.objects if item.type == "EMPTY"]
    told["curves"] = sum("Lift3D" in curve.data_path for curve in curves(rig.animation_data.action))
    settings.held = False
    bpy.ops.lift3d.retarget()
    told["not held"] = len(constrained(rig))
    return told


def palms_on(rig, box) -> list:
    """Palms (T, 2, 3) in a box's frame, in metres, while the hands hold it."""
    found = []
    for index in range(HELD[0] + 3, HELD[1] - 4, 4):
        go_to(index)
        back = box.evaluated_get(bpy.context.evaluated_depsgraph_get()).matrix_world.inverted()
        found.append([list(back @ Vector(head)) for head in heads(rig, ["left_hand", "right_hand"])])
    return found


def exported(folder: Path, armature) -> dict:
    """What another program sees of the box: how far its corners, or its bone, are off at all frames."""
    truth, places = [], []
    for index in range(FRAMES):
        go_to(index)
        truth.append(points_of(parts(armature)["box"]))
        places.append(heads(armature, [BONE])[0])
    kinds = ["bvh", "glb", "fbx", *(["usd"] if bpy.app.build_options.usd else [])]
    for kind in kinds:
        export(folder / f"box.{kind}", kind, armature)
    found = {}
    for kind in kinds:
        read = opened(folder / f"box.{kind}", kind)
        first, off = round(read.animation_data.action.frame_range[0]), 0.0
        if kind == "bvh":
            first, off = 1, 0.0
        box = next((each for each in bpy.data.objects if each.type == "MESH" and "Box" in each.name), None)
        for index in range(FRAMES):
            bpy.context.scene.frame_set(first + index)
            if kind == "bvh":
                off = max(off, float(np.abs(heads(read, [BONE])[0] - places[index]).max()))
                continue
            shown = points_of(box)  # a format may list corners several times, in an order of its own
            gaps = np.linalg.norm(shown[:, None] - truth[index][None], axis=-1)
            off = max(off, float(gaps.min(axis=1).max()), float(gaps.min(axis=0).max()))
        found[kind] = off
    return found


def main(folder: Path) -> dict:
    told = {"undone": undone(folder / "a.npz")}
    empty(24)
    first, second = (read_motion(folder / name) for name in ("a.npz", "b.npz"))
    told["end"] = bring(folder / "a.npz")
    armature = active_character(bpy.context)
    box = parts(armature)["box"]
    told["box"] = {
        "faces": len(box.data.polygons), "parent": armature.data.bones[BONE].parent is None,
        "deforms": armature.data.bones[BONE].use_deform, "groups": BONE in parts(armature)["skin"].vertex_groups,
        "collection": [each.name for each in box.users_collection] == [armature.users_collection[0].name],
        "own": [list(box.location), list(box.scale)], "bones": len(armature.data.bones),
    }  # fmt: skip
    bpy.context.view_layer.objects.active = box
    told["is meant by its box"] = active_character(bpy.context) == armature
    told["first"] = away(armature, first)
    facts = read_facts(armature)
    told["facts"] = [facts.model_type, list(facts.box_size), facts.box_size_source]
    told["lines"] = len(lines(first.keypoints.names))
    bring(folder / "b.npz")
    told["takes"] = [take.seed for take in takes(armature)]
    told["second"] = away(armature, second)
    told["as large"] = list(read_facts(armature).box_size)
    bpy.context.view_layer.objects.active = armature
    bpy.ops.lift3d.activate_take(name=takes(armature)[0].name)
    told["first again"] = away(armature, first)
    told["rebuilt"] = wrecked_and_rebuilt(armature, first)
    told["after"] = away(armature, first)
    told["held"] = held(armature, first, read_motion(folder / "c.npz"), folder)
    told["retargeted"] = retargeted(armature)
    told["exported"] = exported(folder, armature)
    return told


if __name__ == "__main__":
    words = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:]
    blender_addon.register()
    code = 1
    try:
        Path(words[1]).write_text(json.dumps(main(Path(words[0])), default=float), encoding="utf-8")
        code = 0
    except BaseException:
        import traceback

        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # the bpy 4.2 module crashes at its end once its own glTF add-on has exported anything
