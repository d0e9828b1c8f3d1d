# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of what training makes on its way: sampled views and synthetic motions as stick figures."""

from pathlib import Path

import torch
from matplotlib import colormaps
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from torch import Tensor, nn

from ..diffusion.line_sampling import make_ring, sample_views
from ..diffusion.multiview_sampling import sample_multiview
from ..diffusion.schedule import Schedule
from ..keypoints.anatomy import anatomy_of

COLUMNS, POSES, ROWS, STEPS = 6, 5, 3, 10


def draw_line_samples(network: nn.Module, schedule: Schedule, footage, path: Path) -> None:
    """Stage 1: each row an input window (left) and the five views sampled beside it."""
    clip, present = footage.clip.to(schedule.alpha_bar.device), footage.present.to(schedule.alpha_bar.device)
    weight = torch.ones(clip.points.shape[:3], device=present.device)
    ring = make_ring(clip, weight, present, *clip.level_tilt())
    views, _ = sample_views(network, schedule, ring, STEPS, torch.Generator().manual_seed(0), consistent=False)
    _draw_views(torch.cat([clip.points[:, None], views], 1), present, path, "stage 1: input, then the sampled views")


def draw_multiview_samples(network: nn.Module, schedule: Schedule, footage, path: Path) -> None:
    """Stage 4: each row an input window (left) and the three views generated together."""
    device = schedule.alpha_bar.device
    clip, seen, present = footage.clip.to(device), footage.seen.to(device), footage.present.to(device)
    views, _ = sample_multiview(network, schedule, clip, seen, present, STEPS, 1, torch.Generator().manual_seed(0))
    _draw_views(torch.cat([clip.points[:, None], views], 1), present, path, "stage 4: input, then the generated views")


def _draw_views(views: Tensor, present: Tensor, path: Path, title: str) -> None:
    """Views ``(B, V, T, K, 2)`` of canonical coordinates, a row a window; time runs from dark to bright."""
    rows, columns = min(ROWS, len(views)), views.shape[1]
    figure, axes = _sheet(rows, columns)
    for row in range(rows):
        for column in range(columns):
            points = views[row, column].cpu() * torch.tensor([1.0, -1.0])
            _draw_poses(axes[row, column], points, present[row].cpu())
    _finish(figure, axes, path, title)


def draw_motions(motions: Tensor, present: Tensor, path: Path, title: str) -> None:
    """Draw the first motions ``(N, T, K, 3)``: time runs from dark to bright; above from -Y, below from +X."""
    figure, axes = _sheet(2, COLUMNS)
    for column in range(min(COLUMNS, len(motions))):
        for row, axis in enumerate((0, 1)):
            _draw_poses(axes[row, column], motions[column].float()[..., [axis, 2]], present[column])
    _finish(figure, axes, path, title)


def _sheet(rows: int, columns: int):
    figure = Figure(figsize=(3 * columns, 3 * rows), dpi=60, layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.subplots(rows, columns, squeeze=False)


def _draw_poses(panel, points: Tensor, present: Tensor) -> None:
    """A few poses of ``points (T, K, 2)``, y up."""
    frames = present.nonzero()[:, 0]
    for share in range(POSES):
        pose = points[frames[(len(frames) - 1) * share // (POSES - 1)]].numpy()
        colour = to_hex(colormaps["viridis"](share / POSES))
        for a, b in anatomy_of(points.shape[-2]).layout.bones:
            panel.plot(pose[[a, b], 0], pose[[a, b], 1], color=colour, lw=1)


def _finish(figure: Figure, axes, path: Path, title: str) -> None:
    for panel in axes.flat:
        panel.set_aspect("equal", adjustable="datalim")
    figure.suptitle(title)
    figure.savefig(path)
