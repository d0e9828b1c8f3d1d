# SPDX-License-Identifier: GPL-3.0-or-later
"""Our tab in an editor's sidebar, as someone with a mouse sees it: find a button, click it, read what is shown.

A button is told by what its code draws: kind="operator", name="lift3d.lift"; kind="prop", name="clip"; text="...".
Where it lies is seen in a picture: it is drawn once in red, and what became red is the button.
"""

import cv2
import numpy as np

from tests.blender.window.blender_window import BlenderWindow, wait_for

CATEGORY = "Lift to 3D"


class Sidebar:
    """One tab of the sidebar of the largest editor of a kind, the 3D viewport or the Movie Clip Editor. Boxes are left,
    top, right, bottom in pixels."""

    def __init__(self, window: BlenderWindow, category: str = CATEGORY, area: str = "VIEW_3D") -> None:
        self.window, self.screen = window, window.screen
        self.category, self.area = category, area

    def open(self) -> None:
        """Bring the mouse over the editor, press N if the sidebar is hidden, and open the tab."""
        box = self.window.region("WINDOW", self.area)
        self.screen.move((box["left"] + box["right"]) / 2, (box["top"] + box["bottom"]) / 2)
        if not self._region():
            self.screen.key("n")
            wait_for(self._region, "the sidebar")
        self.screen.still_picture()
        if not self._is_open():
            self._click_the_tab()

    def items(self) -> list[dict]:
        """What the tab's panels show, from top to bottom of each: panel, kind, name, text, enabled."""
        self._look()
        shown = self.window.ask("probe.items")
        self._leave()
        return [item for items in shown.values() for item in items]

    def texts(self) -> list[str]:
        """All words that the tab's panels show but for names of properties."""
        return [item["text"] for item in self.items() if item["text"]]

    def box(self, **wanted) -> tuple[int, int, int, int]:
        """Where the button or field drawn with these values lies. Raises AssertionError when none is in sight."""
        before = self._look()
        drawn = [item for items in self.window.ask("probe.items").values() for item in items]
        self.window.run(f"probe.wanted = {wanted!r}")
        after = self.window.redrawn()
        self._leave()
        red = (_redness(after) - _redness(before) > 25) & self._here(before)
        assert red.any(), f"no {wanted} in sight; drawn are {[(i['kind'], i['name'], i['text']) for i in drawn]}"
        return _largest(red)

    def click(self, times: int = 1, **wanted) -> None:
        """Click it in its middle with the mouse."""
        left, top, right, bottom = self.box(**wanted)
        self.screen.click((left + right) / 2, (top + bottom) / 2, times=times)

    def fill(self, text: str, **wanted) -> None:
        """Type a text into a field, in place of what it held."""
        self.click(times=2, **wanted)
        self.screen.key("ctrl+a")
        self.screen.type(text)
        self.screen.key("Return")

    def titles(self) -> list[tuple[float, float]]:
        """Where the titles of the tab's panels are, the lowest first."""
        return self._red_places("set_titles")

    def unfold(self) -> None:
        """Click the titles of sub-panels that are folded, the lowest first, so that the others stay where they are."""
        for x, y in self.titles()[:-1]:
            shown = len(self._drawn_panels())
            self.screen.click(x, y)
            if len(self._drawn_panels()) < shown:
                self.screen.click(x, y)  # it was open

    def shot(self, name: str) -> None:
        """A picture of the sidebar alone."""
        self.window.shot(name, self._region())

    def _is_open(self) -> bool:
        if self.area == "VIEW_3D":
            return self.window.ask("facts.open_tab()") == self.category
        return bool(self._drawn_panels())

    def _region(self) -> dict | None:
        return self.window.region("UI", self.area)

    def _click_the_tab(self) -> None:
        """Click the tabs, the last first since add-ons' come last, until ours is open."""
        tabs = self._red_places("set_tabs")
        for x, y in tabs:
            self.screen.click(x, y)
            try:
                return wait_for(self._is_open, f"the tab {self.category}", 2.0)
            except AssertionError:
                continue
        raise AssertionError(f"none of {len(tabs)} tabs is {self.category}")

    def _red_places(self, setter: str) -> list[tuple[float, float]]:
        """Middles of what one of facts' setters makes red for a moment, the lowest first."""
        own = self.window.ask(f"facts.{setter}(None, {self.area!r})")
        before = self.window.redrawn()
        self.window.run(f"facts.{setter}((1.0, 0.0, 0.0), {self.area!r})")
        red = (_redness(self.window.redrawn()) - _redness(before) > 60) & self._here(before)
        self.window.run(f"facts.{setter}({own}, {self.area!r})\nfacts.redraw()")
        return [((left + right) / 2, (top + bottom) / 2) for left, top, right, bottom in _parts(red)[::-1]]

    def _drawn_panels(self) -> list[str]:
        self._probe()
        drawn = self.window.ask("list(probe.items)")
        self._leave()
        return drawn

    def _look(self) -> np.ndarray:
        """Let the probe see one drawing of the panels; the picture of it."""
        picture = self._probe()
        assert self.window.ask("probe.draws"), f"no panel of the tab {self.category} is drawn"
        return picture

    def _probe(self) -> np.ndarray:
        self.window.run(f"probe.install(facts.panel_classes({self.category!r}))\nprobe.draws = 0")
        return self.window.redrawn()

    def _leave(self) -> None:
        self.window.run("probe.remove()\nfacts.redraw()")

    def _here(self, picture: np.ndarray) -> np.ndarray:
        """The sidebar's part of a picture, as a mask."""
        box = self._region()
        mask = np.zeros(picture.shape[:2], bool)
        mask[box["top"] : box["bottom"], box["left"] : box["right"]] = True
        return mask


def _redness(picture: np.ndarray) -> np.ndarray:
    blue, green, red = (picture[..., channel].astype(int) for channel in range(3))
    return red - np.maximum(green, blue)


def _largest(mask: np.ndarray) -> tuple[int, int, int, int]:
    """Box of the largest part."""
    return max(_parts(mask), key=lambda box: (box[2] - box[0]) * (box[3] - box[1]))


def _parts(mask: np.ndarray) -> list[tuple[int, int, int, int]]:
    """Boxes of the connected parts from top to bottom; gaps as between letters and words do not part them."""
    closed = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 25), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(closed)
    boxes = [(x, y, x + width, y + height) for x, y, width, height, area in stats[1:].tolist() if area > 100]
    return sorted(boxes, key=lambda box: box[1])
