# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of what training makes on its way: synthetic motions as stick figures from the front and the side."""

from pathlib import Path

from matplotlib import colormaps
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from torch import Tensor

from ..keypoints.layouts import LAYOUTS

COLUMNS, POSES = 6, 5


def draw_motions(motions: Tensor, present: Tensor, path: Path, title: str) -> None:
    """Draw the first motions ``(N, T, 18, 3)``: time runs from dark to bright; above from -Y, below from +X."""
    figure = Figure(figsize=(3 * COLUMNS, 6), dpi=60, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(2, COLUMNS, squeeze=False)
    for column in range(min(COLUMNS, len(motions))):
        frames = present[column].nonzero()[:, 0]
        for share in range(POSES):
            pose = motions[column, frames[(len(frames) - 1) * share // (POSES - 1)]].float().numpy()
            colour = to_hex(colormaps["viridis"](share / POSES))
            for a, b in LAYOUTS["openpose18"].bones:
                for row, axis in enumerate((0, 1)):
                    axes[row, column].plot(pose[[a, b], axis], pose[[a, b], 2], color=colour, lw=1)
    for panel in axes.flat:
        panel.set_aspect("equal", adjustable="datalim")
    figure.suptitle(title)
    figure.savefig(path)
