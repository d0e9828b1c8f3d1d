# SPDX-License-Identifier: GPL-3.0-or-later
"""Parametric bodies: the skeleton, the body models, safe reading of model files, builders of the open ones."""

from ..errors import UserError


class BodyError(UserError):
    """A body file or body parameter the user gave cannot be used: one line saying what was expected and what came."""
