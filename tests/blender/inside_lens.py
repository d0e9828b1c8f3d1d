# SPDX-License-Identifier: GPL-3.0-or-later
"""Run by a Python with bpy or by Blender itself: what Blender makes of a picture's places with each lens it knows.

inside_lens.py FILM LENSES.json ANSWER.npz

The compositor undistorts a picture whose colours are the places of its pixels, so that each colour tells where its
pixel is from; for Nuke's model, which is written the other way round, it distorts one.
"""

import json
import os
import sys
from pathlib import Path

import bpy
import numpy as np


def main(film: str, lenses: list[dict], folder: Path) -> dict:
    clip = bpy.data.movieclips.load(film)
    scene, (width, height) = bpy.context.scene, clip.size
    image = bpy.data.images.new("places", width, height, float_buffer=True)
    image.colorspace_settings.name = "Non-Color"
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) + 0.5
    image.pixels.foreach_set(np.stack([x / width, y / height, 0 * x, 0 * x + 1], -1).ravel())
    image.filepath_raw, image.file_format = str(folder / "places.exr"), "OPEN_EXR"
    image.save()
    scene.use_nodes = True
    nodes, links = scene.node_tree.nodes, scene.node_tree.links
    nodes.clear()
    given, bent, out = (nodes.new(f"CompositorNode{kind}") for kind in ("Image", "MovieDistortion", "Composite"))
    given.image, bent.clip = image, clip
    links.new(given.outputs[0], bent.inputs[0])
    links.new(bent.outputs[0], out.inputs[0])
    scene.render.resolution_x, scene.render.resolution_y, scene.render.resolution_percentage = width, height, 100
    scene.render.image_settings.file_format, scene.render.image_settings.color_depth = "OPEN_EXR", "32"
    scene.view_settings.view_transform = "Raw"
    scene.render.engine = "BLENDER_WORKBENCH"
    camera = clip.tracking.camera
    camera.units, found = "PIXELS", {}
    for lens in lenses:
        camera.distortion_model = lens["model"]
        camera.focal_length_pixels = lens["focal"]
        camera.principal_point_pixels = lens["centre"]
        prefix = "" if lens["model"] == "POLYNOMIAL" else lens["model"].lower() + "_"
        for name, value in lens["coefficients"].items():
            setattr(camera, prefix + name, value)
        bent.distortion_type = "DISTORT" if lens["model"] == "NUKE" else "UNDISTORT"
        scene.render.filepath = str(folder / f"{lens['model']}.exr")
        bpy.ops.render.render(write_still=True)
        result = bpy.data.images.load(scene.render.filepath)
        pixels = np.empty(4 * width * height, np.float32)
        result.pixels.foreach_get(pixels)
        found[lens["model"]] = pixels.reshape(height, width, 4)[..., :2] * [width, height]
    return found


if __name__ == "__main__":
    film, lenses, answer = sys.argv[-3:]
    if hasattr(bpy.types.Scene, "node_tree") or "node_tree" in bpy.context.scene.bl_rna.properties:
        np.savez(answer, **main(film, json.loads(Path(lenses).read_text()), Path(answer).parent))
    else:
        np.savez(answer)  # Blender 5 wires its compositor otherwise
    sys.stdout.flush()
    os._exit(0)
