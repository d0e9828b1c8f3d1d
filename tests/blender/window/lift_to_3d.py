# SPDX-License-Identifier: GPL-3.0-or-later
"""The built extension in a real Blender's window: installed, pointed at an environment, and what it says of itself.

What a user does is done by mouse and keyboard; what is only looked at comes from Blender's Python.
"""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import build_addon
from tests.blender.window import processes
from tests.blender.window.blender_window import BlenderWindow, wait_for
from tests.blender.window.sidebar import Sidebar

# What the driver knows the installed extension as.
NAMES = """
import importlib, sys
addon = "bl_ext.user_default.lift3d"
session = importlib.import_module(addon + ".session")
preferences = bpy.context.preferences.addons[addon].preferences
"""
BUTTON = {"panel": "LIFT3D_PT_main", "kind": "operator", "name": "lift3d.lift"}
CANCEL = {"kind": "operator", "name": "lift3d.cancel"}


class LiftTo3D:
    """A window with the extension installed from its zip, in a profile that was empty."""

    def __init__(self, window: BlenderWindow) -> None:
        self.window, self.screen = window, window.screen
        self.sidebar = Sidebar(window)
        self.start_file = window.folder / "start.blend"

    def install(self) -> str:
        """Build the zip and let Blender install it; what Blender said."""
        zip_file = build_addon.build(self.window.folder)
        words = ["--command", "extension", "install-file", "-r", "user_default", "-e", str(zip_file)]
        done = self.window.command(*words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self) -> None:
        """Open the window, with the backend being this Python's environment, and our tab of the sidebar."""
        self.window.start()
        self.window.run(NAMES)
        self.window.run(f"preferences.python = {sys.executable!r}")
        self.sidebar.open()

    def choose_sample(self) -> None:
        """Click the button that chooses the clip that comes with the extension, and wait until it is recognised."""
        self.sidebar.click(kind="operator", name="lift3d.use_sample")
        wait_for(lambda: self.window.ask("bool(session.inspection and session.inspection.facts)"), "the clip's facts")

    def keep_as_start(self) -> None:
        """Keep the file as it is now, for start_again()."""
        self.window.run(f"bpy.ops.wm.save_as_mainfile(filepath={str(self.start_file)!r}, copy=True)")

    def start_again(self, **settings) -> None:
        """Open the kept file, with these settings of the lift, e.g. quality="BEST"."""
        self.open_file(self.start_file)
        self.window.run(f"for name, value in {settings!r}.items(): setattr(facts.window().scene.lift3d, name, value)")
        self.window.redrawn()
        self.sidebar.open()

    def open_file(self, path: Path) -> None:
        """Let Blender open a file."""
        self.window.run(
            "with bpy.context.temp_override(window=facts.window()):\n"
            f"    bpy.ops.wm.open_mainfile(filepath={str(path)!r})"
        )

    def hover(self) -> None:
        """Bring the mouse over the viewport, where keys mean what they mean in it."""
        box = self.window.region("WINDOW")
        self.screen.move((box["left"] + box["right"]) / 3, (box["top"] + box["bottom"]) / 2)

    def state(self) -> str:
        """Of the lift: "running", "done", ...; "" before the first."""
        return self.window.ask("session.lift.state if session.lift else ''")

    def wait_for_state(self, *states: str, seconds: float = 180.0) -> str:
        """The first of these that the lift comes to."""
        return wait_for(lambda: self.state() in states and self.state(), f"a lift that is {states}", seconds)

    def wait_for_progress(self, stage: str = "") -> None:
        """Until the worker is at work on the lift, at a named stage or any."""
        seen = f"session.lift.job.stage == {stage!r}" if stage else "bool(session.lift.job.stage)"
        wait_for(lambda: self.window.ask(f"bool(session.lift) and {seen}"), f"the lift's stage {stage}", 120.0)

    def lift(self) -> None:
        """Click the button, and wait until the character stands in the scene."""
        self.sidebar.click(**BUTTON)
        self.wait_for_state("done")

    def message(self) -> str:
        """The one problem that is shown; "" when there is none."""
        return self.window.ask("session.problem.sentence if session.problem else ''")

    def characters(self) -> list[dict]:
        """Armatures in the scene."""
        return self.window.ask("facts.characters()")

    def worker(self) -> int | None:
        """Process of the backend below Blender, if there is one."""
        below = processes.descendants(self.window.process.pid)
        found = [pid for pid in below if "start_worker.py" in processes.command_line(pid)]
        return found[0] if found else None

    @contextmanager
    def held_worker(self) -> Iterator[None]:
        """Let the worker stand still meanwhile, so that a lift under way stays so on the fastest machine."""
        pid = self.worker()
        assert pid, "no worker runs"
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    def kill_worker(self) -> None:
        """kill -9."""
        pid = self.worker()
        assert pid, "no worker runs"
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: not processes.alive(pid), "the worker's end", 10.0)
