# SPDX-License-Identifier: GPL-3.0-or-later
"""Files, rotations, skeletons and cameras in numpy alone: nothing here knows Blender.

The world is Z up, right-handed, in metres; quaternions are wxyz; rotation matrices act on columns.
"""


class CoreError(Exception):
    """A file that cannot be used: one line saying what was expected, what came and what to do."""

    def __str__(self) -> str:
        return " ".join(super().__str__().split())
