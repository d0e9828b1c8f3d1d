# SPDX-License-Identifier: GPL-3.0-or-later
"""Run by a Python with bpy or by Blender itself: inside_quadruped.py FOLDER ANSWER.json.

FOLDER holds cat.npz (the body), a.npz and b.npz (two takes) and human.npz (a human of the same clip), all of 30 frames
at 25 a second from frame 7 on. Tells what became of the characters in a scene at 24 frames a second.
"""

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import bpy
import numpy as np
from bpy_extras.object_utils import world_to_camera_view
from mathutils import Vector

from blender_addon.core import forward_kinematics as kinematics
from blender_addon.core.body_file import read_body
from blender_addon.core.motion_file import read_motion
from blender_addon.core.source_keypoints import lines
from blender_addon.operators import export_character, import_motion, rebuild
from blender_addon.scene.character_facts import read_facts
from blender_addon.scene.export import export
from blender_addon.scene.find_character import active_character, characters, parts
from blender_addon.scene.overlay import frame_index, take_through
from blender_addon.scene.takes import takes
from tests.blender.cat_points import JOINT_OF
from tests.blender.inside_export import opened
from tests.blender.synthetic import key_at
from tests.blender.user_at_work import bring, empty

FRAMES, FIRST, FPS = 30, 7, 25.0
OPERATORS = (export_character, import_motion, rebuild)


def heads(armature, names: list[str]) -> np.ndarray:
    posed = armature.evaluated_get(bpy.context.evaluated_depsgraph_get())
    return np.array([posed.matrix_world @ posed.pose.bones[name].head for name in names])


def skin_of(armature) -> np.ndarray:
    shape = parts(armature)["skin"].evaluated_get(bpy.context.evaluated_depsgraph_get())
    found = np.array([shape.matrix_world @ vertex.co for vertex in shape.to_mesh().vertices])
    shape.to_mesh_clear()
    return found


def go_to(index: float) -> None:
    frame = key_at(FIRST + index, FPS, 24)
    bpy.context.scene.frame_set(int(frame), subframe=frame % 1)


def away(armature, motion, body) -> dict:
    """How far, in metres, bones and skin stand from where the motion file has them, over all frames."""
    vertices, rest = body.shaped(motion.betas)
    rotations, positions = kinematics.joint_transforms(motion.poses, motion.trans, rest, body.parents)
    skin = kinematics.skinned_vertices(rotations, positions, vertices, rest, body.weights)
    found = {"joints": 0.0, "skin": 0.0}
    for index in range(FRAMES):
        go_to(index)
        far = np.linalg.norm(heads(armature, body.joint_names) - motion.joints[index], axis=-1).max()
        found["joints"] = max(found["joints"], float(far))
        found["skin"] = max(found["skin"], float(np.linalg.norm(skin_of(armature) - skin[index], axis=-1).max()))
    return found


def at_rest(armature) -> dict:
    bones = armature.data.bones
    return {
        "head": list(bones["Head"].tail_local),
        "left": bones["LLeg1"].head_local.x,
        "x": {name: bones[name].matrix_local.to_3x3().col[0].x for name in ("spine", "LLeg2", "RLeg2", "Tail3")},
        "z": {name: list(bones[name].matrix_local.to_3x3().col[2]) for name in ("LLegBack2", "RLegBack2", "LFoot")},
    }


def seen(armature, motion) -> dict:
    """What the overlay draws, and how far the camera sees the joints from the keypoints, in pixels."""
    scene, camera = bpy.context.scene, parts(armature)["camera"]
    scene.render.resolution_x, scene.render.resolution_y = motion.camera.image_size
    go_to(4)
    views = [world_to_camera_view(scene, camera, Vector(head)) for head in heads(armature, list(JOINT_OF.values()))]
    pixels = np.array([[x * 640, (1 - y) * 480] for x, y, _ in views])
    named = [motion.keypoints.names.index(name) for name in JOINT_OF]
    shift = pixels - motion.keypoints.points[4, named]
    take = take_through(scene, camera)
    return {
        "shift": shift.tolist(),
        "take": take.name,
        "index": frame_index(take, scene.frame_current_final),
        "lines": len(lines(motion.keypoints.names)),
    }


def wrecked_and_rebuilt(armature, motion, body) -> dict:
    bpy.context.view_layer.objects.active = armature
    bpy.ops.object.mode_set(mode="EDIT")
    armature.data.edit_bones.remove(armature.data.edit_bones["Tail7"])
    bpy.ops.object.mode_set(mode="OBJECT")
    bpy.data.objects.remove(parts(armature)["skin"])
    end = bpy.ops.lift3d.rebuild()
    return {"end": list(end), "bones": len(armature.data.bones), **away(armature, motion, body)}


def exported(folder: Path, armature, names: list[str]) -> dict:
    truth = []
    for index in range(FRAMES):
        go_to(index)
        truth.append(heads(armature, names))
    for kind in ("bvh", "glb", "fbx"):
        export(folder / f"cat.{kind}", kind, armature)
    found = {}
    for kind in ("bvh", "glb", "fbx"):
        read = opened(folder / f"cat.{kind}", kind)
        first = round(read.animation_data.action.frame_range[0])
        found[kind] = 0.0
        for index in range(FRAMES):
            bpy.context.scene.frame_set(first + index)
            found[kind] = max(found[kind], float(np.linalg.norm(heads(read, names) - truth[index], axis=-1).max()))
    return found


def main(folder: Path) -> dict:
    told = {}
    empty(24)
    motion = read_motion(folder / "a.npz")
    body = read_body(motion.body_file, motion.family)
    told["end"] = bring(folder / "a.npz")
    armature = active_character(bpy.context)
    told["rest"], told["away"] = at_rest(armature), away(armature, motion, body)
    told["bones"] = [bone.name for bone in armature.data.bones]
    facts = read_facts(armature)
    told["facts"] = [facts.model_type, facts.height, facts.reprojection]
    told["seen"] = seen(armature, motion)
    bring(folder / "b.npz")
    told["takes"] = [take.seed for take in takes(armature)]
    told["second"] = away(armature, read_motion(folder / "b.npz"), body)
    bring(folder / "human.npz")
    told["characters"] = [len(item.data.bones) for item in characters(bpy.context.scene)]
    bpy.context.view_layer.objects.active = armature
    bpy.ops.lift3d.import_motion(filepath=str(folder / "a.npz"))
    told["rebuilt"] = wrecked_and_rebuilt(armature, motion, body)
    told["exported"] = exported(folder, armature, body.joint_names)
    return told


if __name__ == "__main__":
    words = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:]
    for module in OPERATORS:
        for each in module.CLASSES:
            bpy.utils.register_class(each)
    try:
        Path(words[1]).write_text(json.dumps(main(Path(words[0]))), encoding="utf-8")
    finally:
        for module in OPERATORS:  # the bpy module hangs at exit otherwise
            for each in module.CLASSES:
                bpy.utils.unregister_class(each)
    sys.stdout.flush()
    os._exit(0)  # the bpy 4.2 module crashes at its end once its own glTF add-on has exported anything
