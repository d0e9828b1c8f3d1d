# SPDX-License-Identifier: GPL-3.0-or-later
"""Run by a Python with bpy or by Blender itself: bring motions in by the operators, and tell what became of the scene.

inside_import.py FOLDER ANSWER.json      FOLDER: what test_import.py's `lay_out` puts there
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import bpy
import numpy as np

from blender_addon.core.body_file import read_body
from blender_addon.operators import activate_take, adopt_camera, adopt_frame_rate, import_motion, rebuild
from blender_addon.scene import find_character
from blender_addon.scene.action import curves
from blender_addon.scene.character_facts import read_facts
from blender_addon.scene.find_character import active_character, characters, parts
from blender_addon.scene.kept_keypoints import kept_keypoints
from blender_addon.scene.overlay import frame_index, take_through
from blender_addon.scene.takes import takes
from tests.blender.synthetic import key_at
from tests.blender.user_at_work import bring, census, empty, in_linked_scene, in_work

OPERATORS = (activate_take, adopt_camera, adopt_frame_rate, import_motion, rebuild)


def joints(armature, frame: float) -> list:
    """World positions (24, 3) of the bones' heads at a scene frame."""
    bpy.context.scene.frame_set(int(frame), subframe=frame % 1)
    posed = armature.evaluated_get(bpy.context.evaluated_depsgraph_get())
    return [list(posed.matrix_world @ posed.pose.bones[name].head) for name in read_body().joint_names]


