# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user can put right about a video or a detector."""

from ..errors import UserError


class VideoError(UserError):
    """A video that cannot be read, or has nobody in it."""


class DetectorError(UserError):
    """A detector that is not there, or a model file that is not what it should be."""
