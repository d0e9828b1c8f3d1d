# SPDX-License-Identifier: GPL-3.0-or-later
"""Training motion of people with boxes, made from motion capture of people."""

from .make import make_box_clips

__all__ = ["make_box_clips"]
