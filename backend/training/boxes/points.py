# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of the 18 points of a person are which, as (left, right) where there are two."""

from ...keypoints.layouts import LAYOUTS

_NAMES = LAYOUTS["openpose18"].names


def _sides(name: str) -> list[int]:
    return [_NAMES.index(f"left_{name}"), _NAMES.index(f"right_{name}")]


HIPS, KNEES, ANKLES = _sides("hip"), _sides("knee"), _sides("ankle")
SHOULDERS, ELBOWS, WRISTS = _sides("shoulder"), _sides("elbow"), _sides("wrist")
NECK = _NAMES.index("neck")
HEAD = [_NAMES.index("nose"), *_sides("eye"), *_sides("ear")]
PEOPLE_POINTS = len(_NAMES)
