# SPDX-License-Identifier: GPL-3.0-or-later
"""Run by a Python with bpy, or by Blender itself: inside_training.py PYTHON CLIPS ANSWER.json.

Trains with a worker that only pretends to (fake_trainer.py, run by PYTHON): begun, stopped, resumed, finished, failed,
cut off by the extension's end; and writes what the runs, the models and the panel said each time.
"""

import json
import sys
import time
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import bpy

import blender_addon
from blender_addon import preferences, session
from blender_addon.jobs import JobError
from blender_addon.jobs.training_runs import lock_of
from blender_addon.panels.training import LIFT3D_PT_training
from blender_addon.session import models_at_hand, training, workers
from tests.blender.recording_layout import RecordingLayout

FAKE = str(Path(__file__).with_name("fake_trainer.py"))


def follow(until) -> None:
    """Pump as a window would until something holds."""
    end = time.monotonic() + 60
    while not until():
        session.pump()
        time.sleep(0.01)
        assert time.monotonic() < end, "waited for a minute"


def drawn() -> list[dict]:
    layout = RecordingLayout()
    LIFT3D_PT_training.draw(SimpleNamespace(layout=layout), bpy.context)
    return layout.items


def facts() -> dict:
    """What there is to see now."""
    return {
        "drawn": drawn(),
        "runs": [[run.name, run.state, run.step, run.problem, run.warnings] for run in training.runs()],
        "on_disk": {path.parent.name: json.loads(path.read_text()) for path in sorted(RUNS.glob("*/run.json"))},
        "losses": [[row["step"] for row in training.history(run).get("line_diffusion", [])] for run in training.runs()],
        "models": [model.name for model in models_at_hand.models()],
        "live": training.live is not None,
        "problem": session.problem.sentence if session.problem else "",
        "used": bpy.context.scene.lift3d.model_name,
    }


def start(**settings) -> None:
    chosen = bpy.context.window_manager.lift3d_training
    for name, value in settings.items():
        setattr(chosen, name, value)
    assert bpy.ops.lift3d.start_training() == {"FINISHED"}


def story(clips: str) -> dict:
    found = {"nothing chosen": facts()}
    start(clips=clips, preset="tiny", name="My / walkers")
    follow(lambda: training.live.history.get("line_diffusion"))
    found["running"] = facts()
    bpy.ops.lift3d.stop_training()
    found["stopping"] = facts()
    follow(lambda: training.live is None)
    found["stopped"] = facts()
    bpy.ops.lift3d.resume_training(name="My walkers")
    follow(lambda: training.live is None)
    found["finished"] = facts()
    bpy.ops.lift3d.use_model(folder=training.runs()[0].model)
    found["used"] = facts()
    start(name="My walkers", seed=1)
    follow(lambda: training.live is None)
    found["failed"] = facts()
    session.dismiss()
    start(name="", seed=2)
    follow(lambda: training.live is None)
    found["crashed"] = facts()
    bpy.ops.lift3d.delete_training(name="clips")
    session.dismiss()
    found["deleted"] = facts()
    start(seed=3, name="cut off")
    follow(lambda: training.live.history.get("line_diffusion"))
    blender_addon.unregister()
    blender_addon.register()
    found["after an end"] = facts()
    # Another Blender trains it, and then is gone without having said so.
    path = RUNS / "cut off" / "run.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "state": "running"}))
    other = lock_of(path.parent)
    assert other.take()
    training.refresh()
    found["elsewhere"] = facts()
    found["refused"] = [refused(verb, "cut off") for verb in (training.resume, training.delete)]
    other.release()
    training.LOOK_EVERY = -1.0
    found["not any more"] = facts()
    # Resumed, and stopped before it was where it had been; and resumed without a backend.
    bpy.ops.lift3d.resume_training(name="cut off")
    follow(lambda: training.live.job.stage == "Reading the clips")
    found["reading again"] = facts()
    training.stop()
    follow(lambda: training.live is None)
    found["stopped again"] = facts()
    preferences.backend_python = no_backend
    session.trainer().close()
    found["without a backend"] = [refused(training.resume, "cut off"), facts()]
    return found


def refused(verb, name: str) -> str:
    try:
        verb(name)
    except JobError as error:
        return str(error)
    return ""


def no_backend() -> str:
    raise JobError("no backend is set up yet")


if __name__ == "__main__":
    words = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:]
    python, clips, answer = words
    workers.worker_command = lambda backend: [python, "-I", "-u", FAKE]
    preferences.backend_python = lambda: python
    blender_addon.register()
    RUNS = Path(blender_addon.folders.user_folder("runs"))
    told = story(clips)
    blender_addon.unregister()
    told["left"] = [name for name in dir(bpy.types) if name.startswith("LIFT3D")]
    told["property_left"] = hasattr(bpy.types.WindowManager, "lift3d_training")
    Path(answer).write_text(json.dumps(told), encoding="utf-8")
