# SPDX-License-Identifier: GPL-3.0-or-later
"""Training motion of people with boxes, made from motion capture of people.

All 23 points of a clip are places in one world: turned, moved, scaled as a whole or mirrored (with left and right, and
the box's corners, exchanged) it is as good a clip. Bodies are given other proportions before, since hands lie on boxes.
"""

from .make import make_box_clips

__all__ = ["make_box_clips"]
