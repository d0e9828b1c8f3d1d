# SPDX-License-Identifier: GPL-3.0-or-later
"""Measuring a lift against motion capture that it has not seen: filming, detector noise, metrics, the table."""

from ..errors import UserError


class EvaluationError(UserError):
    """An evaluation that cannot be run as asked."""
