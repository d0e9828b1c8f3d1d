# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure the extension in a real Blender's window, and print what was found; needs what the window tests need.

python -m tests.blender.window.measure gaps      how long the window does not answer: idle, drawn again, in a lift
python -m tests.blender.window.measure redraw    what each panel's draw() costs when Blender draws it
python -m tests.blender.window.measure kills     kill -9 of the worker at 10 random moments of lifts
python -m tests.blender.window.measure lifts     10 lifts in a row: processes, open files and memory after each
"""

import argparse
import random
import sys
import time

import numpy as np

from tests.blender.window import processes
from tests.blender.window.blender_window import ROOT, BlenderWindow, wait_for, why_not
from tests.blender.window.lift_to_3d import BUTTON, LiftTo3D

# A viewport that costs next to nothing to draw, to tell Blender's drawing by software from our own doing.
PLAIN_VIEWPORT = """
space = facts.area().spaces.active
space.shading.type = "WIREFRAME"
space.overlay.show_overlays = False
space.show_gizmo = False
bpy.context.preferences.system.viewport_aa = "OFF"
"""
ADD_MONKEY = """
with bpy.context.temp_override(window=facts.window(), area=facts.area()):
    bpy.ops.mesh.primitive_monkey_add("EXEC_DEFAULT", True)
"""
IN_MS = 1000.0


def gaps(lift: LiftTo3D) -> None:
    """Gaps of a 10 ms timer in Blender's main thread. Drawing by software costs far more than a real screen."""
    window = lift.window
    print("gaps of a 10 ms timer in ms:                count  median     99 %   largest   over 200 ms (and when)")
    for plain in (False, True):
        lift.start_again()
        if plain:
            window.run(PLAIN_VIEWPORT)
        where = "plain viewport" if plain else "solid viewport"
        window.run("gaps.start()")
        time.sleep(10)
        _print_gaps(f"idle, {where}", window.ask("gaps.stop()"))

        window.run("gaps.start()\nbpy.app.timers.register(lambda: session.tag_redraw() or 0.1, first_interval=0.1)")
        time.sleep(10)
        held = window.ask("gaps.stop()")
        lift.start_again()  # ends that timer with the file
        _print_gaps(f"sidebar redrawn, {where}", held)
        if plain:
            window.run(PLAIN_VIEWPORT)

        left, top, right, bottom = lift.sidebar.box(**BUTTON)
        window.run(f"{_WATCH}\ngaps.start()")
        lift.screen.click((left + right) / 2, (top + bottom) / 2)
        lift.wait_for_state("done")
        time.sleep(1.0)  # the result is drawn
        held, ours = window.ask("gaps.stop()"), window.ask("cost.stop()")
        arrived, seconds = ours["adding"][0]
        _print_gaps(f"a whole lift, {where}", held, arrived)
        _print_gaps("    of that before the result", [each for each in held if sum(each) < arrived])
        rounds = [each for moment, each in ours["round"] if not moment <= arrived <= moment + each]
        print(f"    our timer's rounds: {len(rounds)}, largest {max(rounds) * IN_MS:.1f} ms; ", end="")
        print(f"adding the result: {seconds * IN_MS:.1f} ms")

        lift.start_again()
        if plain:
            window.run(PLAIN_VIEWPORT)
        time.sleep(2.0)
        window.run(f"gaps.start()\n{ADD_MONKEY}")
        time.sleep(5.0)
        _print_gaps(f"for comparison, Add > Monkey, {where}", window.ask("gaps.stop()"))


_WATCH = """
import importlib
pulse, lifting = (importlib.import_module(addon + ".session." + name) for name in ("pulse", "lifting"))
cost.watch(pulse, "pump", "round")
cost.watch(lifting, "add_where_it_belongs", "adding")
"""


def redraw(lift: LiftTo3D, redraws: int = 50) -> None:
    """What the tab's panels cost at a redraw with all of them unfolded, in three states; and what their polls cost."""
    window = lift.window
    lift.sidebar.unfold()
    lift.keep_as_start()
    for state in ("a clip chosen", "lifting", "a result in the scene"):
        lift.start_again(quality="BEST")
        if state != "a clip chosen":
            lift.sidebar.click(**BUTTON)
            lift.wait_for_progress()
        if state == "a result in the scene":
            lift.wait_for_state("done")
        window.run("for each in facts.panel_classes('Lift to 3D'): cost.watch(each, 'draw', each.__name__)")
        for _ in range(redraws):
            window.run("session.tag_redraw()")
        held, at_the_end = window.ask("cost.stop()"), lift.state()
        polls = {item["name"] for item in lift.sidebar.items() if item["kind"] == "operator"}
        lift.sidebar.shot(f"redraw, {state}")
        print(f"{state} (the lift: {at_the_end or 'none'}): ms a redraw, median and largest")
        total = 0.0
        for title, calls in held.items():
            seconds = [each for _, each in calls]
            if seconds:
                total += float(np.median(seconds))
                largest = max(seconds) * IN_MS
                print(f"    {title:28} {np.median(seconds) * IN_MS:7.3f} {largest:7.3f}   of {len(seconds)}")
        print(f"    {'all together':28} {total * IN_MS:7.3f}")
        seconds = window.run(f"names = {sorted(polls)!r}\n{_POLLS}")
        print(f"    {'polls of panels and buttons':28} {seconds * IN_MS:7.3f}")
        if state == "lifting" and lift.state() == "running":
            window.run("session.cancel_lift()")
            lift.wait_for_state("cancelled", "done", seconds=30)


