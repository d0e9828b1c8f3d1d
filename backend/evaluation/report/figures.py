# SPDX-License-Identifier: GPL-3.0-or-later
"""Plots of errors: by method, by kind of motion, by condition, by clip."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from . import groups, style
from .comparison import Row, baselines, best, rival, whole
from .intervals import bootstrap_interval
from .kinds import KINDS

FIGURE, TITLE = "mpjpe_mm", "MPJPE, mm"
_NAMED_CLIPS = 6


def by_method(rows: Sequence[Row], path: Path) -> None:
    """Bars of MPJPE with their intervals, the best on top, coloured by what the method has learnt from."""
    rows = sorted(rows, key=lambda row: row.figures[FIGURE])
    figure = style.new_figure(0.9 + 0.3 * len(rows))
    axes = figure.add_subplot()
    style.dress(axes)
    for place, row in enumerate(rows):
        mean, (low, high) = row.figures[FIGURE], bootstrap_interval(row.values(FIGURE))
        axes.barh(place, mean, height=0.62, color=style.colour_of(row.method))
        axes.plot([low, high], [place, place], color=style.TRUTH, linewidth=1.4, solid_capstyle="butt")
        axes.annotate(f"{mean:.0f}", (high, place), (4, 0), textcoords="offset points", va="center", size=9)
    axes.set_yticks(range(len(rows)), [row.label for row in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(0)
    axes.set_xlabel(f"{TITLE}; the dark line is the 95 % interval over windows")
    colours = {style.colour_of(row.method) for row in rows}
    names = {**{style.COLOURS[group]: title for group, title in groups.GROUPS.items()}, style.FAINT: "trivial"}
    style.key(axes, [(title, colour) for colour, title in names.items() if colour in colours])
    style.save(figure, path)


def by_kind(rows: Sequence[Row], windows: Sequence[dict], path: Path) -> None:
    """Mean MPJPE of every kind of motion: the whole method, the best baseline of either group, the trivial one."""
    kinds = [kind for kind in KINDS if any(window["kind"] == kind for window in windows)]
    chosen = compared(rows)
    figure = style.new_figure(1.0 + 0.36 * len(kinds))
    axes = figure.add_subplot()
    style.dress(axes)
    for place, kind in enumerate(kinds):
        of = [number for number, window in enumerate(windows) if window["kind"] == kind]
        means = [float(np.mean([row.values(FIGURE)[number] for number in of])) for row, _ in chosen]
        axes.plot([min(means), max(means)], [place, place], color=style.GRID, linewidth=3, zorder=1)
        for (_, colour), mean in zip(chosen, means, strict=True):
            axes.plot(mean, place, "o", color=colour, markersize=8, zorder=2)
    counts = [sum(window["kind"] == kind for window in windows) for kind in kinds]
    axes.set_yticks(range(len(kinds)), [f"{kind} ({count})" for kind, count in zip(kinds, counts, strict=True)])
    axes.set_ylim(len(kinds) - 0.5, -0.5)
    axes.set_xlim(0)
    axes.set_xlabel(f"mean {TITLE}; in brackets the number of windows")
    style.key(axes, [(row.label, colour) for row, colour in chosen])
    style.save(figure, path)


def by_condition(conditions: Sequence[tuple[str, Sequence[Row]]], path: Path) -> None:
    """MPJPE of every method under each condition: [(name, rows)], the first one's best on top."""
    order = sorted(conditions[0][1], key=lambda row: row.figures[FIGURE])
    places = {row.key: place for place, row in enumerate(order)}
    figure = style.new_figure(1.0 + 0.3 * len(order))
    axes = figure.add_subplot()
    style.dress(axes)
    colours = (style.TRUTH, style.COLOURS["2d"], style.COLOURS["ours"], style.COLOURS["3d"])
    for row in order:
        found = [other.figures[FIGURE] for _, rows in conditions for other in rows if other.key == row.key]
        axes.plot([min(found), max(found)], [places[row.key]] * 2, color=style.GRID, linewidth=3, zorder=1)
    for number, (_, rows) in enumerate(conditions):
        for row in rows:
            if row.key in places:
                mark, colour = "os^D"[number % 4], colours[number % 4]
                axes.plot(row.figures[FIGURE], places[row.key], mark, color=colour, markersize=7, zorder=2)
    axes.set_yticks(range(len(order)), [row.label for row in order])
    axes.set_ylim(len(order) - 0.5, -0.5)
    axes.set_xlim(0)
    axes.set_xlabel(TITLE)
    style.key(axes, [(name, colours[number % 4]) for number, (name, _) in enumerate(conditions)], "●■▲◆")
    style.save(figure, path)


def by_clip(rows: Sequence[Row], windows: Sequence[dict], path: Path) -> None:
    """MPJPE of every window, sorted by the whole method's (without it: the best's); the worst are named."""
    first = whole(rows) or best(rows, FIGURE)
    other = rival([row for row in rows if row is not first], FIGURE)
    mine = np.array(first.values(FIGURE))
    order = np.argsort(mine, kind="stable")
    figure = style.new_figure(3.8)
    axes = figure.add_subplot()
    style.dress(axes, "y")
    places = np.arange(len(order))
    key = [(first.label, style.colour_of(first.method))]
    if other:
        theirs, colour = np.array(other.values(FIGURE))[order], style.colour_of(other.method)
        axes.vlines(places, mine[order], theirs, color=style.GRID, linewidth=1.5, zorder=1)
        axes.plot(places, theirs, "o", color=colour, markersize=4.5, zorder=2)
        key.append((other.label, colour))
    axes.plot(places, mine[order], "o", color=style.colour_of(first.method), markersize=5.5, zorder=3)
    _name_worst(axes, [(place, mine[index], windows[index]["name"]) for place, index in enumerate(order)])
    axes.set_xticks([])
    axes.set_ylim(0)
    axes.set_xlabel(f"{len(windows)} windows, by the error of {first.label}")
    axes.set_ylabel(TITLE)
    style.key(axes, key)
    style.save(figure, path)


def compared(rows: Sequence[Row]) -> list[tuple[Row, str]]:
    """Whom the whole method is compared with, and their colours: the best baselines of both groups, the trivial one."""
    trivial = next((row for row in rows if row.method == groups.TRIVIAL), None)
    first = whole(rows) or best(rows, FIGURE)
    others = [best(baselines(rows, group), FIGURE) for group in ("2d", "3d")]
    chosen = {row.key: row for row in (first, *others, trivial) if row is not None}
    return [(row, style.colour_of(row.method)) for row in chosen.values()]


def _name_worst(axes: Axes, points: Sequence[tuple[int, float, str]]) -> None:
    """The names of the last points (place, error, name), right of the plot, each beside its own."""
    worst = points[-_NAMED_CLIPS:]
    top = max(max(error for _, error, _ in points), axes.get_ylim()[1])
    heights = style.spread([error for _, error, _ in worst], 0.058 * top)
    for (place, error, name), height in zip(worst, heights, strict=True):
        axes.annotate(
            name, (place, error), (len(points) + 0.3, height), size=style.SMALL, va="center", annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": style.FAINT, "linewidth": 0.6, "shrinkA": 1, "shrinkB": 3,
                        "relpos": (0, 0.5)},
        )  # fmt: skip
