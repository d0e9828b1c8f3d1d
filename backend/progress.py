# SPDX-License-Identifier: GPL-3.0-or-later
"""How long work tells where it is."""

from collections.abc import Callable

#: Called with the stage's name, the steps done and the steps in all; it may raise ``Cancelled`` to stop the work.
Progress = Callable[[str, int, int], None]


def silent(stage: str, done: int, total: int) -> None:
    """Progress for callers that do not want to know."""