# Blender asks the panels' and the buttons' poll() after draw(), which no wrapper sees.
_POLLS = """
import time
classes = [each for each in facts.panel_classes('Lift to 3D') if 'poll' in each.__dict__]
classes += [getattr(bpy.types, name.upper().replace(".", "_OT_"), None) for name in names]
classes = [each for each in classes if each is not None and hasattr(each, "poll")]
with bpy.context.temp_override(window=facts.window(), area=facts.area()):
    started = time.perf_counter()
    for _ in range(50):
        for each in classes:
            each.poll(bpy.context)
    answer = (time.perf_counter() - started) / 50
"""


def kills(lift: LiftTo3D, count: int = 10) -> None:
    """kill -9 at random moments of a lift, of a worker that was at hand or (even rows) had to start first.

    Every time one message, Blender alive, and a whole lift after it. Even rows also kill a worker without work.
    """
    random.seed(0)
    for number in range(count + 1):
        lift.start_again(quality="BEST")
        cold = number % 2 == 0
        if cold and lift.worker():
            lift.kill_worker()
        lift.sidebar.click(**BUTTON)
        started = time.monotonic()
        if number == 0:
            lift.wait_for_state("done")
            whole = time.monotonic() - started
            print(f"a lift takes {whole:.1f} s with its worker's start")
            continue
        wait_for(lift.worker, "the worker", 20.0)
        time.sleep(random.uniform(0.0, whole if cold else 0.3 * whole))
        stage = lift.window.ask("session.lift.job.stage") or "starting"
        after = time.monotonic() - started
        lift.kill_worker()
        state = lift.wait_for_state("failed", "done", seconds=30)
        message = lift.message()
        lift.start_again(quality="DRAFT")
        lift.sidebar.click(**BUTTON)
        lift.wait_for_state("done")
        good = len(lift.characters()) == 1 and not lift.message()
        row = f"{number:2}: killed {after:4.1f} s after the click, at {stage!r}: {state}, {message!r}"
        print(f"{row}; the next lift works: {good}", flush=True)


def lifts(lift: LiftTo3D, count: int = 10) -> None:
    """Processes, files and memory after each of some lifts, the scene being made anew each time."""
    blender = lift.window.process.pid
    print("lift   Blender: processes below it, zombies, open files, MiB    worker: open files, MiB")
    for number in range(count + 1):
        if number:
            lift.start_again(quality="DRAFT")
            lift.sidebar.click(**BUTTON)
            lift.wait_for_state("done")
        worker = lift.worker()
        below = len(processes.descendants(blender))
        words = f"{number:4} {below:25} {processes.zombies(blender):8} {processes.open_files(blender):11}"
        words += f" {processes.memory(blender):9.1f}"
        if worker:
            words += f" {processes.open_files(worker):18} {processes.memory(worker):9.1f}"
        print(words, flush=True)
    files = sum(1 for path in lift.window.folder.rglob("*") if path.is_file() and "motions" in path.parts)
    print(f"files in the folder of motions: {files}")


def _print_gaps(title: str, found: list, added: float = 0.0) -> None:
    """found: (moment, seconds) of each gap. added: when the result came, in the same clock."""
    held = np.array([each for _, each in found]) * IN_MS
    large = [f"{each * IN_MS:.0f}" + (f" at {moment - added:+.2f} s" if added else "") for moment, each in found
             if each > 0.2]  # fmt: skip
    row = f"{title:42} {len(held):6} {np.median(held):7.1f} {np.percentile(held, 99):8.1f} {held.max():9.1f}"
    print(row, "  ", ", ".join(large), flush=True)


def main(words: list[str]) -> int:
    """Run one measurement; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    known = {each.__name__: each for each in (gaps, redraw, kills, lifts)}
    parser.add_argument("what", choices=known)
    chosen = known[parser.parse_args(words).what]
    if why_not():
        print(why_not(), file=sys.stderr)
        return 2
    window = BlenderWindow(ROOT / "out" / "window-tests" / f"measure-{chosen.__name__}")
    try:
        lift = LiftTo3D(window)
        lift.install()
        lift.start()
        lift.choose_sample()
        lift.keep_as_start()
        chosen(lift)
    finally:
        window.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
