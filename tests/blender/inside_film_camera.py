# SPDX-License-Identifier: GPL-3.0-or-later
"""Run by a Python with bpy, or by Blender itself: let Blender solve a film's camera, and take it for a lift.

inside_film_camera.py solve FILM TOLD.json FOLDER     the film's tracks into a solve, in FOLDER/scene.blend
inside_film_camera.py show MOTION.npz FOLDER          the motion in that scene, seen through the solved camera
"""

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import bpy
import numpy as np
from bpy_extras.object_utils import world_to_camera_view
from mathutils import Matrix, Vector

import blender_addon
from blender_addon.core.clip_facts import ClipFacts
from blender_addon.jobs import JobError
from blender_addon.panels import subject
from blender_addon.scene.action import set_scene_fps
from blender_addon.scene.film_background import show_film
from blender_addon.scene.find_character import active_character, parts
from blender_addon.session.film_camera import camera_option
from tests.blender.recording_layout import RecordingLayout


def solve(film_path: str, told: dict, folder: Path) -> dict:
    film, scene = bpy.data.movieclips.load(film_path), bpy.context.scene
    film.frame_start = 5
    lens = film.tracking.camera
    lens.units, lens.focal_length_pixels, lens.k1, lens.k2 = "PIXELS", told["focal"], *told["coefficients"][:2]
    for number, points in enumerate(told["tracks"]):
        seen = [(frame, at) for frame, at in enumerate(points, start=1) if at is not None]
        track = film.tracking.tracks.new(name=f"corner {number}", frame=seen[0][0])
        for frame, at in seen:
            track.markers.insert_frame(frame, co=at)
    known = ClipFacts.of({"frames": told["frames"], "fps": told["fps"], "image_size": told["size"]})
    set_scene_fps(scene, told["fps"])
    settings, answer = scene.lift3d, {}

    def taken(**wanted) -> dict:
        try:
            found = camera_option(scene, known, wanted)
        except JobError as error:
            return {"refused": str(error)}
        return json.loads(Path(found["camera"]).read_text()) if found else {}

    answer["nothing"] = taken()
    settings.movie_clip = film
    answer["lens"] = taken()
    settings.camera_motion = "SOLVE"
    answer["not solved"] = taken()
    window = bpy.context.window_manager.windows[0]
    area = max(window.screen.areas, key=lambda each: each.width * each.height)
    area.type, area.spaces.active.clip = "CLIP_EDITOR", film
    region = next(each for each in area.regions if each.type == "WINDOW")
    film.tracking.objects[0].keyframe_a, film.tracking.objects[0].keyframe_b = 1, told["frames"]
    settings.clip = str(folder / "other.json")
    answer["another clip"] = [settings.movie_clip is None, settings.camera_motion]
    settings.clip = ""
    with bpy.context.temp_override(window=window, area=area, region=region, space_data=area.spaces.active):
        answer["solved"] = sorted(bpy.ops.clip.solve_camera())
        answer["used"] = sorted(bpy.ops.lift3d.use_film_camera())
    answer["set"] = [settings.movie_clip == film, settings.camera_motion, settings.clip == film_path]
    answer["error"] = film.tracking.reconstruction.average_error
    settings.in_scene = False
    answer["raw"] = taken()
    _follow(scene, film, np.array(told["cameras"]))
    settings.in_scene = True
    answer["followed"] = taken()
    answer["part"] = taken(first_frame=10, last_frame=20)
    settings.camera_motion = "SCENE"
    answer["scene"] = taken()
    settings.movie_clip = None
    answer["scene alone"] = taken()
    settings.movie_clip, settings.camera_motion = film, "SOLVE"
    set_scene_fps(scene, told["fps"] + 5)
    answer["other rate"] = taken()
    set_scene_fps(scene, told["fps"])
    film.frame_start = -3
    answer["too early"] = taken()
    film.frame_start = 5
    answer["stands"] = [scene.frame_current, len(bpy.data.scenes)]
    layout = RecordingLayout()
    subject._draw_film(layout, settings)
    answer["drawn"] = [item["text"] for item in layout.items]
    bpy.ops.wm.save_as_mainfile(filepath=str(folder / "scene.blend"))
    return answer


def _follow(scene, film, truth: np.ndarray) -> None:
    """Let the scene's camera follow the solve, set as a user sets floor, scale and direction."""
    camera = bpy.data.objects.new("solved", bpy.data.cameras.new("solved"))
    scene.collection.objects.link(camera)
    scene.camera = camera
    lens = film.tracking.camera
    camera.data.sensor_width, camera.data.lens = lens.sensor_width, lens.focal_length
    camera.constraints.new("CAMERA_SOLVER").clip = film
    camera.constraints[0].use_active_clip = False
    found = film.tracking.reconstruction.cameras
    first, last = (np.array(found[index].matrix) for index in (0, len(found) - 1))
    turn = truth[0, :3, :3] @ first[:3, :3].T
    size = np.linalg.norm(truth[-1, :3, 3] - truth[0, :3, 3]) / np.linalg.norm(last[:3, 3] - first[:3, 3])
    shift = truth[0, :3, 3] - size * turn @ first[:3, 3]
    camera.matrix_world = Matrix.Translation(shift) @ Matrix(turn.tolist()).to_4x4() @ Matrix.Scale(size, 4)


def show(motion: str, folder: Path) -> dict:
    bpy.ops.wm.open_mainfile(filepath=str(folder / "scene.blend"))
    scene = bpy.context.scene
    film = scene.lift3d.movie_clip
    solved, shown = scene.camera, scene.camera.data.background_images.new()
    shown.source, shown.clip = "MOVIE_CLIP", film
    bpy.ops.lift3d.import_motion(filepath=motion, film=film.name)
    armature = active_character(bpy.context)
    camera = parts(armature)["camera"]
    behind = []
    for each in camera.data.background_images:
        behind.append([each.source, each.clip == film, each.clip_user.use_render_undistorted])
    with np.load(motion) as held:
        keypoints, start = held["keypoints"], int(held["frame_start"])
    pixels, apart = [], []
    for number, points in enumerate(keypoints):
        scene.frame_set(start + number)
        graph = bpy.context.evaluated_depsgraph_get()
        seen, ours = solved.evaluated_get(graph).matrix_world, camera.evaluated_get(graph).matrix_world
        turned = seen.to_quaternion().rotation_difference(ours.to_quaternion()).angle
        apart.append([(seen.translation - ours.translation).length, turned])
        pixels.append([list(world_to_camera_view(scene, solved, Vector(point)))[:2] for point in points.tolist()])
    said = show_film(scene, armature, film)
    rebuilt = bpy.ops.lift3d.rebuild()
    return {
        "said": said, "behind": behind, "pixels": pixels, "apart": np.max(apart, 0).tolist(),
        "still behind": [each.source for each in parts(active_character(bpy.context))["camera"].data.background_images],
        "rebuilt": sorted(rebuilt),
    }  # fmt: skip


if __name__ == "__main__":
    words = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:]
    blender_addon.register()
    folder = Path(words[-1])
    try:
        if words[0] == "solve":
            found = solve(words[1], json.loads(Path(words[2]).read_text()), folder)
        else:
            found = show(words[1], folder)
    finally:
        blender_addon.unregister()
    (folder / f"{words[0]}.json").write_text(json.dumps(found), encoding="utf-8")
    os._exit(0)
