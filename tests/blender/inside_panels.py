# SPDX-License-Identifier: GPL-3.0-or-later
"""Run by a Python with bpy, or by Blender itself: inside_panels.py MOTION.npz OTHER_TAKE.npz ANSWER.json.

Registers the add-on, draws every panel in every state of the story with a layout that notes what it is given, and
writes what was drawn, what each property and operator says of itself, and whether unregistering left anything.
"""

import json
import os
import sys
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import bpy

import blender_addon
from blender_addon import registration
from tests.blender.recording_layout import RecordingLayout

CLIP = "/clips/walk.json"
PEOPLE = [
    {"index": 0, "frames": 118, "missing": 0.031, "longest_gap": 4, "liftable": True, "reason": ""},
    {"index": 1, "frames": 7, "missing": 0.2, "longest_gap": 0, "liftable": False, "reason": "Person 1 is too short."},
]
FACTS = {
    "format": "OpenPose JSON", "layout": "25 points with feet (OpenPose, BODY_25)", "frames": 120, "first_frame": 0,
    "fps": 30.0, "fps_known": True, "image_size": [1920, 1080], "image_size_known": True, "people": PEOPLE[:1],
    "chosen": 0, "liftable": True, "reason": "", "warnings": [], "video": "",
}  # fmt: skip


def draw() -> dict:
    """What every panel that shows itself draws: {"panels": [...], "items": [...]}, the files it opens too."""
    shown, items = [], []
    for panel in panels():
        if getattr(panel, "poll", None) and not panel.poll(bpy.context):
            continue
        layout = RecordingLayout()
        WATCH.opened.clear()
        WATCH.on = True
        panel.draw(SimpleNamespace(layout=layout), bpy.context)
        WATCH.on = False
        shown.append(panel.bl_idname)
        items += [{"panel": panel.bl_idname, **item} for item in layout.items]
        items += [{"panel": panel.bl_idname, "kind": "file", "text": name} for name in WATCH.opened]
    return {"panels": shown, "items": items}


def looks_at_backend(preferences) -> dict[str, int]:
    """How often drawing looks on disk: at once again, after the time for that, and after something was changed."""
    own, looks, found = preferences.backend_python, [], {}
    preferences.backend_python = lambda: looks.append(1) or own()

    def looked() -> int:
        looks.clear()
        draw()
        return len(looks)

    found["draws"] = looked()
    seen, preferences._stands = preferences._stands, (float("-inf"), preferences._stands[1])
    found["later"] = looked()
    preferences._changed(None, bpy.context)
    found["another Python"] = looked()
    preferences._stands, preferences.backend_python = seen, own
    return found


def panels() -> list:
    return [each for each in classes() if issubclass(each, bpy.types.Panel)]


def classes() -> list:
    return [each for module in registration.modules() for each in getattr(module, "CLASSES", ())]


class _Watch:
    """Notes which files are opened and folders listed by drawing. Blender's own and Python's modules are no matter."""

    def __init__(self):
        self.on, self.opened = False, []
        sys.addaudithook(self)

    def __call__(self, event, args):
        if self.on and event in ("open", "os.listdir", "os.scandir", "subprocess.Popen", "glob.glob"):
            name = str(args[0])
            if not name.endswith((".py", ".pyc")):
                self.opened.append(f"{event} {name}")


WATCH = _Watch()


