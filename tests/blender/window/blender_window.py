# SPDX-License-Identifier: GPL-3.0-or-later
"""A real Blender with its window on a screen of its own and an empty profile, for tests that use mouse and keyboard.

Everything it writes lies in one folder below the checkout, which a Blender in a container sees under the same path.
"""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.blender.blenders import NO_BLENDER, real_blender
from tests.blender.window import processes
from tests.blender.window.screen import Screen, missing_tools

ROOT = Path(__file__).resolve().parents[3]
INSIDE = Path(__file__).resolve().parent / "inside"
PICTURES = ROOT / "out" / "window-tests" / "pictures"
# Drivers keep compiled shaders here: the first window of a test run takes some ten seconds, the others two.
SHADERS = {"MESA_SHADER_CACHE_DIR": str(ROOT / "out" / "window-tests" / "shaders")}


def why_not() -> str:
    """Why no window can be driven here; empty when it can."""
    if not real_blender():
        return NO_BLENDER
    if missing_tools():
        return f"no virtual screen: {', '.join(missing_tools())} not found"
    return ""


def wait_for(condition: Callable, what: str, seconds: float = 60.0):
    """Call until it returns something true, and return that. Raises AssertionError after `seconds`."""
    limit = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < limit, f"waited {seconds:g} s for {what}"
        time.sleep(0.1)


class BlenderWindow:
    """Blender at work; close() ends it and all that it started. Boxes are left, top, right, bottom in pixels."""

    def __init__(self, folder: Path) -> None:
        """An empty profile and a screen in `folder`, which is made anew; start() starts Blender."""
        shutil.rmtree(folder, ignore_errors=True)
        self.folder = folder
        self.home = folder / "home"
        self.home.mkdir(parents=True)
        self.screen = Screen(folder)
        self.process: subprocess.Popen | None = None
        self._talk = folder / "talk"
        self._asked = 0

    # Starting and ending

    def environment(self) -> dict[str, str]:
        """Variables for Blender: this profile and this screen, whatever the command is that starts it."""
        profile = {"REAL_BLENDER_HOME": str(self.home)}
        profile["BLENDER_USER_RESOURCES"] = str(self.home / "blender")
        shown = {"DISPLAY": self.screen.display, "REAL_BLENDER_DISPLAY": self.screen.display}
        kept = {name: value for name, value in os.environ.items() if name != "WAYLAND_DISPLAY"}
        profile["TMPDIR"] = str(self.home)
        return {**kept, **profile, **shown, "LIBGL_ALWAYS_SOFTWARE": "1", **SHADERS}

    def command(self, *words: str, seconds: float = 180.0) -> subprocess.CompletedProcess:
        """Run Blender to its end with this profile and without a window; its output, whatever the exit code."""
        return subprocess.run(
            [*real_blender(), *words], cwd=ROOT, env=self.environment(), capture_output=True, text=True,
            timeout=seconds,
        )  # fmt: skip

    def start(self, *words: str) -> None:
        """Open the window, and wait until Blender answers. `words` go to Blender before the driver's."""
        shutil.rmtree(self._talk, ignore_errors=True)
        self._talk.mkdir()
        self._asked = 0
        size = [str(each) for each in self.screen.size]
        started = [*real_blender(), "--window-geometry", "0", "0", *size, *words]
        with open(self.folder / "blender.log", "ab") as log:
            self.process = subprocess.Popen(
                [*started, "-P", str(INSIDE / "driver.py"), "--", str(self._talk)],
                cwd=ROOT, env=self.environment(), stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                start_new_session=True,
            )  # fmt: skip
        self.ask("facts.set_red()", seconds=120)
        self.redrawn()

    def quit(self, seconds: float = 30.0) -> int:
        """Let Blender quit as by its menu; its exit code. Raises subprocess.TimeoutExpired."""
        self._write("bpy.ops.wm.quit_blender()")
        return self.process.wait(seconds)

    def close(self) -> None:
        """End Blender, all processes below it, and the screen."""
        if self.process:
            below = processes.descendants(self.process.pid)
            if self.process.poll() is None:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait(10)
            for pid in below:
                if processes.alive(pid):
                    os.kill(pid, signal.SIGKILL)
        self.screen.close()

    # Asking

    def ask(self, expression: str, seconds: float = 30.0):
        """Value of a Python expression inside Blender, in JSON's types; what driver.py has as `known` is there."""
        return self.run(f"answer = {expression}", seconds)

    def run(self, code: str, seconds: float = 30.0):
        """Run lines inside Blender; what they leave in `answer`. Raises AssertionError with Blender's own error."""
        reply = self._write(code)

        def answered() -> bool:
            assert self.process.poll() is None, f"Blender ended with {self.process.returncode}: {self.log_tail()}"
            return reply.exists()

        limit = time.monotonic() + seconds
        while not answered():
            assert time.monotonic() < limit, f"Blender did not answer within {seconds:g} s: {code}"
            time.sleep(0.02)
        held = json.loads(reply.read_text(encoding="utf-8"))
        assert "error" not in held, f"{code}\n{held.get('error')}"
        return held["answer"]

    def log_tail(self, lines: int = 20) -> str:
        """The end of what Blender wrote."""
        return "\n".join((self.folder / "blender.log").read_text(errors="replace").splitlines()[-lines:])

    def _write(self, code: str) -> Path:
        reply = self._talk / f"answer-{self._asked}.json"
        half = self._talk / "half"
        half.write_text(code, encoding="utf-8")
        half.rename(self._talk / f"question-{self._asked}.py")
        self._asked += 1
        return reply

    # Looking

    def redrawn(self) -> np.ndarray:
        """The picture after everything was drawn anew."""
        before = self.ask("facts.drawn")
        self.run("facts.redraw()")
        wait_for(lambda: self.ask("facts.drawn") > before, "the window to be drawn")
        return self.screen.still_picture()

    def region(self, kind: str, area: str = "VIEW_3D") -> dict | None:
        """Box of a region of the largest area of a kind; None while it is hidden."""
        return self.ask(f"facts.region({kind!r}, {area!r})")

    def shot(self, name: str, margin: dict | None = None) -> Path:
        """A picture of the whole window in out/window-tests/pictures, or of the part in a box."""
        self.screen.still_picture(3.0, 0.5)  # panels slide into place when their contents change
        box = (margin["left"], margin["top"], margin["right"], margin["bottom"]) if margin else None
        self.screen.save(PICTURES / f"{name}.png", box)
        return PICTURES / f"{name}.png"
