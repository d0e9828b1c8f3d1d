# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a video cuts to another shot: frames whose colours and layout have little to do with the frame before."""

import cv2
import numpy as np

_GRID = (16, 9)  # cells of which the mean colours are compared
_BINS = 16
CUT = 0.35


class CutFinder:
    """Told every frame in order, says whether a new shot begins there."""

    def __init__(self):
        self._before: tuple[np.ndarray, np.ndarray] | None = None
        self._changes: list[float] = []  # of late, within the shot

    def is_cut(self, image: np.ndarray) -> bool:
        """image (H, W, 3) uint8. A cut changes the histogram and the layout at once, and several times as much as the
        frames before it did: a fast pan or a flash changes one of them, or more than once."""
        small = cv2.resize(image, (160, 90), interpolation=cv2.INTER_AREA)
        colours = cv2.resize(small, _GRID, interpolation=cv2.INTER_AREA).astype(float) / 255
        hues = cv2.cvtColor(small, cv2.COLOR_BGR2HSV)
        histogram = cv2.calcHist([hues], [0, 1, 2], None, [_BINS, 4, 8], [0, 180, 0, 256, 0, 256]).ravel()
        histogram = histogram / histogram.sum()
        before, self._before = self._before, (colours, histogram)
        if before is None:
            return False
        layout = float(np.abs(colours - before[0]).mean() / 0.25)
        histograms = float(1 - np.minimum(histogram, before[1]).sum())
        change = min(layout, histograms)
        usual = float(np.median(self._changes)) if self._changes else 0.0
        if change > CUT and change > 4 * usual:
            self._changes = []
            return True
        self._changes = [*self._changes[-30:], change]
        return False
