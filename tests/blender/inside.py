# SPDX-License-Identifier: GPL-3.0-or-later
"""Run by a Python with bpy, or by Blender itself: inside.py make|measure|visit PLAN.json ANSWER.json.

    python inside.py make plan.json answer.json
    blender -b --factory-startup --python-exit-code 1 -P inside.py -- make plan.json answer.json

A plan is a list of [motion file, .blend]. `make` imports each; `measure`, a fresh process, opens each .blend and says
how far what Blender shows is from what the motion file says. `visit` adds the characters to a scene in which a user is
at work, and says what became of that.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import bpy
import numpy as np
from bpy_extras.object_utils import world_to_camera_view
from mathutils import Vector

from blender_addon import commands
from blender_addon.core import forward_kinematics as kinematics
from blender_addon.core.body_file import read_body
from blender_addon.core.motion_file import read_motion
from blender_addon.core.rotations import matrix_from_quaternion, quaternion_from_axis_angle
from blender_addon.scene.action import set_scene_fps
from blender_addon.scene.character import add_character


def make(plan: list) -> list:
    """Import every motion of the plan; what the command returned, and what a second bpy session cannot know."""
    return [commands.main(["import", motion, "-o", blend]) for motion, blend in plan]


def measure(plan: list) -> list:
    """Facts of every .blend of the plan."""
    return [facts(motion, blend) for motion, blend in plan]


def visit(plan: list) -> list:
    """The user edits a cube, has a lamp selected too, and the scene runs at 24 frames a second."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene, layer = bpy.context.scene, bpy.context.view_layer
    set_scene_fps(scene, 24.0)
    scene.frame_start, scene.frame_end, scene.frame_current = 3, 90, 5
    cube = bpy.data.objects.new("Cube", bpy.data.meshes.new("Cube"))
    lamp = bpy.data.objects.new("Lamp", bpy.data.lights.new("Lamp", "POINT"))
    idle = bpy.data.objects.new("Idle", None)
    for item in (cube, lamp, idle):
        scene.collection.objects.link(item)
    for item in (cube, lamp):
        item.select_set(True)
    layer.objects.active = cube
    bpy.ops.object.mode_set(mode="EDIT")
    added = []
    for motion_path, _ in plan:
        motion = read_motion(motion_path)
        character = add_character(scene, motion, read_body())
        added.append(
            {
                "keys": character.frames[[0, 1, -1]].tolist(),
                "armature": character.armature.name,
                "collection": character.collection.name,
                "in_collection": sorted(item.type for item in character.collection.objects),
                "warnings": character.warnings,
                "camera": character.camera.name if character.camera else None,
                "slot": getattr(character.armature.animation_data, "action_slot", None) is not None,
            }
        )
    user = {
        "selected": sorted(item.name for item in layer.objects if item.select_get()),
        "active": layer.objects.active.name,
        "mode": cube.mode,
        "range": [scene.frame_start, scene.frame_end, scene.frame_current],
        "fps": [scene.render.fps, scene.render.fps_base],
        "camera": scene.camera,
        "materials": len(bpy.data.materials),
    }
    return [user, *added]


