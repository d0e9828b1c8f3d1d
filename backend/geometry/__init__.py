# SPDX-License-Identifier: GPL-3.0-or-later
"""Cameras, epipolar geometry, triangulation and rotations: torch, batched over any leading dimensions."""
