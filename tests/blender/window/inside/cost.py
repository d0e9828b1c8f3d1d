# SPDX-License-Identifier: GPL-3.0-or-later
"""Inside Blender: how long functions take when Blender calls them, e.g. each panel's draw() at a real redraw."""

import time
from collections.abc import Callable


class Cost:
    """Stands in for functions that are attributes of something, and notes when each call began and how long it took."""

    def __init__(self) -> None:
        self.calls: dict[str, list[tuple[float, float]]] = {}
        self._own: list[tuple[object, str, Callable]] = []

    def watch(self, owner: object, name: str, title: str) -> None:
        """Note every call of `owner.name` under a title, until stop()."""
        own = getattr(owner, name)
        calls = self.calls.setdefault(title, [])

        def timed(*words, **named):
            started = time.perf_counter()
            try:
                return own(*words, **named)
            finally:
                calls.append((started, time.perf_counter() - started))

        def drawn(panel, context):
            return timed(panel, context)

        self._own.append((owner, name, own))
        setattr(owner, name, drawn if name == "draw" else timed)  # Blender counts the arguments that draw() takes

    def stop(self) -> dict[str, list[tuple[float, float]]]:
        """Give all functions back; the calls by title: when each began, by perf_counter(), and its seconds."""
        for owner, name, own in reversed(self._own):
            setattr(owner, name, own)
        self._own.clear()
        found, self.calls = self.calls, {}
        return found
