# SPDX-License-Identifier: GPL-3.0-or-later
"""Quality against cost: errors over seconds of work for numbers of denoising steps and of averaged samples."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matplotlib.ticker import LogLocator, NullLocator

from . import style, tables
from .comparison import Row

_SECONDS = "seconds_per_clip_second"
_PANELS = (("mpjpe_mm", "MPJPE, mm"), ("pa_mpjpe_mm", "PA-MPJPE, mm"))


def plot_cost(rows: Sequence[Row], path: Path) -> None:
    """Two panels, a line for each number of samples, a point for each number of steps, the default ringed."""
    figure = style.new_figure(3.9)
    panels = figure.subplots(1, len(_PANELS))
    counts = sorted({row.facts["samples"] for row in rows})
    colours = dict(zip(counts, style.STEPS_OF_BLUE, strict=False))
    for panel, (error, title) in zip(panels, _PANELS, strict=True):
        style.dress(panel, "both")
        for samples in counts:
            line = sorted((row for row in rows if row.facts["samples"] == samples), key=lambda row: row.facts["steps"])
            places = [(row.figures[_SECONDS], row.figures[error]) for row in line]
            panel.plot(*zip(*places, strict=True), "o-", color=colours[samples], linewidth=1.6, markersize=5)
            # The steps are the same on every line, so one line, the longest, is enough to name them.
            if samples == counts[-1]:
                for row, place in zip(line, places, strict=True):
                    panel.annotate(str(row.facts["steps"]), place, (0, -12), textcoords="offset points", ha="center",
                                   size=style.SMALL, color="#555555")  # fmt: skip
        for row in rows:
            if row.facts["default"]:
                place = (row.figures[_SECONDS], row.figures[error])
                panel.plot(*place, "o", markersize=11, markerfacecolor="none", markeredgecolor=style.TRUTH)
        panel.set_xscale("log")
        panel.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        panel.xaxis.set_major_formatter("{x:g}")
        panel.xaxis.set_minor_locator(NullLocator())
        panel.margins(0.1, 0.16)
        panel.set_xlabel("seconds of work for a second of clip")
        panel.set_ylabel(title)
    words = [(f"{count} sample{'s' * (count > 1)}", colours[count]) for count in counts]
    style.key(panels[0], [*words, ("default", style.TRUTH)], "●" * len(words) + "○")
    style.save(figure, path)


def cost_table(rows: Sequence[Row]) -> str:
    """The plot's figures; the default is marked, the best of each column bold."""
    columns = ((*_PANELS[0], 1), (*_PANELS[1], 1), ("t_root_mm", "T_root, mm", 1), (_SECONDS, "s / s", 2))
    least = {figure: min(row.figures[figure] for row in rows) for figure, _, _ in columns}
    lines = []
    for row in sorted(rows, key=lambda row: (row.facts["samples"], row.facts["steps"])):
        cells = []
        for figure, _, digits in columns:
            text = tables.number(row.figures[figure], digits)
            cells.append(f"**{text}**" if text == tables.number(least[figure], digits) else text)
        mark = " (default)" if row.facts["default"] else ""
        lines.append([f"{row.facts['steps']}{mark}", str(row.facts["samples"]), *cells])
    return tables.table(["steps", "samples", *(title for _, title, _ in columns)], lines)
