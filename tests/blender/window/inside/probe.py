# SPDX-License-Identifier: GPL-3.0-or-later
"""Inside Blender: reads what panels draw, and makes one button of them red, without a change to the panels' code.

A panel's draw() is handed a layout that passes everything on, and remembers it. A button asked for is drawn with
Blender's own `alert`, so that a picture tells where it is.
"""

from collections.abc import Callable

import bpy


class Probe:
    """Stands in for the draw() of panel classes (or of anything with draw(self, context) and self.layout)."""

    def __init__(self) -> None:
        self.items: dict[str, list[dict]] = {}  # what each class drew last
        self.draws = 0
        self.wanted: dict | None = None  # the item to make red, as find() takes it
        self._own: dict[type, Callable] = {}

    def install(self, classes: list[type]) -> None:
        """Stand in for their draw(), until remove()."""
        for each in classes:
            if each not in self._own:
                self._own[each] = each.draw
                each.draw = self._drawing(each, each.draw)

    def remove(self) -> None:
        """Give every class its own draw() back."""
        for each, draw in self._own.items():
            each.draw = draw
        self._own.clear()
        self.wanted = None
        self.items.clear()

    def matches(self, item: dict) -> bool:
        """Whether this is the item to make red."""
        return bool(self.wanted) and all(item.get(key) == value for key, value in self.wanted.items())

    def _drawing(self, owner: type, draw: Callable) -> Callable:
        def drawn(panel, context):
            self.draws += 1
            items = self.items[owner.__name__] = []
            draw(_Drawn(panel, _Layout(panel.layout, items, self, owner.__name__)), context)

        return drawn


class _Drawn:
    """The panel as its draw() sees it: itself, but for the layout."""

    def __init__(self, panel, layout) -> None:
        self.layout = layout
        self._panel = panel

    def __getattr__(self, name: str):
        return getattr(self._panel, name)


class _Layout:
    """A UILayout that writes down what is put in it."""

    def __init__(self, real: bpy.types.UILayout, items: list[dict], probe: Probe, panel: str) -> None:
        for name, value in (("_real", real), ("_items", items), ("_probe", probe), ("_panel", panel)):
            object.__setattr__(self, name, value)

    def __getattr__(self, name: str):
        value = getattr(self._real, name)
        return self._call(name, value) if callable(value) else value

    def __setattr__(self, name: str, value) -> None:
        if name != "alert" or not self._probe.wanted:  # nothing else may be red while one button is
            setattr(self._real, name, value)

    def _call(self, name: str, function: Callable) -> Callable:
        def called(*words, **named):
            item = self._item(name, words, named)
            red = self._probe.matches(item)
            if red:
                self._real.alert = True
            result = function(*words, **named)
            if red:
                self._real.alert = False
            return self._inner(result)

        return called

    def _item(self, name: str, words: tuple, named: dict) -> dict:
        """Write one call down: {"panel", "kind", "name", "text", "enabled"}; `name` is an operator's or property's."""
        plain = [word for word in words if isinstance(word, str)]
        subject = named.get("operator") or named.get("property") or (plain[0] if plain else "")
        text = named.get("text", plain[0] if name == "label" and plain else "")
        item = {"panel": self._panel, "kind": name, "name": subject, "text": text, "enabled": self._real.enabled}
        if name in ("label", "operator", "prop", "progress", "menu", "popover", "prop_search"):
            self._items.append(item)
        return item

    def _inner(self, result):
        if isinstance(result, bpy.types.UILayout):
            return _Layout(result, self._items, self._probe, self._panel)
        if isinstance(result, tuple):
            return tuple(self._inner(each) for each in result)
        return result
