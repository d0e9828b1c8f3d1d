# SPDX-License-Identifier: GPL-3.0-or-later
"""A virtual screen of its own with a mouse and a keyboard: Xvfb shows, xdotool moves, pictures are read from memory.

Xvfb keeps what it shows in a file, so that looking costs no process and can be repeated until something appears.
"""

import os
import shutil
import struct
import subprocess
import time
from pathlib import Path

import cv2
import numpy as np

TOOLS = ("Xvfb", "xdotool")
SIZE = (1600, 1000)  # width, height in pixels


def missing_tools() -> list[str]:
    """Programs that a screen needs and this machine lacks."""
    return [tool for tool in TOOLS if not shutil.which(tool)]


class Screen:
    """Xvfb on a display number that was free; positions are pixels from the top left."""

    def __init__(self, folder: Path) -> None:
        """Start it; `folder` must exist, the picture's memory lies there. Raises RuntimeError if it does not start."""
        self.size = SIZE
        self._memory = folder / "Xvfb_screen0"
        read, write = os.pipe()
        words = ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{SIZE[0]}x{SIZE[1]}x24", "-fbdir", str(folder)]
        with open(folder / "xvfb.log", "wb") as log:
            self._server = subprocess.Popen(
                [*words, "-nolisten", "tcp", "-ac"], stdout=log, stderr=log, pass_fds=[write]
            )
        os.close(write)
        with os.fdopen(read) as pipe:
            number = pipe.readline().strip()
        if not number:
            self.close()
            raise RuntimeError(f"Xvfb did not start, see {folder / 'xvfb.log'}")
        self.display = f":{number}"

    def close(self) -> None:
        """Stop it."""
        self._server.terminate()
        self._server.wait(10)

    def picture(self) -> np.ndarray:
        """What is shown now: (height, width, 3) uint8, blue first as OpenCV has it."""
        held = self._memory.read_bytes()
        header, _, _, _, width, height = struct.unpack(">6I", held[:24])
        stride, colours = struct.unpack(">I", held[48:52])[0], struct.unpack(">I", held[76:80])[0]
        pixels = np.frombuffer(held, np.uint8, stride * height, header + 12 * colours)
        return pixels.reshape(height, stride // 4, 4)[:, :width, :3].copy()

    def save(self, path: Path, box: tuple[int, int, int, int] | None = None) -> None:
        """Write the picture, or the part `box` (left, top, right, bottom) of it, as PNG."""
        shown = self.picture()
        if box:
            shown = shown[box[1] : box[3], box[0] : box[2]]
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), shown, [cv2.IMWRITE_PNG_COMPRESSION, 9])

    def still_picture(self, seconds: float = 10.0, pause: float = 0.1) -> np.ndarray:
        """The picture once two looks in a row, `pause` apart, are the same; the last one if that never happens."""
        limit = time.monotonic() + seconds
        last = self.picture()
        while time.monotonic() < limit:
            time.sleep(pause)
            now = self.picture()
            if np.array_equal(now, last):
                break
            last = now
        return last

    def move(self, x: float, y: float) -> None:
        """Bring the mouse to a place, by a way that a program notices even if the mouse was there."""
        self._do("mousemove", str(int(x) + 2), str(int(y) + 1), "sleep", "0.05", "mousemove", str(int(x)), str(int(y)))
        time.sleep(0.1)

    def click(self, x: float, y: float, button: int = 1, times: int = 1) -> None:
        """Move there and click."""
        self.move(x, y)
        self._do("click", "--repeat", str(times), "--delay", "60", str(button))

    def drag(self, start: tuple[float, float], end: tuple[float, float], steps: int = 40) -> None:
        """Press the left button at `start`, go to `end` as slowly as a hand would, let go."""
        self.move(*start)
        time.sleep(0.4)
        self._do("mousedown", "1")
        time.sleep(0.3)
        for step in range(1, steps + 1):
            part = (step / steps) ** 2  # the first steps are small: a program has to tell a drag from a click
            x, y = (round(a + (b - a) * part) for a, b in zip(start, end, strict=True))
            self._do("mousemove", str(x), str(y), "sleep", "0.04")
        time.sleep(0.4)
        self._do("mouseup", "1")

    def place_window(self, name: str, x: int, y: int) -> None:
        """Move a further window to (x, y): without a window manager a dialogue opens where the mouse is, half outside.

        `name` is a part of its title; waits until there is such a window.
        """
        self._do("search", "--sync", "--onlyvisible", "--name", name, "windowmove", "--sync", str(x), str(y))

    def key(self, *names: str) -> None:
        """Press keys one after the other, as xdotool names them: "n", "ctrl+z", "Return"."""
        self._do("key", "--delay", "60", *names)

    def type(self, text: str) -> None:
        """Type a text."""
        self._do("type", "--delay", "15", text)

    def _do(self, *words: str) -> None:
        subprocess.run(["xdotool", *words], check=True, env={**os.environ, "DISPLAY": self.display}, timeout=60)
