# SPDX-License-Identifier: GPL-3.0-or-later
"""What about a detected clip will make a poor lift, said before the lift."""

import numpy as np

from ..keypoints.clip import KeypointClip
from ..keypoints.layouts import get_layout

SMALL = 90  # pixels from head to feet
MOSTLY = 0.4  # of the frames
# Whichever of these a layout has: a person's, or an animal's.
_LIMBS = {
    "feet": ("left_ankle", "right_ankle", "left_back_paw", "right_back_paw"),
    "hands": ("left_wrist", "right_wrist"), "front paws": ("left_front_paw", "right_front_paw"),
}  # fmt: skip
_SEEN = 0.3


def doubts(clip: KeypointClip) -> tuple[str, ...]:
    """A sentence for everything that speaks against lifting the clip; none for a good one."""
    found = []
    layout = get_layout(clip.layout)
    anywhere = clip.present.any(1)
    spans = [np.ptp(row[here], axis=0).max() for row, here in zip(clip.points, clip.present, strict=True) if here.any()]
    size = float(np.median(spans)) if spans else 0.0
    who = f"Person {clip.person}"
    if size < SMALL:
        found.append(f"{who} is only {size:.0f} pixels tall: a lift needs about {SMALL}, so film closer or larger.")
    for what, names in _LIMBS.items():
        columns = [layout.names.index(name) for name in names if name in layout.names]
        if not columns:
            continue
        hidden = 1 - (clip.confidence[anywhere][:, columns] > _SEEN).any(1).mean()
        if hidden > MOSTLY:
            found.append(f"The {what} of person {clip.person} are out of sight in {hidden:.0%} of the frames.")
    away = 1 - anywhere.mean()
    if away > 0.2:
        found.append(f"{who} is not seen in {away:.0%} of the frames between the first and the last.")
    return tuple(found)
