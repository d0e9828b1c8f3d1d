# SPDX-License-Identifier: GPL-3.0-or-later
"""Run by a Python with bpy or by Blender itself: find keypoints in a video by the panel's buttons, and look at them.

inside_detection.py FOLDER ANSWER.json      FOLDER: what test_detection.py's `lay_out` puts there
"""

import json
import os
import sys
import time
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import bpy

import blender_addon
from blender_addon import preferences, session
from blender_addon.operators import fetch_model
from blender_addon.panels.detection import LIFT3D_PT_detection
from blender_addon.session import detecting, fetching, looking, previewing
from blender_addon.settings import chosen_clip
from blender_addon.settings.lift_settings import lift_options
from tests.blender.recording_layout import RecordingLayout

looking._warm_up = lambda subject: None  # nothing is lifted here


def follow(until=lambda: False) -> None:
    end = time.monotonic() + 120
    while session.pump() and not until():
        assert time.monotonic() < end, detecting.detection
        time.sleep(0.01)


def draw() -> list:
    """Texts, buttons and pictures of the panel."""
    layout = RecordingLayout()
    if LIFT3D_PT_detection.poll(bpy.context):
        LIFT3D_PT_detection.draw(SimpleNamespace(layout=layout), bpy.context)
    return [[item["kind"], item["text"]] for item in layout.items]


def main(folder: Path) -> dict:
    scene = bpy.context.scene
    settings, how = scene.lift3d, scene.lift3d_detection
    told = {"nothing chosen": draw()}
    settings.clip = str(folder / "walk.avi")
    follow()
    told["a video"] = draw()
    how.detector = "PERSON"
    told["no file"] = [draw(), bpy.ops.lift3d.detect.poll(), chosen_clip.why_not_lift(bpy.context)]
    how.pose_model = str(folder / "none.onnx")
    told["no box"] = chosen_clip.why_not_lift(bpy.context)
    how.box = (60, 20, 40, 90)
    follow()
    told["box shown"] = [draw(), float(previewing.shown.pixels.std())]
    told["boxed"] = [bpy.ops.lift3d.detect.poll(), lift_options(settings)]
    bpy.ops.lift3d.detect()
    follow()
    told["missing"] = [session.problem.sentence, settings.clip]
    how.pose_model, how.box_model = str(folder / "pose.onnx"), str(folder / "boxes.onnx")
    bpy.ops.lift3d.detect()
    follow(lambda: detecting.detection.job.stage == "Detecting")
    bpy.ops.lift3d.cancel_detection()
    told["cancelling"] = draw()
    follow()
    told["cancelled"] = [detecting.detection.state, sorted(path.name for path in folder.glob("*.json"))]
    bpy.ops.lift3d.detect()
    follow(lambda: previewing.of_clip(settings.clip) is not None)
    told["meanwhile"] = [draw(), previewing.shown.frame]
    follow()
    told["done"] = [detecting.detection.state, settings.clip, settings.footage]
    told["clip"] = draw()
    bpy.ops.lift3d.preview_frame()
    follow()
    first = previewing.shown
    told["shown"] = [draw(), first.frame, list(first.pixels.shape), float(first.pixels.std())]
    how.frame = 20
    how.frame = 25  # before the other has come
    follow()
    told["later"] = [previewing.shown.frame, bool((previewing.shown.pixels != first.pixels).any())]
    how.detector = "ANIMAL"
    bpy.ops.lift3d.detect_again()
    follow()
    told["back"] = [settings.clip, settings.subject, lift_options(settings)["subject"]]
    return told


def in_fetching(folder: Path) -> dict:
    """A model is looked for, shown, refused while Blender may not go online, cancelled, and fetched."""
    how, system = bpy.context.scene.lift3d_detection, bpy.context.preferences.system
    preferences.catalogue = lambda: str(folder / "catalogue.json")
    preferences.detectors_folder = lambda: folder / "models"
    how.detector, how.pose_model = "PERSON", ""
    told = {"before": draw()}
    bpy.ops.lift3d.look_for_models()
    follow()
    told["offer"], told["dialog"] = draw(), fetch_model.sentences("made-up")
    system.use_online_access = False
    told["offline"] = bpy.ops.lift3d.fetch_model.poll()
    fetching.begin(bpy.context.scene, "made-up")
    follow()
    told["refused"] = session.problem.sentence
    system.use_online_access = True
    bpy.ops.lift3d.fetch_model(name="made-up")
    bpy.ops.lift3d.cancel_fetch()
    told["cancelling"] = draw()
    follow()
    told["cancelled"] = [fetching.fetch.state, (folder / "models").exists() and os.listdir(folder / "models")]
    bpy.ops.lift3d.fetch_model(name="made-up")
    follow()
    told["fetched"] = [how.detector, how.pose_model, draw()]
    how.pose_model = ""
    bpy.ops.lift3d.use_fetched(name="made-up")
    told["used"] = how.pose_model
    return told


if __name__ == "__main__":
    words = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:]
    blender_addon.register()
    answer = {**main(Path(words[0])), "fetching": in_fetching(Path(words[0]))}
    blender_addon.unregister()
    Path(words[1]).write_text(json.dumps(answer), encoding="utf-8")
    os._exit(0)  # see enabling.py
