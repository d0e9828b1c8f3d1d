# SPDX-License-Identifier: GPL-3.0-or-later
"""Run by a Python with bpy, or by Blender itself: inside_people.py FOLDER ANSWER.json.

Brings the motions of two people who were lifted together into a scene, and tells what is there.
"""

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import bpy

import blender_addon
from blender_addon.core.body_file import read_body
from blender_addon.core.motion_file import read_motion
from blender_addon.scene.blend_file import make_blend
from blender_addon.scene.character_facts import KEY
from blender_addon.scene.find_character import camera_of_world, characters, parts, same_world
from blender_addon.scene.overlay import takes_through
from blender_addon.scene.takes import activate_take, takes
from blender_addon.session.result import add_here
from tests.blender.user_at_work import census, empty


def cameras(scene) -> dict:
    """Each character's camera and playing take, and the scene's only film."""
    found = {}
    for item in characters(scene):
        camera = parts(item).get("camera")
        user = camera.data.background_images[0].image_user if camera.data.background_images else None
        found[item.name] = {
            "camera": camera.name,
            "take": item.animation_data.action.name,
            "films": len(camera.data.background_images),
            "shown": [user.frame_start, user.frame_duration] if user else None,
            "footage": Path(item[KEY]["footage"]).name,
            "through": sorted(take.name for take in takes_through(scene, camera)),
            "world": len(same_world(item)),
        }
    return found


def where(camera, frame: int) -> list[float]:
    bpy.context.scene.frame_set(frame)
    placed = camera.evaluated_get(bpy.context.evaluated_depsgraph_get()).matrix_world
    return [value for row in placed for value in row]


def in_one_scene(folder: Path) -> dict:
    scene = empty(25)
    bpy.ops.ed.undo_push(message="Start")
    before = census()
    add_here([folder / "pair_0.npz", folder / "pair_1.npz"], str(folder / "film.mp4"))
    told = {"first": cameras(scene), "census": census()}
    bpy.ops.ed.undo()
    told["undone"] = [census(), before]
    bpy.ops.ed.redo()
    scene = bpy.context.scene
    told["redone"] = cameras(scene)
    add_here([folder / "again_0.npz", folder / "again_1.npz"], "")
    told["again"], one = cameras(scene), characters(scene)[0]
    told["takes"] = [[take.name for take in takes(item)] for item in characters(scene)]
    standing = list(parts(one)["camera"].location)
    activate_take(one, takes(one)[0].name)
    told["switched"] = cameras(scene)
    told["moved back"] = [list(parts(one)["camera"].location), standing]
    for item in characters(scene):
        bpy.context.view_layer.objects.active = item
        bpy.ops.lift3d.rebuild()
    told["rebuilt"] = cameras(scene)
    add_here([folder / "alone.npz"], "")
    told["alone"] = cameras(scene)
    return told


def in_motion(folder: Path) -> dict:
    """The first is there from frame 7 on, the second from 17 on: one camera moves over all of it."""
    scene = empty(25)
    add_here([folder / "moving_0.npz", folder / "moving_1.npz"], "")
    camera = camera_of_world(scene, "moving")
    return {"places": {frame: where(camera, frame) for frame in (7, 20, 36, 45)}, "census": census()}


def in_a_file(folder: Path) -> dict:
    (one, body), other = ((read_motion(folder / f"pair_{n}.npz"), read_body()) for n in (0, 1))
    make_blend(one, body, folder / "pair.blend", str(folder / "film.mp4"), [other])
    scene = bpy.context.scene
    return {"range": [scene.frame_start, scene.frame_end], "camera": scene.camera.name, "cameras": cameras(scene)}


if __name__ == "__main__":
    words = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:]
    folder, answer = map(Path, words)
    blender_addon.register()
    told = {work.__name__: work(folder) for work in (in_one_scene, in_motion, in_a_file)}
    blender_addon.unregister()
    answer.write_text(json.dumps(told), encoding="utf-8")
    os._exit(0)  # see enabling.py
