# SPDX-License-Identifier: GPL-3.0-or-later
"""Which windows the report draws: those that travel most, from above, and a method's worst, as stick figures.

What is compared is rounded as kept results are, so that the choice is the same from those.
"""

from __future__ import annotations

from collections.abc import Sequence

PATHS = 8
WORST = 6
DIGITS = 3  # of every figure


def most_travelled(clips: Sequence[dict]) -> list[str]:
    """The names of the PATHS windows, of any one method's clips, in which the root gets furthest."""
    return [clip["window"] for clip in sorted(clips, key=lambda clip: -round(clip["root_travel_m"], DIGITS))[:PATHS]]


def worst(clips: Sequence[dict]) -> list[str]:
    """The names of the WORST windows of a method's clips, the worst first."""
    return [clip["window"] for clip in sorted(clips, key=lambda clip: -round(clip["mpjpe_mm"], DIGITS))[:WORST]]
