# SPDX-License-Identifier: GPL-3.0-or-later
"""Loss curves as a picture: numpy pixels that Blender can show in a panel, where there is nothing to plot with.

Rows of the picture run from the bottom up, as Blender's images do; colours are RGBA, 0 to 1, opaque.
"""

import math
from dataclasses import dataclass

import numpy as np

from .pixel_digits import stamp, width_of

PAPER, GRID, INK = (0.10, 0.10, 0.11), (0.22, 0.22, 0.24), (0.68, 0.68, 0.70)
#: Of the losses, in the order in which the rows name them.
COLOURS = ((0.92, 0.92, 0.92), (0.95, 0.58, 0.20), (0.36, 0.66, 1.00), (0.45, 0.80, 0.40))
_THICK = 2.0  # pixels of a curve at scale 1


@dataclass(frozen=True)
class _Frame:
    """Where the curves go: pixels of the plot's corners, and the values there (losses as their logarithms)."""

    left: int
    right: int
    bottom: int
    top: int
    steps: float
    low: float
    high: float

    def x(self, step) -> np.ndarray:
        return self.left + (self.right - self.left) * np.asarray(step, float) / self.steps

    def y(self, loss) -> np.ndarray:
        return self.bottom + (self.top - self.bottom) * (np.log10(loss) - self.low) / (self.high - self.low)


def names(rows: list[dict[str, float]]) -> list[str]:
    """The losses that the rows name, at most as many as there are colours."""
    found = dict.fromkeys(name for row in rows for name in row if name != "step")
    return list(found)[: len(COLOURS)]


def draw_curve(rows: list[dict[str, float]], steps: int, size: tuple[int, int], scale: int = 1) -> np.ndarray:
    """A picture (height, width, 4) float32 of every loss over the steps, the losses on a logarithmic axis.

    rows: {"step": n, loss's name: value}, from the first to the last. steps: where the axis ends. size: width and
    height in pixels. scale: of digits and lines, for screens of many pixels.
    """
    width, height = size
    picture = np.empty((height, width, 4), np.float32)
    picture[:] = (*PAPER, 1)
    curves = {name: _curve(rows, name) for name in names(rows)}
    values = np.concatenate([curve[1] for curve in curves.values()]) if curves else np.ones(0)
    low, high = _range(values)
    ticks = _loss_ticks(low, high)
    margin = 4 * scale
    frame = _Frame(
        left=margin * 2 + max(width_of(text, scale) for _, text in ticks), right=width - margin * 2,
        bottom=margin * 2 + 7 * scale, top=height - margin * 2,
        steps=float(max(steps, rows[-1]["step"] if rows else 1, 1)), low=low, high=high,
    )  # fmt: skip
    if frame.right - frame.left < 20 or frame.top - frame.bottom < 20:
        return picture  # too small for anything to be read
    for value, text in ticks:
        y = round(float(frame.y(value)))
        picture[y : y + scale, frame.left : frame.right, :3] = GRID
        stamp(picture, frame.left - margin - width_of(text, scale), y - 3 * scale, text, INK, scale)
    end = -1
    for step in _step_ticks(frame.steps):
        x, text = round(float(frame.x(step))), _short(step)
        picture[frame.bottom : frame.top, min(x, width - scale) : x + scale, :3] = GRID
        at = min(x - width_of(text, scale) // 2, width - margin - width_of(text, scale))
        if at > end:
            stamp(picture, at, margin, text, INK, scale)
            end = at + width_of(text, scale) + 2 * margin
    for (step, value), colour in reversed(list(zip(curves.values(), COLOURS, strict=False))):
        if len(step):
            _draw_line(picture, frame, frame.x(step), frame.y(value), colour, _THICK * scale)
    return picture


def _curve(rows: list[dict[str, float]], name: str) -> tuple[np.ndarray, np.ndarray]:
    """Steps and values of one loss where it can be drawn: positive and finite."""
    pairs = [(row["step"], row[name]) for row in rows if isinstance(row.get(name), int | float)]
    step, value = np.array(pairs, float).reshape(-1, 2).T
    fine = np.isfinite(value) & (value > 0)
    return step[fine], value[fine]


def _draw_line(picture: np.ndarray, frame: _Frame, x: np.ndarray, y: np.ndarray, colour, thick: float) -> None:
    """A smooth line through points that go to the right; a single point becomes a short dash."""
    first, last = int(x[0]), int(min(max(x[-1], x[0] + 4), frame.right - 1))
    # Each column is passed from its left edge's height to its right one's.
    edges = np.interp(np.arange(first, last + 2) - 0.5, x, y).astype(np.float32)
    low, high = np.minimum(edges[:-1], edges[1:]), np.maximum(edges[:-1], edges[1:])
    bottom, top = max(int(low.min() - thick), 0), min(int(high.max() + thick) + 1, picture.shape[0])
    middle = np.arange(bottom, top, dtype=np.float32)[:, None]
    away = np.maximum(np.maximum(low - middle, middle - high), 0)
    steep = np.maximum(1 / np.hypot(1, high - low), 0.2)
    cover = np.clip(thick / 2 + 0.5 - away * steep, 0, 1)[..., None]
    part = picture[bottom:top, first : last + 1, :3]
    part += cover * (np.array(colour, np.float32) - part)


def _range(values: np.ndarray) -> tuple[float, float]:
    """The logarithms between which the values lie, with a little room, and never less than a factor of two."""
    if not len(values):
        return -1.0, 0.0
    low, high = math.log10(values.min()), math.log10(values.max())
    room = max(0.06 * (high - low), (math.log10(2) - (high - low)) / 2, 0.01)
    return low - room, high + room


def _loss_ticks(low: float, high: float) -> list[tuple[float, str]]:
    """Round values between two logarithms: powers of ten, with 2 and 5 between them where there is room."""
    for digits in ((1,), (1, 3), (1, 2, 5), (1, 1.5, 2, 3, 5, 7)):
        found = [
            (digit * 10.0**power, f"{digit * 10.0**power:.4g}")
            for power in range(math.floor(low), math.ceil(high) + 1)
            for digit in digits
            if low <= math.log10(digit) + power <= high
        ]
        if len(found) >= 3:
            break
    return (found or [(10 ** ((low + high) / 2), f"{10 ** ((low + high) / 2):.2g}")])[:12]


def _step_ticks(steps: float) -> list[float]:
    """Round steps from 0 on, four or five of them."""
    rough = steps / 4
    power = 10.0 ** math.floor(math.log10(rough))
    every = next(digit * power for digit in (1, 2, 2.5, 5, 10) if digit * power >= rough * 0.999)
    return [every * number for number in range(int(steps / every + 1e-6) + 1)]


def _short(step: float) -> str:
    """ "500", "1k", "2.5k"."""
    return f"{step / 1000:.4g}k" if step >= 1000 else f"{step:.4g}"
