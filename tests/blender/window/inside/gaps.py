# SPDX-License-Identifier: GPL-3.0-or-later
"""Inside Blender: how long the window does not answer, as the gaps between the calls of a 10 ms app timer."""

import time

import bpy

STEP = 0.01  # seconds


class Gaps:
    """Start, let Blender run, stop."""

    def __init__(self) -> None:
        self._times: list[float] = []
        self._timer = self._note  # the same object for register and unregister

    def start(self) -> None:
        """Begin to note when Blender's main thread comes by."""
        self._times = [time.perf_counter()]
        bpy.app.timers.register(self._timer, first_interval=STEP, persistent=True)

    def stop(self) -> list[tuple[float, float]]:
        """When each gap since start() began, by perf_counter(), and how long it was; both in seconds."""
        bpy.app.timers.unregister(self._timer)
        return [(sooner, later - sooner) for sooner, later in zip(self._times[:-1], self._times[1:], strict=True)]

    def _note(self) -> float:
        self._times.append(time.perf_counter())
        return STEP
