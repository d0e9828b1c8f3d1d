# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender's Movie Clip Editor by mouse and keyboard: a film opened in it, our tab of its sidebar, tracks placed."""

from collections.abc import Mapping
from pathlib import Path

from tests.blender.window import file_dialog
from tests.blender.window.blender_window import BlenderWindow, wait_for
from tests.blender.window.sidebar import Sidebar

AREA = "CLIP_EDITOR"
ADD = {"panel": "LIFT3D_PT_tracker", "kind": "operator", "name": "lift3d.add_tracks"}
USE = {"panel": "LIFT3D_PT_tracker", "kind": "operator", "name": "lift3d.use_tracks"}
SUBJECT = {"panel": "LIFT3D_PT_tracker", "kind": "prop", "name": "subject"}
_SPACE = f"facts.area({AREA!r}).spaces.active"
_CLIP = f"{_SPACE}.clip"


class ClipEditor:
    """The largest viewport turned into a clip editor; leave() turns it back."""

    def __init__(self, window: BlenderWindow, film: Path) -> None:
        """Turn it by its key, and choose the film in the dialogue."""
        self.window, self.screen = window, window.screen
        self.sidebar = Sidebar(window, area=AREA)
        self._hover("VIEW_3D")
        self.screen.key("shift+F2")
        wait_for(lambda: window.ask(f"facts.area({AREA!r}) is not None"), "the clip editor")
        self._hover(AREA)
        self.screen.key("alt+o")
        file_dialog.choose(window, film)
        wait_for(lambda: window.ask(f"{_CLIP} is not None"), "the film")
        self.sidebar.open()

    def add_tracks(self, subject: str, letter: str) -> list[str]:
        """Choose the subject in the tab, by the letter that is underlined in its menu, and click the button; the names
        of the tracks."""
        self.sidebar.click(**SUBJECT)
        self.screen.still_picture()
        self.screen.key(letter)
        wait_for(lambda: self.window.ask(f"{_CLIP}.lift3d_tracks.subject") == subject, f"{subject} to be chosen")
        self.sidebar.click(**ADD)
        return wait_for(lambda: self.window.ask(f"[each.name for each in {_CLIP}.tracking.tracks]"), "the tracks")

    def place(self, positions: Mapping[str, Mapping[int, tuple[float, float]]]) -> None:
        """Set tracks' positions in frames of the film, from 1: pixels from the top left, in place of where they are."""
        self.window.run(f"clip, positions = {_CLIP}, {dict(positions)!r}\n{_PLACE}")

    def use_tracks(self) -> str:
        """Click the button; the clip that is then chosen."""
        self.sidebar.click(**USE)
        return wait_for(lambda: self.window.ask("facts.window().scene.lift3d.clip"), "the clip")

    def leave(self) -> None:
        """Turn the editor back into a viewport."""
        self._hover(AREA)
        self.screen.key("shift+F5")
        wait_for(lambda: self.window.ask(f"facts.area({AREA!r}) is None"), "the viewport")

    def _hover(self, area: str) -> None:
        box = self.window.region("WINDOW", area)
        self.screen.move((box["left"] + box["right"]) / 3, (box["top"] + box["bottom"]) / 2)


_PLACE = """
for name, at in positions.items():
    markers = clip.tracking.tracks[name].markers
    for frame, (x, y) in at.items():
        markers.insert_frame(frame, co=(x / clip.size[0], 1 - y / clip.size[1]))
    for marker in list(markers):
        if marker.frame not in at:
            markers.delete_frame(marker.frame)
"""
