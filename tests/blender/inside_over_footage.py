# SPDX-License-Identifier: GPL-3.0-or-later
"""Run by a Python with bpy or by Blender itself: render characters over their film, and tell what the pictures show.

inside_over_footage.py FOLDER ANSWER.json      FOLDER: what test_over_footage.py's `lay_out` puts there
"""

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import bpy
import numpy as np

import blender_addon
from blender_addon.scene import over_footage
from blender_addon.scene.find_character import active_character, parts
from tests.blender.synthetic import key_at
from tests.blender.user_at_work import bring, empty

SHOWN = (7, 8, 20, 36)  # the clip's frames


def shade(scene, frame: int, folder: Path) -> list:
    """The colour that most of the picture has, which is the film's, as the file has it: 0 to 255."""
    scene.frame_set(frame)
    scene.render.filepath = str(folder / "picture.png")
    bpy.ops.render.render(write_still=True)
    image = bpy.data.images.load(scene.render.filepath)
    image.colorspace_settings.name = "Non-Color"
    width, height = image.size
    pixels = np.array(image.pixels[:]).reshape(height, width, -1)
    bpy.data.images.remove(image)
    return (255 * np.median(pixels[..., :3], (0, 1))).round(1).tolist()


def quick(scene) -> None:
    scene.render.engine = "CYCLES"
    scene.cycles.device, scene.cycles.samples, scene.cycles.use_denoising = "CPU", 1, False
    scene.render.resolution_percentage = 10
    scene.render.image_settings.file_format = "PNG"


def links(scene) -> list:
    tree = over_footage._held_tree(scene)
    return sorted([link.from_node.name, link.to_node.name] for link in tree.links) if tree else []


def in_rates(folder: Path) -> dict:
    told = {}
    for name, footage in (("video", "film.mp4"), ("sequence", "pictures/p_0009.png")):
        for fps in (25, 24):
            scene = empty(fps)
            bring(folder / "walk.npz", footage=str(folder / footage))
            bpy.ops.lift3d.render_over_footage()
            quick(scene)
            frames = [round(key_at(number, 25, fps)) for number in SHOWN]
            told[f"{name} at {fps}"] = [[frame, shade(scene, frame, folder)] for frame in frames]
    return told


def in_file(folder: Path) -> dict:
    """A scene with a compositor of the user's own, there and back; then the clip's rate is adopted."""
    scene = empty(50)
    bring(folder / "walk.npz")
    told = {"without a film": bpy.ops.lift3d.render_over_footage.poll()}
    scene.lift3d.footage = str(folder / "film.mp4")
    tree = over_footage._tree(scene)
    end, layers = over_footage._end(tree), over_footage._layers(scene, tree)
    blur = tree.nodes.new("CompositorNodeBlur")
    tree.links.new(layers.outputs["Image"], blur.inputs["Image"])
    tree.links.new(blur.outputs["Image"], end)
    scene.camera = None
    before = [links(scene), scene.render.film_transparent, scene.view_settings.view_transform]
    bpy.ops.lift3d.render_over_footage()
    armature = active_character(bpy.context)
    told["set"] = {
        "links": links(scene), "camera": scene.camera == parts(armature)["camera"],
        "transparent": scene.render.film_transparent, "over": over_footage.is_over_footage(scene, armature),
        "size": [scene.render.resolution_x, scene.render.resolution_y],
    }  # fmt: skip
    bpy.ops.lift3d.adopt_frame_rate()
    quick(scene)
    told["images"] = sum(image.source == "MOVIE" for image in bpy.data.images)
    told["adopted"] = [shade(scene, frame, folder) for frame in (8, 20)]
    bpy.ops.wm.save_as_mainfile(filepath=str(folder / "over.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(folder / "over.blend"))
    scene = bpy.context.scene
    told["opened"] = shade(scene, 20, folder)
    bpy.ops.lift3d.render_over_footage()
    told["back"] = [links(scene), scene.render.film_transparent, scene.view_settings.view_transform] == before
    told["over then"] = over_footage.is_over_footage(scene, active_character(bpy.context))
    return told


def in_zoom(folder: Path) -> dict:
    """Footage of a camera that zooms, in a scene of another rate, leaves its zoom alone."""
    empty(50)
    bring(folder / "zoom.npz", footage=str(folder / "film.mp4"))
    camera = parts(active_character(bpy.context))["camera"]
    lenses = []
    for frame in (13, 71):
        bpy.context.scene.frame_set(frame)
        seen = camera.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
        lenses.append([seen.lens, seen.background_images[0].image_user.frame_offset])
    return {"lenses": lenses}


if __name__ == "__main__":
    words = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:]
    place, answer = Path(words[0]), Path(words[1])
    blender_addon.register()
    answer.write_text(json.dumps({"rates": in_rates(place), "file": in_file(place), "zoom": in_zoom(place)}))
    sys.stdout.flush()
    os._exit(0)  # see enabling.py
