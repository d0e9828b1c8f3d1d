# SPDX-License-Identifier: GPL-3.0-or-later
"""Run by a Python with bpy, or by Blender itself: inside_undo.py MOTION.npz ANSWER.json.

Brings a motion in as a finished lift is, while the user is in one mode or another, and steps back and forth.
"""

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import bpy

import blender_addon
from blender_addon.session.result import add_here

STEP = ("EXEC_DEFAULT", True)  # with an undo step, as the user's own doings have


def edit_mesh() -> None:
    bpy.ops.object.mode_set(*STEP, mode="EDIT")
    bpy.ops.mesh.select_all(*STEP, action="SELECT")
    bpy.ops.mesh.subdivide(*STEP)


def sculpt() -> None:
    bpy.ops.object.mode_set(*STEP, mode="SCULPT")
    bpy.ops.paint.mask_flood_fill(*STEP, mode="VALUE", value=1.0)


def paint_weights() -> None:
    bpy.ops.object.mode_set(*STEP, mode="WEIGHT_PAINT")


def pose() -> None:
    bpy.ops.object.armature_add(*STEP)
    bpy.ops.object.mode_set(*STEP, mode="POSE")
    bpy.context.active_object.pose.bones[0].location.x = 1.0
    bpy.ops.ed.undo_push(message="Pose")


def edit_bones() -> None:
    bpy.ops.object.armature_add(*STEP)
    bpy.ops.object.mode_set(*STEP, mode="EDIT")
    bpy.ops.armature.extrude_move(*STEP)


def now() -> dict:
    """What there is, and what the user was doing."""
    active = bpy.context.view_layer.objects.active
    active.update_from_editmode()
    data = active.data
    return {
        "objects": sorted(item.name for item in bpy.data.objects),
        "actions": len(bpy.data.actions),
        "collections": len(bpy.data.collections),
        "mode": bpy.context.mode,
        "active": active.name,
        "done by the user": len(data.vertices) if active.type == "MESH" else len(data.bones),
        "pose": [list(bone.location) for bone in active.pose.bones] if active.pose else [],
    }


def visit(work, motion: Path) -> list[dict]:
    """Before the motion, with it, undone, done again, undone again."""
    bpy.ops.wm.read_homefile(use_factory_startup=True)
    bpy.ops.ed.undo_push(message="Start")
    work()
    seen = [now()]
    add_here([motion], "")
    seen.append(now())
    for step in (bpy.ops.ed.undo, bpy.ops.ed.redo, bpy.ops.ed.undo):
        step()
        seen.append(now())
    return seen


if __name__ == "__main__":
    words = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:]
    motion, answer = map(Path, words)
    blender_addon.register()
    works = (lambda: None, edit_mesh, sculpt, paint_weights, pose, edit_bones)
    seen = {work.__name__: visit(work, motion) for work in works}
    blender_addon.unregister()
    answer.write_text(json.dumps(seen), encoding="utf-8")
    os._exit(0)  # see enabling.py
