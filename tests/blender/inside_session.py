# SPDX-License-Identifier: GPL-3.0-or-later
"""Run by a Python with bpy, or by Blender itself: inside_session.py FOLDER TIMES ANSWER.json.

Lifts the bundled clip with the real backend in $LIFT3D_PYTHON, and does to it what users and systems do: cancels it,
kills it at TIMES random moments, lifts TIMES times in a row, opens other files, undoes. Writes what became of each.
Timers do not fire here: pump() is called.
"""

import gc
import json
import os
import random
import shutil
import signal
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import bpy

import blender_addon
from blender_addon import preferences, session
from blender_addon.jobs import problem as problems
from blender_addon.jobs.job import Job
from blender_addon.scene.character_facts import read_facts
from blender_addon.scene.find_character import active_character
from blender_addon.scene.takes import takes
from blender_addon.settings import chosen_clip

STAGES = ("Reading keypoints", "Loading models", "Generating views", "Fitting the body")
CLIP = Path(__file__).resolve().parents[2] / "assets/clips/walk_and_wave.json"


def follow(until=lambda: False) -> None:
    """Pump until nothing runs, or the condition holds."""
    end = time.monotonic() + 240
    while session.pump() and not until():
        assert time.monotonic() < end, session.lift
        time.sleep(0.01)


def begin(**how) -> None:
    # A factory scene may be new, and a clip that is being read keeps the button grey.
    if bpy.context.scene.lift3d.clip != str(CLIP):
        bpy.context.scene.lift3d.clip = str(CLIP)
    if chosen_clip.inspection(bpy.context.scene.lift3d) is None:
        session.inspect(str(CLIP))
    bpy.context.scene.lift3d.quality = "DRAFT"
    follow(lambda: chosen_clip.why_not_lift(bpy.context) == "")
    bpy.ops.lift3d.lift(**how)


def lifted(**how) -> dict:
    begin(**how)
    follow()
    return now()


def now() -> dict:
    """What a user sees."""
    run, found = session.lift, session.problem
    return {
        "state": run.state,
        "waits": run.why_waiting,
        "problem": found.sentence if found else None,
        "remedy": found.remedy if found else None,
        "objects": sorted(item.name for item in bpy.data.objects),
        "actions": sorted(item.name for item in bpy.data.actions),
        "motion": run.motion.exists(),
        "beside": sorted(path.name for path in run.motion.parent.iterdir() if path.name.startswith(".")),
    }


def empty() -> None:
    """A new file. Not by the factory's settings: they would switch add-ons off."""
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)


def takes_and_undo() -> dict:
    """A lift, a further take, and the way back and forth by undo."""
    empty()
    bpy.context.scene.lift3d.clip = str(CLIP)
    follow()
    bpy.ops.ed.undo_push(message="Start")
    answer = {"first": lifted(), "facts": json.loads(json.dumps(session.lift.job.result))}
    bpy.ops.ed.undo()
    answer["undone"] = now()
    bpy.ops.ed.redo()
    answer["redone"] = now()
    answer["second"] = lifted(new_take=True)
    armature = active_character(bpy.context)
    answer["seeds"] = [take.seed for take in takes(armature)]
    answer["body kept"] = session.lift.settings["betas"] == list(read_facts(armature).betas)
    bpy.ops.ed.undo()
    answer["take undone"] = now()
    answer["third"] = lifted(new_take=True)
    session.wishes.forget()  # as if Blender had been started again
    answer["another day"] = lifted(new_take=True)
    answer["seeds then"] = [take.seed for take in takes(active_character(bpy.context))]
    answer["body kept then"] = "betas" in session.lift.settings
    answer["folder"] = len(list(session.lift.motion.parent.glob("*.npz")))
    return answer


def cancels() -> dict:
    """Cancelled at the start, at work, twice, and when it is too late."""
    empty()
    answer = {}
    begin()
    bpy.ops.lift3d.cancel()
    follow()
    answer["at once"] = now()
    begin()
    follow(lambda: session.lift.job.stage == "Generating views")
    bpy.ops.lift3d.cancel()
    session.cancel_lift()
    answer["cancelling"] = session.lift.state
    follow()
    answer["at work"] = now()
    begin()
    time.sleep(0.2)
    end = time.monotonic() + 120
    while not session.lift.motion.exists() and time.monotonic() < end:
        time.sleep(0.05)
    time.sleep(0.5)  # done is in the pipe by now
    bpy.ops.lift3d.cancel()
    follow()
    answer["too late"] = now()
    answer["again"] = lifted()
    answer["once more"] = lifted()
    return answer