def in_takes(folder: Path) -> dict:
    told = {}
    empty()
    bring(folder / "seed3.npz")
    armature = active_character(bpy.context)
    told["one"] = census()
    told["first"] = {"joints": joints(armature, 12), "camera": camera_of(armature), "facts": facts(armature)}
    bring(folder / "seed4.npz")
    told["two"] = census()
    told["second"] = {"joints": joints(armature, 12), "camera": camera_of(armature), "facts": facts(armature)}
    told["listed"] = [[take.name, take.seed, take.active] for take in takes(armature)]
    bring(folder / "seed3.npz")
    told["again"] = {"census": census(), "active": [take.name for take in takes(armature) if take.active]}
    bpy.ops.lift3d.activate_take(name="a walk seed 4")
    told["switched"] = {"joints": joints(armature, 12), "camera": camera_of(armature), "slot": slot(armature)}
    told["unknown"] = refusal(bpy.ops.lift3d.activate_take, name="no such take")
    bring(folder / "moving.npz")
    told["moving"] = [camera_at(armature, frame) for frame in (7, 20)]
    bpy.ops.lift3d.activate_take(name="a walk seed 3")
    told["still"] = [camera_at(armature, frame) for frame in (7, 20)]
    bpy.ops.wm.save_as_mainfile(filepath=str(folder / "takes.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(folder / "takes.blend"))
    armature = active_character(bpy.context)
    told["reopened"] = {"listed": [take.name for take in takes(armature)], "facts": facts(armature)}
    keypoints = kept_keypoints(armature.animation_data.action)
    told["keypoints"] = np.nan_to_num(keypoints.points, nan=-1.0).tolist()
    bring(folder / "other" / "seed3.npz")
    told["others"] = [item.name for item in characters(bpy.context.scene)]
    bring(folder / "seed4.npz", as_take=False)
    told["apart"] = len(characters(bpy.context.scene))
    return told


def in_others(folder: Path) -> dict:
    """A file of another program, and a clip with a name longer than Blender takes."""
    empty(30)
    told = {"amass": bring(folder / "amass.npz")}
    armature = active_character(bpy.context)
    told["facts"] = facts(armature)
    told["joints"] = joints(armature, 1 + 30 * 0.5)
    told["keys"] = key_frames(armature)
    bring(folder / "other" / "amass.npz")
    told["amass_twice"] = [[item.name, len(takes(item))] for item in characters(bpy.context.scene)]
    bring(folder / "amass.npz")
    told["amass_again"] = [[item.name, len(takes(item))] for item in characters(bpy.context.scene)]
    empty()
    bring(folder / "long.npz")
    told["long"] = census()
    return told


def in_rates(folder: Path) -> dict:
    scene, told = empty(30), {}
    bring(folder / "seed3.npz")
    bring(folder / "moving.npz")
    armature = active_character(bpy.context)
    told["before"] = {"keys": key_frames(armature), "joints": joints(armature, key_at(7 + 10, 25, 30))}
    moments = [key_at(number, 25, 30) for number in (6, 7, 7 + 10, 7 + 29, 7 + 30)]
    told["index"] = [frame_index(armature.animation_data.action, frame) for frame in moments]
    bpy.ops.lift3d.adopt_frame_rate()
    told["after"] = {"keys": key_frames(armature), "joints": joints(armature, 7 + 25 * 0.4), "range": time_of(scene)}
    told["facts"] = facts(armature)
    bpy.ops.lift3d.activate_take(name="a walk seed 3")
    told["other_take"] = key_frames(armature)
    told["twice"] = refusal(bpy.ops.lift3d.adopt_frame_rate)
    return told


def in_camera(folder: Path) -> dict:
    scene, told = empty(), {}
    mine = bpy.data.objects.new("Mine", bpy.data.cameras.new("Mine"))
    scene.collection.objects.link(mine)
    scene.camera = mine
    bring(folder / "seed3.npz")
    armature = active_character(bpy.context)
    told["kept"] = scene.camera.name
    told["through_mine"] = take_through(scene, mine) is not None
    told["through_clips"] = take_through(scene, parts(armature)["camera"]).name
    bpy.ops.lift3d.adopt_camera()
    told["adopted"] = [scene.camera.name, scene.render.resolution_x, scene.render.resolution_y]
    told["twice"] = refusal(bpy.ops.lift3d.adopt_camera)
    scene = empty()
    bring(folder / "seed3.npz")
    told["alone"] = [scene.camera.name, scene.render.resolution_x, scene.render.resolution_y]
    return told


def in_rebuild(folder: Path) -> dict:
    scene, told = empty(30), {}
    bring(folder / "seed3.npz")
    bring(folder / "seed4.npz")
    armature = active_character(bpy.context)
    told["before"], told["joints"] = census(), joints(armature, 7 + 12)
    target = bpy.data.objects.new("Target", None)
    scene.collection.objects.link(target)
    target.constraints.new("COPY_LOCATION").target = armature
    deleted = parts(armature)["skin"], parts(armature)["camera"]
    bpy.data.batch_remove([*deleted, *(item.data for item in deleted)])
    armature.data.bones["left_elbow"].name = "Ellbogen"
    for curve in curves(armature.animation_data.action):
        curve.keyframe_points[0].co.y += 1
    armature.location.x = 2.0
    bpy.ops.lift3d.rebuild()
    told["after"] = census()
    told["bones"] = "left_elbow" in armature.data.bones and "Ellbogen" not in armature.data.bones
    told["rebuilt"] = joints(armature, 7 + 12)
    told["pointed"] = target.constraints[0].target == armature
    told["playing"] = armature.animation_data.action.name
    skin = parts(armature)["skin"]
    graph = bpy.context.evaluated_depsgraph_get()
    told["skin"] = float(np.ptp([corner[2] for corner in skin.evaluated_get(graph).bound_box]))
    bpy.ops.lift3d.rebuild()
    told["again"] = census()
    (folder / "seed3.npz").rename(folder / "gone.npz")
    (folder / "seed4.npz").rename(folder / "gone4.npz")
    told["gone"] = refusal(bpy.ops.lift3d.rebuild)
    told["untouched"] = census()
    (folder / "gone.npz").rename(folder / "seed3.npz")
    (folder / "gone4.npz").rename(folder / "seed4.npz")
    return told


def in_finding(folder: Path) -> dict:
    """Characters that were renamed, put away, copied: which one the panel means, and what belongs to it."""
    scene, told = empty(), {}
    bring(folder / "seed3.npz")
    armature, collection = active_character(bpy.context), bpy.context.scene.collection.children[0]

    def found() -> list:
        item = active_character(bpy.context)
        return [item and item.name, {part: other.name for part, other in parts(item).items()} if item else {}]

    told["made"] = found()
    armature.name, parts(armature)["skin"].name = "Renamed", "Skin"
    told["renamed"] = found()
    armature.name = "Renamed again"
    told["renamed again"] = found()
    bpy.context.view_layer.layer_collection.children[0].exclude = True
    told["excluded"] = found()
    bpy.context.view_layer.layer_collection.children[0].exclude = False
    scene.collection.children.unlink(collection)
    find_character.forget()
    told["unlinked"] = found()
    scene.collection.children.link(collection)
    find_character.forget()
    told["linked again"] = found()
    for item in bpy.context.view_layer.objects:
        item.select_set(item in (armature, parts(armature)["skin"]))
    bpy.context.view_layer.objects.active = armature
    bpy.ops.object.duplicate()
    copy = bpy.context.object
    told["copy"] = [copy.name, found()]
    bpy.context.view_layer.objects.active = armature
    told["original"] = found()
    bpy.context.view_layer.objects.active = next(item for item in copy.children)
    told["skin of the copy"] = found()
    bpy.data.objects.remove(parts(armature)["skin"])
    bpy.context.view_layer.objects.active = armature
    told["skinned"] = found()
    return told


def in_clip_parts(folder: Path) -> dict:
    """Two parts of one clip in a scene of another rate: the second begins when the first ends."""
    empty(24)
    keys = []
    for name in ("part1.npz", "part2.npz"):
        bring(folder / name)
        keys.append(key_frames(active_character(bpy.context)))
    bpy.ops.lift3d.adopt_frame_rate()
    return {"keys": keys, "then": [key_frames(item) for item in characters(bpy.context.scene)]}


def in_footage(folder: Path) -> dict:
    told = {}
    for name, footage in (("video", "film.mp4"), ("sequence", "pictures/p_0009.png"), ("still", "still.png")):
        for fps in (25, 24, 50):
            scene = empty(fps)
            end = bring(folder / "seed3.npz", footage=str(folder / footage))
            camera = parts(active_character(bpy.context))["camera"]
            shown = [picture_at(camera, key_at(7 + index, 25, fps)) for index in range(30)]
            background = camera.data.background_images[0]
            told[f"{name} at {fps}"] = {
                "end": end, "pictures": shown, "source": background.image.source, "method": background.frame_method,
                "depth": background.display_depth, "alpha": background.alpha, "range": time_of(scene),
            }  # fmt: skip
    bpy.ops.lift3d.adopt_frame_rate()
    bring(folder / "seed4.npz", footage=str(folder / "film.mp4"))
    told["twice"] = {"images": len(bpy.data.images), "backgrounds": len(camera.data.background_images)}
    for name in ("none.mp4", "words.txt", "seed3.npz"):
        empty()
        told[name] = bring(folder / "seed3.npz", footage=str(folder / name))
        told[f"{name} shown"] = len(parts(active_character(bpy.context))["camera"].data.background_images)
    return told


def picture_at(camera, frame: float) -> int:
    """The number of the picture that Blender shows at a frame, by its own rule, or -1 out of a sequence's range."""
    bpy.context.scene.frame_set(round(frame))
    background = camera.evaluated_get(bpy.context.evaluated_depsgraph_get()).data.background_images[0]
    user = background.image_user
    within = round(frame) - user.frame_start + 1
    if background.image.source == "SEQUENCE" and not 1 <= within <= user.frame_duration:
        return -1
    return min(max(within, 0), user.frame_duration) + user.frame_offset


def camera_of(armature) -> dict:
    camera = parts(armature)["camera"]
    return {"location": list(camera.location), "lens": camera.data.lens}


def camera_at(armature, frame: int) -> list:
    bpy.context.scene.frame_set(frame)
    camera = parts(armature)["camera"].evaluated_get(bpy.context.evaluated_depsgraph_get())
    return list(camera.matrix_world.translation)


def slot(armature) -> str | None:
    held = getattr(armature.animation_data, "action_slot", None)
    return held.name_display if held else None


def key_frames(armature) -> list:
    return [point.co.x for point in next(curves(armature.animation_data.action)).keyframe_points]


def time_of(scene) -> list:
    return [scene.frame_start, scene.frame_end, round(scene.render.fps / scene.render.fps_base, 4)]


def facts(armature) -> dict:
    return dict(vars(read_facts(armature)))


def refusal(operator, **words) -> str:
    """The error's words; "" if it did not refuse."""
    try:
        operator(**words)
    except RuntimeError as error:
        return str(error).strip()
    return ""


if __name__ == "__main__":
    words = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:]
    place, answer = map(Path, words)
    for module in OPERATORS:
        for each in module.CLASSES:
            bpy.utils.register_class(each)
    try:
        found = {"blender": bpy.app.version[:2]}
        stories = (in_takes, in_others, in_rates, in_camera, in_rebuild, in_finding, in_clip_parts, in_footage)
        for story in (*stories, in_work, in_linked_scene):
            found[story.__name__.removeprefix("in_")] = story(place)
    finally:
        for module in OPERATORS:  # the bpy module hangs at exit otherwise
            for each in module.CLASSES:
                bpy.utils.unregister_class(each)
    answer.write_text(json.dumps(found), encoding="utf-8")
