# SPDX-License-Identifier: GPL-3.0-or-later
"""Motion of quadrupeds made by rules and chance: gaits, postures and gestures on any rest joints (see README.md)."""

from .bodies import draw_body
from .generate import QuadrupedMotion, make_motion
from .kinds import KINDS
from .measures import MotionError

__all__ = ["KINDS", "MotionError", "QuadrupedMotion", "draw_body", "make_motion"]
