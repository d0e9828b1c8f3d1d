# SPDX-License-Identifier: GPL-3.0-or-later
"""Run by a Python with bpy or by Blender itself: make many .blend files in one process, an add-on being enabled.

inside_blend_file.py FOLDER ANSWER.json      FOLDER holds m.npz, film.mp4 and toy_add_on.py
"""

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import bpy  # first: it makes the next one importable

import addon_utils  # isort: skip

from blender_addon.core.body_file import read_body
from blender_addon.core.motion_file import read_motion
from blender_addon.scene.blend_file import make_blend

MANY = 20


def megabytes() -> float | None:
    """What the process holds in memory now; None where the system does not tell it here."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except OSError:
        return None


def make_many(folder: Path) -> dict:
    sys.path.insert(0, str(folder))
    addon_utils.enable("toy_add_on", default_set=True)
    motion, held = read_motion(folder / "m.npz"), []
    before = sorted(bpy.context.preferences.addons.keys())
    for _ in range(MANY):
        make_blend(motion, read_body(), folder / "made.blend", str(folder / "film.mp4"))
        held.append(megabytes())
    after, toy = sorted(bpy.context.preferences.addons.keys()), sys.modules["toy_add_on"]
    told = {
        "held": held,
        "add_ons": [before, after],
        "enabled": addon_utils.check("toy_add_on")[1],
        "calls": list(toy.calls),
        "left": sorted(path.name for path in folder.iterdir() if path.name.startswith(".")),
    }
    addon_utils.disable("toy_add_on", default_set=True)
    bpy.ops.wm.open_mainfile(filepath=str(folder / "made.blend"))
    scene = bpy.context.scene
    background = scene.camera.data.background_images[0]
    told["film"] = [
        Path(background.image.filepath).name,
        background.image_user.frame_start,
        background.image_user.frame_offset,
        list(background.image.size),
        background.image.filepath,
    ]
    told["scene"] = [scene.frame_start, scene.frame_end, scene.render.resolution_x, scene.render.resolution_y]
    told["abroad"] = abroad(folder)
    return told


def abroad(folder: Path) -> list:
    """The film found from a .blend in another folder, and again after both were moved together."""
    motion, target = read_motion(folder / "m.npz"), folder / "one" / "blends"
    target.mkdir(parents=True)
    (folder / "one" / "film.mp4").write_bytes((folder / "film.mp4").read_bytes())
    make_blend(motion, read_body(), target / "walk.blend", str(folder / "one" / "film.mp4"))
    sizes = []
    for place in ("one", "two"):
        if place == "two":
            (folder / "one").rename(folder / "two")
        bpy.ops.wm.open_mainfile(filepath=str(folder / place / "blends" / "walk.blend"))
        sizes.append(list(bpy.context.scene.camera.data.background_images[0].image.size))
    return sizes


if __name__ == "__main__":
    words = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:]
    place, answer = map(Path, words)
    answer.write_text(json.dumps(make_many(place)), encoding="utf-8")