def story(motion: str, other_take: str) -> dict:
    """What is drawn in each state."""
    from blender_addon import preferences, session
    from blender_addon.jobs.job import Job
    from blender_addon.jobs.problem import Problem
    from blender_addon.session import models_at_hand
    from blender_addon.settings import chosen_clip
    from blender_addon.settings.lift_settings import lift_options

    asked = []
    session.inspect = lambda path, **told: asked.append([path, told])
    settings, drawn = bpy.context.scene.lift3d, {}
    models_at_hand.models()

    def lift(state, **job):
        told = {"stage": "Fitting the body", "done": 42, "total": 120, "seconds_left": 37.0, **job}
        options = {"seed": 0, "device": "cpu"}
        return session.LiftRun(Job("1", "lift", **told), Path(CLIP), "", Path(motion), options, "Scene", 0, state)

    def inspected(**changed):
        session.inspection = session.Inspection(chosen_clip.clip_path(settings), None, {**FACTS, **changed})

    preferences.LOOK_EVERY = 0.0  # what is changed behind its back shows at once
    os.environ.pop("LIFT3D_PYTHON", None)
    drawn["no backend"] = draw()
    drawn["online"] = bpy.app.online_access
    left = preferences.environment() / "half a library"
    left.parent.mkdir(parents=True)
    left.touch()
    drawn["half a backend"] = draw()
    left.unlink()
    session.problem = Problem("The backend broke.", "", "repair")
    drawn["no backend, a problem"] = draw()
    session.dismiss()
    os.environ["LIFT3D_PYTHON"] = sys.executable or bpy.app.binary_path
    drawn["no clip"] = draw()
    settings.clip = CLIP
    drawn["not read"] = draw()
    session.inspection = session.Inspection(chosen_clip.clip_path(settings), Job("1", "inspect"))
    drawn["reading"] = draw()
    inspected()
    drawn["recognised"] = draw()
    inspected(fps_known=False, image_size_known=False, people=PEOPLE, warnings=["No rate is told."], video="/a.mp4")
    settings.use_range = True
    drawn["several people"] = draw()
    drawn["range"] = [settings.first_frame, settings.last_frame]
    settings.person_choice = "1"
    drawn["a person that cannot be lifted"] = draw()
    drawn["options"] = lift_options(settings)
    session.inspection = session.Inspection(CLIP, None, None, Problem("walk.json is no clip."))
    drawn["no clip at all"] = draw()
    inspected()
    drawn["person that is gone"] = [settings.person, settings.person_choice]
    settings.model_name = "a model that is gone"
    settings.property_unset("person")
    drawn.update(cats(settings, inspected))
    inspected()
    session.lift = lift("running", stage="", total=0, waiting=True)
    drawn["waiting for its turn"] = draw()
    session.lift = lift("running")
    drawn["running"] = draw()
    session.lift = lift("running", stalled=True, seconds_left=None, total=1)
    drawn["stalled"] = draw()
    session.lift = lift("cancelling")
    drawn["cancelling"] = draw()
    session.lift = lift("waiting")
    session.lift.why_waiting = "Another file was opened while this clip was lifted"
    drawn["waiting"] = draw()
    bpy.ops.lift3d.leave_result()
    drawn["left out"] = draw()
    session.lift = lift("failed")
    for remedy in ("", "set_up", "repair", "choose_python", "use_cpu"):
        session.problem = Problem("The backend broke.", "Traceback", remedy)
        drawn[f"failed {remedy}"] = draw()
    session.dismiss()
    session.lift = lift("done")
    bpy.ops.lift3d.import_motion(filepath=motion)
    drawn["result"] = draw()
    bpy.ops.lift3d.import_motion(filepath=other_take)
    bpy.context.scene.render.fps = 25
    drawn["two takes"] = draw()
    preferences.LOOK_EVERY = 3600.0
    for _ in range(2):
        drawn["drawn again"] = draw()
    drawn["looks at the backend"] = looks_at_backend(preferences)
    settings.subject = "CAT"
    settings.clip = "/clips/another.json"
    drawn["chosen for another clip"] = settings.chosen_subject
    drawn["asked"] = list(asked)
    drawn["after another clip"] = [settings.person, settings.use_range]
    session.lift = session.inspection = None
    bpy.ops.lift3d.use_sample()
    drawn["sample"] = [settings.clip, settings.know_focal, settings.focal]
    settings.clip = CLIP
    drawn["after the sample"] = [settings.know_focal, settings.is_sample]
    return drawn


