# SPDX-License-Identifier: GPL-3.0-or-later
"""Parametric bodies: the skeleton, the body model, safe reading of model files, and the builder of the open human."""

from ..errors import UserError


class BodyError(UserError):
    """A body file or body parameter the user gave cannot be used: one line saying what was expected and what came."""
