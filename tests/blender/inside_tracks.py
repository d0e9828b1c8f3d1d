# SPDX-License-Identifier: GPL-3.0-or-later
"""Run by a Python with bpy or by Blender itself: track a film's keypoints by hand, and take the tracks as the clip.

inside_tracks.py FILM ANSWER.json
"""

import json
import os
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import bpy

import blender_addon
from blender_addon import session
from blender_addon.panels import tracker
from blender_addon.settings import chosen_clip
from tests.blender.recording_layout import RecordingLayout

SIZE = [640, 360]


def of_an_animal(film: Path) -> dict:
    """In a copy of the film: whom its tracks show is chosen, then told by the tracks; a point lost and found again."""
    copy = str(shutil.copy(film, film.with_name("animal" + film.suffix)))
    clip = bpy.context.space_data.clip = bpy.data.movieclips.load(copy)
    told = {"subjects": [clip.lift3d_tracks.subject]}
    clip.lift3d_tracks.subject = "CAT"
    bpy.ops.lift3d.add_tracks()
    told["places"] = {track.name: list(track.markers[0].co) for track in clip.tracking.tracks}
    clip.lift3d_tracks.property_unset("chosen")
    told["subjects"].append(clip.lift3d_tracks.subject)
    for frame in range(1, 41, 3):
        for track in clip.tracking.tracks:
            track.markers.insert_frame(frame, co=track.markers[0].co)
    again = clip.tracking.tracks.new(name="Left front paw.001", frame=25)
    again.markers[0].co = (0.25, 0.25)
    again.markers.insert_frame(26, co=(0.25, 0.25))
    clip.tracking.tracks["neck"].name = "not the neck"
    clip.tracking.tracks.new(name="neck", frame=9)
    lost = clip.tracking.tracks["left_front_paw"].markers
    for frame in range(22, 41, 3):
        lost.find_frame(frame).mute = True
    assert bpy.ops.lift3d.use_tracks() == {"FINISHED"}
    told["clip"] = bpy.path.abspath(bpy.context.scene.lift3d.clip)
    return told


def main(film: Path) -> dict:
    clip = bpy.data.movieclips.load(str(film))
    window = bpy.context.window_manager.windows[0]
    area = max(window.screen.areas, key=lambda each: each.width * each.height)
    area.type = "CLIP_EDITOR"
    area.spaces.active.clip = clip
    region = next(each for each in area.regions if each.type == "WINDOW")
    with bpy.context.temp_override(window=window, area=area, region=region, space_data=area.spaces.active):
        animal = of_an_animal(film)
        area.spaces.active.clip = clip
        told = {"before": bpy.ops.lift3d.use_tracks.poll()}
        clip.tracking.tracks.new(name="Knee.L", frame=1).markers[0].co = (0.6, 0.3)
        clip.tracking.tracks.new(name="a lamp", frame=1)
        told["made"] = sorted(bpy.ops.lift3d.add_tracks())
        told["tracks"] = sorted(track.name for track in clip.tracking.tracks)
        told["again"] = sorted(bpy.ops.lift3d.add_tracks())
        for track in clip.tracking.tracks:
            start = tuple(track.markers[0].co)
            for frame in range(1, 31):
                track.markers.insert_frame(frame, co=(start[0] + 0.005 * (frame - 1), start[1]))
        clip.tracking.tracks["nose"].markers.find_frame(10).mute = True
        layout = RecordingLayout()
        tracker.LIFT3D_PT_tracker.draw(SimpleNamespace(layout=layout), bpy.context)
        told["drawn"] = [[item["kind"], item["text"], item.get("enabled")] for item in layout.items]
        told["used"] = sorted(bpy.ops.lift3d.use_tracks())
    told["animal"] = animal
    settings = bpy.context.scene.lift3d
    session.inspection = session.Inspection(chosen_clip.clip_path(settings), None, {"frames": 30, "image_size": SIZE})
    lens = bpy.data.cameras.new("matched")
    lens.lens, lens.sensor_width, lens.sensor_fit = 50.0, 32.0, "HORIZONTAL"
    bpy.context.scene.camera = None
    told["without camera"] = bpy.ops.lift3d.take_focal.poll()
    bpy.context.scene.camera = bpy.data.objects.new("matched", lens)
    told["taken"] = sorted(bpy.ops.lift3d.take_focal())
    told["focal"] = [settings.know_focal, settings.focal]
    told["clip"], told["footage"] = bpy.path.abspath(settings.clip), bpy.path.abspath(settings.footage)
    told["size"], told["fps"] = list(clip.size), clip.fps
    return told


if __name__ == "__main__":
    words = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:]
    blender_addon.register()
    try:
        found = main(Path(words[0]))
    finally:
        blender_addon.unregister()
    Path(words[1]).write_text(json.dumps(found), encoding="utf-8")
    os._exit(0)  # the bpy 4.2 module crashes at its end once a film was open in an editor
