# SPDX-License-Identifier: GPL-3.0-or-later
"""Ctrl-C as a wish that is seen to between two steps, so that it never falls into Blender's own code."""

import signal
import threading
from typing import Any


class Interruption:
    """While it is entered, a first Ctrl-C sets `asked`; a second one raises KeyboardInterrupt."""

    def __init__(self):
        self.asked = False

    def __enter__(self) -> "Interruption":
        self._ours = threading.current_thread() is threading.main_thread()
        if self._ours:
            self._before = signal.signal(signal.SIGINT, self._interrupted)
        return self

    def __exit__(self, *error: Any) -> None:
        if self._ours:
            signal.signal(signal.SIGINT, self._before or signal.default_int_handler)

    def _interrupted(self, number: int, frame: Any) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True  # to say so here could fall into the middle of another word
