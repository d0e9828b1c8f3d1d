# SPDX-License-Identifier: GPL-3.0-or-later
"""A motion of one skeleton onto another of the same kind: parts of the body are matched, not bones.

All of it is in Blender's world: Z up, metres. A rotation "relative to rest" turns what a bone is at rest, in the
world, into what it is now; so it says nothing of a bone's roll, and two skeletons need no common rest pose.
"""

from .. import CoreError


class RetargetError(CoreError):
    """A motion, a rig or a bone map that cannot be used for retargeting."""
