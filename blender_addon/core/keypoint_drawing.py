# SPDX-License-Identifier: GPL-3.0-or-later
"""Keypoints of one frame as lines and discs in a picture's place on the screen."""

from dataclasses import dataclass

import numpy as np

from .source_keypoints import BOX, LEFT, MIDDLE, RIGHT, SourceKeypoints, lines, side

# Red, green, blue. Left and right differ in brightness too, for those who do not tell these hues apart.
COLOURS = {LEFT: (0.20, 0.62, 1.0), RIGHT: (1.0, 0.45, 0.10), MIDDLE: (0.90, 0.95, 0.55), BOX: (0.95, 0.35, 0.85)}
_FAINTEST = 0.2  # what is seen of a point of confidence 0
_CORNERS = 12  # of a disc


@dataclass(frozen=True)
class Figure:
    """What to draw of one frame. lines: (2 N, 2), two ends after one another; discs: (3 M, 2), corners of triangles;
    both on the screen, with the colour (.., 4) of each: red, green, blue, opacity."""

    lines: np.ndarray
    line_colours: np.ndarray
    discs: np.ndarray
    disc_colours: np.ndarray


def place(points: np.ndarray, size: tuple[int, int], frame: np.ndarray) -> np.ndarray:
    """Pixels (.., 2) of a picture of this width and height, from its top left corner, as points on the screen (.., 2).

    frame: the camera's frame on the screen, any of its corners (C, 2), y up. The picture is as wide as the frame and in
    its middle, whatever the frame's height, as the camera's lens has it.
    """
    low, high = frame.min(axis=0), frame.max(axis=0)
    scale = (high[0] - low[0]) / size[0]
    away = (points - np.array(size) / 2) * scale
    return (low + high) / 2 + away * np.array([1.0, -1.0])


def over_head(screen: np.ndarray, gap: float) -> tuple[float, float] | None:
    """Where a number goes, by its middle and foot: so far above the highest of the points (K, 2) on the screen, y up;
    None where none is there."""
    there = screen[np.isfinite(screen).all(-1)]
    if not len(there):
        return None
    return float((there[:, 0].min() + there[:, 0].max()) / 2), float(there[:, 1].max() + gap)


def figure(keypoints: SourceKeypoints, index: int, screen: np.ndarray, radius: float) -> Figure:
    """The lines and discs of a frame, by its index. screen: its points as `place` gives them. radius: of discs."""
    confidence = keypoints.confidence[index]
    seen = confidence > 0
    colours = np.array([[*COLOURS[side(name)], 1.0] for name in keypoints.names], np.float32).reshape(-1, 4)
    colours[:, 3] = _FAINTEST + (1 - _FAINTEST) * confidence
    joined = [pair for pair in lines(keypoints.names) if seen[pair[0]] and seen[pair[1]]]
    ends = np.array(joined, int).reshape(-1)
    # A line has the side of what it leads to, so that a hip's line from the middle is a side's already.
    line_colours = np.repeat(colours[ends[1::2]], 2, axis=0)
    line_colours[:, 3] = colours[ends, 3]
    turns = np.linspace(0, 2 * np.pi, _CORNERS + 1)
    rim = radius * np.stack([np.cos(turns), np.sin(turns)], axis=-1)
    wedge = np.stack([np.zeros((_CORNERS, 2)), rim[:-1], rim[1:]], axis=1).reshape(-1, 2)
    discs = (screen[seen][:, None] + wedge).reshape(-1, 2)
    return Figure(screen[ends], line_colours, discs, np.repeat(colours[seen], len(wedge), axis=0))