def cats(settings, inspected) -> dict:
    """An animal's clip, and choices that do not fit it."""
    from blender_addon.core.models import Model
    from blender_addon.session import models_at_hand
    from blender_addon.settings.lift_settings import lift_options

    drawn, own = {}, models_at_hand.models()
    animal = {"subject": "cat", "layout": "17 points of an animal (AP-10K)", "format": "Lift to 3D JSON"}
    inspected(**animal)
    models_at_hand._models = [model for model in own if model.subject != "cat"]
    drawn["a cat without a model"] = draw()
    tabby = Model("tabby", Path("/models/tabby"), "cat", "CC0", "40 clips", 9.0, False)
    models_at_hand._models = [*models_at_hand._models, tabby]
    settings.know_withers, settings.know_height = True, True
    drawn["a cat"] = draw()
    drawn["a cat's options"] = [settings.subject, lift_options(settings)]
    settings.subject = "HUMAN"
    drawn["a cat called a human"] = draw()
    drawn["a human's options"] = [settings.subject, lift_options(settings)]
    inspected()
    settings.subject = "CAT"
    drawn["a human called a cat"] = draw()
    inspected(format="Video")
    drawn["a video called a cat"] = draw()
    inspected(subject="")
    drawn["who knows"] = draw()
    for name in ("chosen_subject", "know_withers", "know_height"):
        settings.property_unset(name)
    models_at_hand._models = [Model("carrier", Path("/models/carrier"), "human_box", "CC0", "", 9.0, False)]
    inspected(subject="human_box", layout="17 points (COCO) and 5 of a box")
    drawn["a box"] = draw()
    settings.know_box_size = True
    drawn["a box's options"] = [settings.subject, lift_options(settings)]
    settings.property_unset("know_box_size")
    training = bpy.context.window_manager.lift3d_training
    training.subject = "CAT"
    drawn["a cat's training"] = [draw(), bpy.ops.lift3d.start_training.poll()]
    training.procedural = True
    drawn["made-up motion"] = [draw(), bpy.ops.lift3d.start_training.poll()]
    for name in ("subject", "procedural"):
        training.property_unset(name)
    models_at_hand._models = own
    return drawn


def said() -> list:
    """Every property and operator with its name and its description, and every panel with its label."""
    found = []
    for each in classes():
        if issubclass(each, bpy.types.Panel):
            found.append({"what": each.bl_idname, "name": each.bl_label, "description": each.__doc__ or ""})
            continue
        rna = each.bl_rna
        if issubclass(each, bpy.types.Operator):
            rna = getattr(bpy.ops.lift3d, each.bl_idname.split(".")[1]).get_rna_type()
            found.append({"what": each.bl_idname, "name": rna.name, "description": rna.description})
        own = {name for base in each.__mro__ for name in vars(base).get("__annotations__", {})}
        for property in rna.properties:
            if property.identifier in own and not property.is_hidden:
                what = f"{each.__name__}.{property.identifier}"
                found.append({"what": what, "name": property.name, "description": property.description})
                for item in getattr(property, "enum_items", ()) if property.type == "ENUM" else ():
                    found.append(
                        {"what": f"{what}.{item.identifier}", "name": item.name, "description": item.description}
                    )
    return found


def main(motion: str, other_take: str, answer: str) -> None:
    before = _state()
    blender_addon.register()
    told = {"drawn": story(motion, other_take), "said": said()}
    blender_addon.unregister()
    told["left"] = sorted(_state() - before)
    blender_addon.register()
    blender_addon.unregister()
    Path(answer).write_text(json.dumps(told), encoding="utf-8")


def _state() -> set:
    """What an add-on could leave behind in Blender's registers."""
    handlers = {f"{name}: {each}" for name in dir(bpy.app.handlers) if isinstance(getattr(bpy.app.handlers, name), list)
                for each in getattr(bpy.app.handlers, name)}  # fmt: skip
    kinds = (bpy.types.Scene, bpy.types.WindowManager)
    properties = {f"{kind.__name__}.{name}" for kind in kinds for name in kind.bl_rna.properties.keys()}
    types = {name for name in dir(bpy.types) if "LIFT3D" in name or "Lift3D" in name}
    return handlers | properties | types


if __name__ == "__main__":
    main(*(sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:]))
