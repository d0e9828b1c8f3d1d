# SPDX-License-Identifier: GPL-3.0-or-later
"""Drawings of lifted motion beside the truth: paths from above, and the worst clips as stick figures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from ...keypoints.anatomy import anatomy_of
from . import style
from .comparison import Row, rival, whole
from .shown import most_travelled, worst
from .sketch import moments

PATH_COLUMNS = 4
_FPS = 30
_LINE = 16  # characters beside a row of figures


def paths_from_above(data: dict, rows: Sequence[Row], path: Path) -> None:
    """The roots of the PATHS windows that travel most, from above: the truth, the whole method, the best baseline."""
    ours, other = whole(rows), rival(rows, "t_root_mm")
    drawn = [(row, style.colour_of(row.method)) for row in (other, ours) if row is not None]
    named = {window["name"]: window for window in data["windows"]}
    windows = [named[name] for name in most_travelled(rows[0].clips)]
    lines = -(-len(windows) // PATH_COLUMNS)
    figure = style.new_figure(0.5 + 2.3 * lines)
    panels = figure.subplots(lines, PATH_COLUMNS, squeeze=False).ravel()
    for panel in panels[len(windows) :]:
        panel.set_axis_off()
    for panel, window in zip(panels, windows, strict=False):
        _draw_path(panel, data, window, drawn)
    entries = [("truth", style.TRUTH), *((row.label, colour) for row, colour in reversed(drawn))]
    style.figure_key(figure, entries)
    style.save(figure, path)


def worst_clips(data: dict, row: Row, path: Path) -> list[str]:
    """The WORST windows of a method at five moments, seen from the side of the camera's view; returns their names."""
    windows = {window["name"]: window for window in data["windows"]}
    errors = {clip["window"]: clip["mpjpe_mm"] for clip in row.clips}
    names = worst(row.clips)
    count = len(windows[names[0]]["figures"])
    figure = style.new_figure(0.5 + 1.5 * len(names))
    panels = figure.subplots(len(names), count, squeeze=False)
    colour = style.colour_of(row.method)
    for line, name in zip(panels, names, strict=True):
        window = windows[name]
        true, lifted = (
            _from_the_side(np.array(figures), window["looking"])
            for figures in (window["figures"], data["sketches"][row.key][name]["figures"])
        )
        for panel, frame, *figures in zip(line, moments(window["frames"]), true, lifted, strict=True):
            _draw_figure(panel, figures[0], style.TRUTH, 1.4)
            _draw_figure(panel, figures[1], colour, 1.8)
            panel.set_title(f"{frame / _FPS:.1f} s", size=style.SMALL, color=style.FAINT, pad=1)
            panel.set(xlim=(-0.9, 0.9), ylim=(-1.05, 1.05), aspect="equal")
            _bare(panel)
        words = f"{_wrapped(name)}\n{errors[name]:.0f} mm"
        line[0].text(-0.95, 0, words, size=style.SMALL, ha="right", va="center")
    style.figure_key(figure, [("truth", style.TRUTH), (row.label, colour)])
    style.save(figure, path)
    return names


def _draw_path(panel: Axes, data: dict, window: dict, drawn: Sequence[tuple[Row, str]]) -> None:
    roots = [np.array(window["root"])]
    errors = []
    for row, colour in drawn:
        roots.append(np.array(data["sketches"][row.key][window["name"]]["root"]))
        panel.plot(*roots[-1][:, :2].T, color=colour, linewidth=1.8)
        errors.append(next(clip["t_root_mm"] for clip in row.clips if clip["window"] == window["name"]))
    panel.plot(*roots[0][:, :2].T, color=style.TRUTH, linewidth=1.8)
    panel.plot(0, 0, "o", color=style.TRUTH, markersize=5)
    points = np.concatenate(roots)[:, :2]
    middle, half = (points.max(0) + points.min(0)) / 2, max(np.ptp(points, 0).max() * 0.56, 0.3)
    panel.set(xlim=middle[0] + np.array([-half, half]), ylim=middle[1] + np.array([-half, half]), aspect="equal")
    _bare(panel)
    panel.set_title(_wrapped(window["name"], 30), size=style.SMALL, pad=3)
    bar = 1.0 if half > 0.8 else 0.2
    corner = middle - 0.98 * half
    panel.plot([corner[0], corner[0] + bar], [corner[1]] * 2, color=style.FAINT, linewidth=2, solid_capstyle="butt")
    words = f"{bar:g} m; off by " + ", ".join(f"{error / 1000:.2f}" for error in reversed(errors)) + " m"
    panel.annotate(words, (0.01, 0.0), (0, -3), xycoords="axes fraction", textcoords="offset points", va="top",
                   size=style.SMALL - 1, color="#666666")  # fmt: skip


def _from_the_side(figures: np.ndarray, looking: Sequence[float]) -> np.ndarray:
    """Figures (M, K, 3) as (M, K, 2): the depth that the camera cannot see to the right, up upwards."""
    return np.stack([figures[..., :2] @ np.asarray(looking), figures[..., 2]], -1)


def _draw_figure(panel: Axes, points: np.ndarray, colour: str, width: float) -> None:
    for start, end in anatomy_of(len(points)).layout.bones:
        panel.plot(*points[[start, end]].T, color=colour, linewidth=width, solid_capstyle="round")


def _bare(panel: Axes) -> None:
    panel.set(xticks=[], yticks=[])
    panel.spines[:].set_visible(False)


def _wrapped(name: str, width: int = _LINE) -> str:
    """A clip's name in lines of at most `width` characters, broken after underscores where it has any."""
    lines = [""]
    for part in name.replace("_", "_ ").split(" "):
        for start in range(0, len(part), width):
            piece = part[start : start + width]
            if len(lines[-1]) + len(piece) > width:
                lines.append("")
            lines[-1] += piece
    return "\n".join(lines)
