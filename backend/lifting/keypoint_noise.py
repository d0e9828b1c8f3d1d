# SPDX-License-Identifier: GPL-3.0-or-later
"""How far a source's keypoints may be trusted: told from how they tremble from frame to frame."""

from __future__ import annotations

from torch import Tensor

#: Metres across the line of sight: of keypoints that do not tremble at all, and the most that is assumed. Detectors
#: that tremble also drift, about twice as far, which the fit cannot tell from motion.
ERRORS = (0.0015, 0.012)
_GAIN = 20**0.5  # of independent noise by a third difference: 1 + 9 + 9 + 1
_NORMAL = 0.6745  # the median of a normal variable's size, in standard deviations


def image_error(rays: Tensor, weight: Tensor, depth: float) -> float:
    """The expected error in metres of keypoints ``rays (T, K, 2)`` (x / z, y / z) about ``depth`` metres away.

    weight (T, K): 0 where a point is missing. Third differences leave little of how people move and most of what
    changes anew in every frame; their median over all points does not see the fast ones.
    """
    if len(rays) < 4:
        return ERRORS[1]
    seen = (weight.unfold(0, 4, 1) > 0).all(-1)
    if not seen.any():
        return ERRORS[1]
    tremble = rays.diff(n=3, dim=0)[seen].abs().median() / (_NORMAL * _GAIN)
    return float((ERRORS[0] + tremble * depth).clamp(*ERRORS))
