# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures of a lifted motion in the words of the panel."""

from collections.abc import Sequence

# Mean distance between lifted and given keypoints, as a share of the picture's longer side, up to which a fit is
# called that. Jitter of a good detector alone is about a quarter of the first.
_GOOD, _FAIR = 0.008, 0.02


def length(seconds: float, frames: int) -> str:
    """ "4.0 s, 120 frames"."""
    if seconds < 60:
        return f"{seconds:.1f} s, {frames:,} frame{'s' * (frames != 1)}"
    return f"{seconds // 60:.0f} min {seconds % 60:.0f} s, {frames:,} frames"


def fit(reprojection: float, image_size: tuple[int, int] | None) -> str:
    """A mean reprojection error in pixels, and how good that is for a picture of this size (width, height)."""
    if not image_size or max(image_size) <= 0:
        return f"{reprojection:.1f} px"
    share = reprojection / max(image_size)
    verdict = "good" if share <= _GOOD else "fair" if share <= _FAIR else "poor"
    return f"{reprojection:.1f} px, {verdict}"


def metres(size: float) -> str:
    """The size of a body: "1.70 m", "0.26 m"."""
    return f"{size:.2f} m"


def box(size: Sequence[float], source: str) -> str:
    """The size of a box, and where it is from: "0.47 x 0.46 x 0.41 m, estimated"."""
    edges = " x ".join(f"{edge:.2f}" for edge in size)
    return f"{edges} m, {source}" if source else f"{edges} m"


def rate(fps: float) -> str:
    """A frame rate without needless digits: 30, 23.976."""
    return f"{fps:.5g} fps"
