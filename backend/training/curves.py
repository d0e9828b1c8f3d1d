# SPDX-License-Identifier: GPL-3.0-or-later
"""Loss curves as a PNG."""

from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure


def plot_losses(history: list[dict], path: Path, title: str) -> None:
    """Draw every named loss of ``history`` (rows with ``step``) on a logarithmic axis."""
    figure = Figure(figsize=(7, 4), dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    for name in [key for key in history[-1] if key != "step"]:
        axes.plot([row["step"] for row in history], [row[name] for row in history], label=name)
    axes.set(title=title, xlabel="step", ylabel="loss", yscale="log")
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(path)
