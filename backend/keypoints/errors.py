# SPDX-License-Identifier: GPL-3.0-or-later
"""The error of the keypoint layer."""

from ..errors import UserError


class KeypointError(UserError):
    """A keypoint file or clip that cannot be used; one line for the user."""
