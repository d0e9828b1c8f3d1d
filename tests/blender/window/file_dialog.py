# SPDX-License-Identifier: GPL-3.0-or-later
"""Files by mouse and keyboard: chosen in Blender's dialogue, or dragged from its file browser."""

import time
from pathlib import Path

from tests.blender.window.blender_window import BlenderWindow, wait_for

TITLE = "Blender File View"
PLACE = (200, 150)


def choose(window: BlenderWindow, path: Path, picture: str = "") -> None:
    """In the dialogue that is open or just opening: type the folder, type the name, click the blue button.

    `picture` names a picture to take before the button is clicked.
    """
    screen = window.screen
    screen.place_window(TITLE, *PLACE)
    bar = wait_for(lambda: _region(window, "UI"), "the dialogue's path bar")
    screen.still_picture()
    screen.click(*_in(bar, 0.4), times=2)
    screen.key("ctrl+a")
    screen.type(f"{path.parent}/")
    screen.key("Return")
    wait_for(lambda: window.ask(f"{_SPACE}.params.directory.decode()").rstrip("/") == str(path.parent), "the folder")
    below = _region(window, "EXECUTE")
    screen.still_picture()
    screen.click(*_in(below, 0.3), times=2)
    screen.key("ctrl+a")
    screen.type(path.name)
    screen.key("Return")
    wait_for(lambda: window.ask(f"{_SPACE}.params.filename") == path.name, "the file's name")
    if picture:
        window.shot(picture)
    screen.still_picture()
    wait_for(lambda: _clicked_away(window, below), "the dialogue to close")
    time.sleep(0.2)


def drag_from_browser(window: BlenderWindow, path: Path) -> None:
    """Drag a file, the only one in its folder, from a file browser to the middle of the 3D viewport and drop it."""
    window.run("facts.area('PROPERTIES').type = 'FILE_BROWSER'")
    window.redrawn()
    window.run(
        "space = facts.area('FILE_BROWSER').spaces.active\n"
        "space.show_region_toolbar = space.show_region_ui = False\n"
        f"space.params.directory = {str(path.parent).encode()!r}\n"
        "space.params.display_type = 'LIST_VERTICAL'"
    )
    window.redrawn()
    time.sleep(0.5)  # files are listed by another thread
    listed, viewport = window.region("WINDOW", "FILE_BROWSER"), window.region("WINDOW")
    middle = (viewport["left"] + viewport["right"]) / 2, (viewport["top"] + viewport["bottom"]) / 2
    window.screen.drag((listed["left"] + 20, listed["top"] + 35), middle)  # its picture, below the columns' names


# The dialogue's window is the last that was opened.
_WINDOW = "bpy.context.window_manager.windows[-1]"
_SPACE = f"facts.area('FILE_BROWSER', {_WINDOW}).spaces.active"


def _clicked_away(window: BlenderWindow, below: dict) -> bool:
    """Click the blue button, and whether that closed the dialogue: on a busy machine the first click may only end the
    typing of the name."""
    window.screen.click(*_in(below, 0.93))
    end = time.monotonic() + 5
    while time.monotonic() < end:
        if not _region(window, "UI"):
            return True
        time.sleep(0.1)
    return False


def _region(window: BlenderWindow, kind: str) -> dict | None:
    box = window.ask(f"facts.region({kind!r}, 'FILE_BROWSER', {_WINDOW})")
    if box:
        for side, offset in (("left", 0), ("right", 0), ("top", 1), ("bottom", 1)):
            box[side] += PLACE[offset]
    return box


def _in(box: dict, part: float) -> tuple[float, float]:
    """A place in a region: `part` of the way from its left to its right, in the middle of its height."""
    return box["left"] + part * (box["right"] - box["left"]), (box["top"] + box["bottom"]) / 2
