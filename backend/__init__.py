# SPDX-License-Identifier: GPL-3.0-or-later
"""Lift to 3D: the worker that turns 2D keypoints into 3D motion."""

__version__ = "0.1.0"
