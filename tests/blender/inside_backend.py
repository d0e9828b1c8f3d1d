# SPDX-License-Identifier: GPL-3.0-or-later
"""Run by a Python with bpy, or by Blender itself: inside_backend.py FAKE_PYTHON BACKEND_PYTHON ANSWER.json.

Uses the buttons of the backend as a user does, with a base Python that does as it is told, and writes what came of it.
BACKEND_PYTHON has torch.
"""

import json
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import bpy  # first: it makes the other one importable

import addon_utils  # isort: skip

MODULE = "blender_addon"
CLIP = str(Path(__file__).resolve().parents[2] / "assets/clips/walk_and_wave.json")


class Layout:
    """Stands for Blender's: takes down what is drawn."""

    def __init__(self):
        self.drawn = []

    def label(self, text="", **_):
        self.drawn.append(text)

    def progress(self, factor=0.0, text="", **_):
        self.drawn.append(f"[{factor:.2f}] {text}")

    def operator(self, name, text="", **_):
        self.drawn.append(f"<{name}>")

    def prop(self, owner, name, **_):
        assert hasattr(owner, name)
        self.drawn.append(f"({name})")

    def same(self, *_, **__):
        return self

    box = column = row = split = separator = same


def attempt(operator) -> str:
    """What pressing a button comes to: its result, or why it is grey."""
    try:
        return ",".join(operator("EXEC_DEFAULT"))
    except RuntimeError as error:
        return str(error).strip()


def main(fake: str, backend: str) -> dict:
    from blender_addon import preferences, session
    from blender_addon.jobs import JobError
    from blender_addon.operators import check_backend, set_up_backend
    from blender_addon.panels.backend import draw_backend
    from blender_addon.session import setting_up

    buttons, own = bpy.ops.lift3d, preferences.get()
    told = Path(os.environ["FAKE_PYTHON"])
    answer = {}

    def tell(steps):
        told.write_text(json.dumps(steps))

    def drawn():
        layout = Layout()
        draw_backend(layout)
        return " ".join(layout.drawn)

    def why_none():
        try:
            return preferences.backend_python()
        except JobError as error:
            return [str(error), error.remedy]

    def pump_until(condition):
        end = time.monotonic() + 120
        while not condition():
            assert time.monotonic() < end, drawn()
            session.pump()
            time.sleep(0.02)

    def note(name, **more):
        problem = session.problem
        answer[name] = {
            "drawn": drawn(),
            "python": why_none(),
            "ready": preferences.backend_ready(),
            "problem": [problem.sentence, problem.remedy] if problem else None,
            **more,
        }

    preferences.LOOK_EVERY = 0.0  # what is changed behind its back shows at once
    tell({})
    bpy.context.preferences.system.use_online_access = False
    note("nothing", pressed=attempt(buttons.set_up_backend), check=attempt(buttons.check_backend))
    bpy.context.preferences.system.use_online_access = True
    unfit = setting_up.plan().own_python and sys.version_info[:2] != (3, 11)
    note("own Python", unfit=unfit, sentences=set_up_backend.sentences(False))
    own.base_python = fake
    note("agreed", sentences=set_up_backend.sentences(False), cancel=attempt(buttons.cancel_set_up))

    tell({"torch": {"says": ["Downloading torch-2.whl", "Progress 30000000 of 120000000"], "hangs": True}})
    pressed = attempt(buttons.set_up_backend)
    pump_until(lambda: setting_up.installation.done)
    note("going", pressed=pressed, again=attempt(buttons.repair_backend))
    pressed = attempt(buttons.cancel_set_up)
    again = attempt(buttons.cancel_set_up)
    pump_until(lambda: not setting_up.running())
    note("cancelled", pressed=pressed, again=again)

    tell({"full": {"says": ["ERROR: [Errno 28] No space left on device"], "code": 1}})
    attempt(buttons.set_up_backend)
    pump_until(lambda: not setting_up.running())
    note("failed", report=session.report())

    tell({})
    session.inspect(CLIP)
    without = session.inspection
    attempt(buttons.set_up_backend)
    at_once = session.problem is None
    pump_until(lambda: not setting_up.running())
    answer["looked again"] = [without.problem.sentence, session.inspection is not without]
    pump_until(lambda: not session.inspection.open)  # the fake one knows no protocol
    session.inspect("")
    note("done", at_once=at_once, folder=str(preferences.environment()))
    own.torch_build = "CUDA"
    note("another torch")
    own.torch_build = "CPU"
    own.base_python = str(told)
    note("no base", pressed=attempt(buttons.repair_backend))
    session.dismiss()

    own.python = str(told.with_name("nowhere"))
    session.inspect(CLIP, fps=25.0)
    note("wrong choice", check=attempt(buttons.check_backend), clip=session.inspection.problem.sentence)
    own.python = str(preferences.environment())
    note("chosen folder")
    own.python = backend
    pressed = attempt(buttons.check_backend)
    asking, again = drawn(), attempt(buttons.check_backend)
    pump_until(lambda: not check_backend.asking())
    pump_until(lambda: not session.inspection.open)
    answer["clip then"] = [session.inspection.problem, session.inspection.facts["frames"], session.inspection.asked]
    note("checked", pressed=pressed, asking=asking, again=again, said=check_backend.answer())
    attempt(buttons.forget_check)
    note("forgotten")
    own.python = ""
    attempt(buttons.check_backend)  # the fake one knows no protocol
    pump_until(lambda: not check_backend.asking())
    note("checked what is broken")
    own.device, own.motions_folder = "CUDA", str(told.parent)
    answer["settings"] = [preferences.device(), str(preferences.motions_folder())]

    own.base_python = fake
    tell({"torch": {"hangs": True}})
    attempt(buttons.repair_backend)
    pump_until((told.parent / "pids").exists)
    addon_utils.disable(MODULE, default_set=True)
    answer["after disabling"] = [setting_up.installation is None, bpy.app.timers.is_registered(session.pulse._tick)]
    return answer


if __name__ == "__main__":
    words = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:]
    assert addon_utils.enable(MODULE, default_set=True)
    found = main(*words[:2])
    Path(words[2]).write_text(json.dumps(found), encoding="utf-8")
    sys.stdout.flush()
    os._exit(0)  # see enabling.py
