# SPDX-License-Identifier: GPL-3.0-or-later
"""Lift to 3D in Blender: an animated character from a clip of 2D keypoints.

`core` is numpy alone, `jobs` the standard library alone, and `scene` the only code that writes Blender's data, so
that the first two import and are tested without Blender. The lifting itself is a process of its own (`jobs.worker`).
Nothing happens at import.
"""


def register() -> None:
    """Add the extension to Blender."""
    from . import registration

    registration.register()


def unregister() -> None:
    """Take it out again, leaving nothing behind."""
    from . import registration

    registration.unregister()
