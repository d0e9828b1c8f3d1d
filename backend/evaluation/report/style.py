# SPDX-License-Identifier: GPL-3.0-or-later
"""How every plot of the report looks: one width, light, few lines, colours that colour-blind people tell apart."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.offsetbox import AnchoredOffsetbox, HPacker, TextArea
from matplotlib.transforms import Transform

from . import groups

#: A page shows them 800 pixels wide, so that a point of type is 1.4 of its pixels; twice that for sharp screens.
WIDTH_INCHES = 8.0
DPI = 200
WIDTH_PX = int(WIDTH_INCHES * DPI)

# Okabe and Ito's palette (2008).
COLOURS = {"2d": "#E69F00", "3d": "#009E73", "ours": "#0072B2"}
TRUTH, FAINT, TEXT, GRID = "#222222", "#9a9a9a", "#222222", "#e3e3e3"
#: For more than three things of one kind, from light to dark as they grow.
STEPS_OF_BLUE = ("#7fb8dd", "#2f8ac4", "#00456e")

_SIZE = 9.0
SMALL = 8.0


def new_figure(height: float) -> Figure:
    """A figure of the report's width, `height` inches high."""
    figure = Figure(figsize=(WIDTH_INCHES, height), dpi=DPI, layout="constrained", facecolor="white")
    FigureCanvasAgg(figure)
    figure.get_layout_engine().set(w_pad=0.08, h_pad=0.08)
    return figure


def dress(axes: Axes, grid: str | None = "x") -> None:
    """Only the lines that are read: a faint grid across one axis, no box."""
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, labelsize=_SIZE, colors=TEXT)
    axes.set_axisbelow(True)
    if grid:
        axes.grid(axis=grid, color=GRID, linewidth=0.8)
    for label in (axes.xaxis.label, axes.yaxis.label):
        label.set_size(_SIZE)
        label.set_color(TEXT)


def colour_of(method: str) -> str:
    """A method's colour: its group's, and a faint one for the trivial method."""
    return FAINT if method == groups.TRIVIAL else COLOURS[groups.group_of(method)]


def key(axes: Axes, entries: Sequence[tuple[str, str]], marks: str = "●") -> None:
    """What the colours mean, in one line above the axes: [(words, colour)]; marks: one for all, or one each."""
    axes.add_artist(_key_box("lower left", entries, marks, (0, 1.01), axes.transAxes))


def figure_key(figure: Figure, entries: Sequence[tuple[str, str]]) -> None:
    """As key, in one line above all panels of a figure."""
    figure.suptitle(" ", size=5)  # the room for it
    figure.add_artist(_key_box("upper left", entries, "●", (0.01, 0.995), figure.transFigure))


def _key_box(
    corner: str, entries: Sequence[tuple[str, str]], marks: str, place: tuple[float, float], transform: Transform
) -> AnchoredOffsetbox:
    words = []
    for (text, colour), mark in zip(entries, cycle(marks), strict=False):
        words.append(TextArea(mark, textprops={"color": colour, "size": _SIZE}))
        words.append(TextArea(f"{text}   ", textprops={"color": TEXT, "size": _SIZE}))
    box = HPacker(children=words, pad=0, sep=4)
    return AnchoredOffsetbox(
        corner, child=box, frameon=False, pad=0, borderpad=0, bbox_to_anchor=place, bbox_transform=transform
    )


def spread(values: Sequence[float], gap: float) -> np.ndarray:
    """Places (N,) for labels of ascending values, each at least `gap` above the one before, as near as that lets."""
    wanted = np.asarray(values, np.float64) - gap * np.arange(len(values))
    # The nearest ascending sequence is found by pooling neighbours in the wrong order (isotonic regression).
    pools: list[list[float]] = []
    for value in wanted:
        pools.append([value, 1.0])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (one, count), (other, more) = pools[-2:]
            pools[-2:] = [[(one * count + other * more) / (count + more), count + more]]
    return np.repeat([pool[0] for pool in pools], [int(pool[1]) for pool in pools]) + gap * np.arange(len(values))


def save(figure: Figure, path: Path) -> None:
    """Write a PNG of exactly WIDTH_PX pixels in width. The same figure gives the same bytes."""
    figure.savefig(path, format="png", metadata={"Software": None})
