# SPDX-License-Identifier: GPL-3.0-or-later
"""When two frame rates are one: keys are whole frames then, and nobody need be told of a difference."""

# Files write 29.97 for 30000 / 1001, and Blender keeps the base of its rate in single precision: a millionth each.
# 29.97 and 30 differ by a thousandth, which is a frame after half a minute.
_ROUNDING = 1e-5


def same_rate(one: float, other: float) -> bool:
    """Whether two rates in frames a second are one, but for the rounding of files and of Blender."""
    return abs(one - other) <= _ROUNDING * max(one, other)