def facts(motion_path: str, blend_path: str) -> dict:
    bpy.ops.wm.open_mainfile(filepath=blend_path)
    scene, motion, body = bpy.context.scene, read_motion(motion_path), read_body()
    armature = next(item for item in scene.objects if item.type == "ARMATURE")
    skin = next(item for item in scene.objects if item.type == "MESH")
    last = len(motion) - 1
    wanted = [0, 1, last // 3 + 0.5, last // 2, last - 1 + 0.25, last]
    joints, vertices, pixels, seen = [], [], [], []
    for index in wanted:
        frame = motion.frame_start + index
        scene.frame_set(int(frame), subframe=frame % 1)
        graph = bpy.context.evaluated_depsgraph_get()
        posed = armature.evaluated_get(graph)
        heads = np.array([posed.matrix_world @ posed.pose.bones[name].head for name in body.joint_names])
        joints.append(heads)
        evaluated = skin.evaluated_get(graph)
        mesh = evaluated.to_mesh()
        flat = np.empty(3 * len(mesh.vertices), np.float32)
        mesh.vertices.foreach_get("co", flat)
        place = np.array(evaluated.matrix_world)
        vertices.append(flat.reshape(-1, 3) @ place[:3, :3].T + place[:3, 3])
        evaluated.to_mesh_clear()
        if scene.camera and index == int(index):
            size = np.array([scene.render.resolution_x, scene.render.resolution_y])
            views = [world_to_camera_view(scene, scene.camera.evaluated_get(graph), Vector(head)) for head in heads]
            pixels.append([[x * size[0], (1 - y) * size[1]] for x, y, _ in views])
            seen.append(index)
    expected_joints, expected_vertices = expected(motion, body, wanted)
    action = armature.animation_data.action
    slot = getattr(armature.animation_data, "action_slot", None)
    curves = action.fcurves if slot is None else action.layers[0].strips[0].channelbag(slot).fcurves
    return {
        "blender": bpy.app.version_string,
        "joint_error": float(np.linalg.norm(np.array(joints) - expected_joints, axis=-1).max()),
        "vertex_error": float(np.linalg.norm(np.array(vertices) - expected_vertices, axis=-1).max()),
        "moved": float(np.ptp(np.array(joints), axis=0).max()),
        "pixels": pixels,
        "seen": seen,
        "fps": scene.render.fps / scene.render.fps_base,
        "range": [scene.frame_start, scene.frame_end],
        "size": [scene.render.resolution_x, scene.render.resolution_y],
        "bones": [bone.name for bone in armature.data.bones],
        "parents": [bone.parent.name if bone.parent else "" for bone in armature.data.bones],
        "collection": [item.name for item in armature.users_collection],
        "slot": slot.name_display if slot else None,
        "curves": len(curves),
        "first_keys": [point.co.x for point in curves[0].keyframe_points][:3],
        "largest_jump": largest_jump(curves),
        "users": action.users,
    }


def expected(motion, body, wanted) -> tuple:
    """Joints (N, J, 3) and vertices (N, V, 3) at clip indices, some between two frames, by numpy alone."""
    quaternions = quaternion_from_axis_angle(motion.poses)
    vertices, rest = body.shaped(motion.betas if motion.ours else np.zeros(0))
    rotations, trans = [], []
    for index in wanted:
        before, part = int(index), index % 1
        after = min(before + 1, len(motion) - 1)
        a, b = quaternions[before], quaternions[after]
        b = np.where((a * b).sum(-1, keepdims=True) < 0, -b, b)
        mixed = (1 - part) * a + part * b
        rotations.append(matrix_from_quaternion(mixed / np.linalg.norm(mixed, axis=-1, keepdims=True)))
        trans.append((1 - part) * motion.trans[before] + part * motion.trans[after])
    world, joints = posed(np.array(rotations), np.array(trans), rest, body.parents)
    return joints, kinematics.skinned_vertices(world, joints, vertices, rest, body.weights)


def posed(local, trans, rest, parents) -> tuple:
    world, joints = np.empty_like(local), np.empty((*local.shape[:2], 3))
    for joint, parent in enumerate(parents):
        world[:, joint] = local[:, joint] if parent < 0 else world[:, parent] @ local[:, joint]
        if parent < 0:
            joints[:, joint] = rest[joint] + trans
        else:
            joints[:, joint] = joints[:, parent] + world[:, parent] @ (rest[joint] - rest[parent])
    return world, joints


def largest_jump(curves) -> float:
    """The largest step of any quaternion component from one key to the next."""
    largest = 0.0
    for curve in curves:
        if curve.data_path.endswith("rotation_quaternion"):
            points = np.empty(2 * len(curve.keyframe_points), np.float32)
            curve.keyframe_points.foreach_get("co", points)
            largest = max(largest, float(np.abs(np.diff(points[1::2])).max()))
    return largest


if __name__ == "__main__":
    words = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:]
    verb, plan_path, answer_path = words
    plan = json.loads(Path(plan_path).read_text(encoding="utf-8"))
    answer = {"make": make, "measure": measure, "visit": visit}[verb](plan)
    Path(answer_path).write_text(json.dumps(answer), encoding="utf-8")