def other_files() -> dict:
    """Another file is opened, the scene is left, steps are undone, while a lift runs."""
    empty()
    begin()
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    follow()
    answer = {"other file": now()}
    bpy.ops.lift3d.add_result()
    answer["added"] = now()
    empty()
    begin()
    bpy.data.scenes.new("Other")
    bpy.data.scenes.remove(bpy.context.scene)
    follow()
    answer["scene removed"] = now()
    bpy.ops.lift3d.add_result()
    answer["added to the other"] = now()
    return answer


def kills(count: int) -> list:
    """Killed at random moments of a lift, by turns as soon as it is heard to be in some stage and by the clock alone,
    from its start to its end; each time the next lift is let through."""
    moments, answer = random.Random(7), []
    for number in range(count):
        empty()
        begin()
        pid = session.supervisor()._worker.process.pid
        until_when, stages = time.monotonic() + moments.uniform(0, 2.0), STAGES[moments.randrange(len(STAGES)) :]
        by_clock = number % 2 == 1
        follow(lambda: time.monotonic() > until_when if by_clock else session.lift.job.stage in stages)  # noqa: B023
        stage = session.lift.job.stage if not session.lift.job.ended else "between"
        os.kill(pid, signal.SIGKILL)
        follow()
        killed = now()
        answer.append({"number": number, "stage": stage, "killed": killed, "next": lifted()})
    return answer


def leaks(count: int) -> dict:
    """Lifts in a row: what this process and its worker hold before and after."""
    empty()
    lifted()
    bpy.ops.ed.undo_push(message="Start")
    before, worker = held(), session.supervisor()._worker.process.pid
    for _ in range(count):
        assert lifted()["state"] == "done", now()
    same = session.supervisor()._worker.process.pid == worker
    return {"before": before, "after": held(), "same worker": same}


def held() -> dict:
    gc.collect()
    worker = session.supervisor()._worker
    return {
        "files": len(os.listdir("/proc/self/fd")),
        "threads": threading.active_count(),
        "children": children(),
        "jobs": len([item for item in gc.get_objects() if type(item) is Job]),
        "worker's files": len(os.listdir(f"/proc/{worker.process.pid}/fd")),
        "worker's MiB": memory(worker.process.pid),
        "logs": len(list(worker.log.parent.glob("worker-*.log"))),
    }


def children() -> int:
    found = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            found += int(stat.read_text().rpartition(")")[2].split()[1]) == os.getpid()
        except OSError:
            pass
    return found


def memory(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


def other_pythons(folder: Path) -> dict:
    """A Python without torch, a program that is no Python, and none at all; then the right one again."""
    answer, right = {}, os.environ["LIFT3D_PYTHON"]
    empty()
    bare = folder / "bare" / "bin" / "python"
    bare.parent.mkdir(parents=True)
    # The same interpreter outside of its environment: it has nothing of what the environment holds.
    bare.write_text(f"#!/bin/sh\nexec '{Path(right).resolve()}' -S \"$@\"\n")
    liar = folder / "liar"
    liar.write_text("#!/bin/sh\necho hello\nsleep 60\n")
    for path in (bare, liar):
        path.chmod(0o755)
    begin()
    follow()
    for name, path in (("bare", bare), ("liar", liar), ("no program", folder / "none"), ("right", right)):
        os.environ["LIFT3D_PYTHON"] = str(path)
        session.dismiss()
        try:
            session.start_lift(bpy.context)
            follow()
        except Exception as error:
            session.show_problem(problems.of_error(error))
        answer[name] = now()
    return answer


def closing() -> dict:
    """Unregistered during a lift: nothing runs on."""
    empty()
    begin()
    process = session.supervisor()._worker.process
    blender_addon.unregister()
    return {"code": process.poll(), "threads": [item.name for item in threading.enumerate() if "lift3d" in item.name]}


if __name__ == "__main__":
    words = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:]
    folder, count, answer_path = Path(words[0]), int(words[1]), Path(words[2])
    motions = folder / "motions"
    shutil.rmtree(motions, ignore_errors=True)
    preferences.motions_folder = lambda: motions
    blender_addon.register()
    answer = {
        "takes": takes_and_undo(),
        "cancels": cancels(),
        "files": other_files(),
        "kills": kills(count),
        "leaks": leaks(count),
        "pythons": other_pythons(folder),
        "closing": closing(),
    }
    answer_path.write_text(json.dumps(answer), encoding="utf-8")
    os._exit(0)  # see enabling.py
