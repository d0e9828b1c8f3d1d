# SPDX-License-Identifier: GPL-3.0-or-later
"""Draw docs/images/box.png: where the points of a box lie on it, and that any of its faces may be the marked one.

.venv/bin/python docs/draw_box.py
"""

import sys
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from backend.keypoints.box import BOX8_NAMES, BOX_NAMES, CORNERS, OTHER_EDGES, PARENTS  # noqa: E402

SIZE = np.array([0.5, 0.42, 0.36])
AXES = {"x": ("box_2", "#D55E00"), "y": ("box_4", "#009E73"), "z": ("box_5", "#0072B2")}  # whose edge from box_1
GREY = "#a8a8a8"


def seen(points: np.ndarray) -> np.ndarray:
    """Points (..., 3) on the paper (..., 2): from the right, from above, without perspective; and how near (...)."""
    turn, tilt = np.radians(-28), np.radians(24)
    right = np.array([np.cos(turn), -np.sin(turn), 0])
    away = np.array([np.sin(turn) * np.cos(tilt), np.cos(turn) * np.cos(tilt), -np.sin(tilt)])
    up = np.cross(right, away)
    return points @ np.stack([right, up], axis=-1)


def draw(axes: Axes, corners: np.ndarray, title: str, hidden: str) -> None:
    """A box of corners (8, 3), in the order of their names. hidden: the corner that the box itself covers."""
    at = dict(zip(BOX8_NAMES, seen(corners), strict=True))
    axes.fill(*np.array([at[name] for name in BOX_NAMES[:4]]).T, color="#F0E442", alpha=0.45, lw=0)
    edges = [(child, parent) for child, parent in PARENTS.items() if parent] + list(OTHER_EDGES)
    for a, b in edges:
        behind = hidden in (a, b)
        axes.plot(*np.array([at[a], at[b]]).T, color=GREY, lw=1.0, ls=(0, (4, 3)) if behind else "-", zorder=1)
    middle = seen(corners.mean(axis=0))
    frame = {"x": corners[1] - corners[0], "y": corners[3] - corners[0], "z": corners[0] - corners[4]}
    for letter, (name, colour) in AXES.items():
        axes.plot(*np.array([at["box_1"], at[name]]).T, color=colour, lw=3, solid_capstyle="butt", zorder=3)
        tip = middle + seen(0.17 * frame[letter] / np.linalg.norm(frame[letter]))
        axes.annotate("", tip, middle, zorder=4, arrowprops={
            "arrowstyle": "-|>", "color": colour, "lw": 1.8, "shrinkA": 0, "shrinkB": 0, "mutation_scale": 13,
        })  # fmt: skip
        axes.text(*(middle + 1.18 * (tip - middle)), letter, color=colour, fontsize=12, weight="bold", ha="center",
                  va="center", zorder=4)  # fmt: skip
    for name, place in at.items():
        marked = name in BOX_NAMES
        axes.scatter(*place, s=70 if marked else 34, color="#222222" if marked else GREY, zorder=5)
        out = (place - middle) / np.linalg.norm(place - middle)
        axes.text(*(place + (0.085, 0.045) * out), name, fontsize=11 if marked else 9, ha="center", va="center",
                  color="#222222" if marked else GREY, zorder=6)  # fmt: skip
    axes.set_title(title, fontsize=10.5, color="#222222")
    axes.set_aspect("equal")
    axes.margins(0.16)
    axes.axis("off")


def main() -> None:
    figure = Figure(figsize=(8.0, 3.7), dpi=100, layout="constrained", facecolor="white")
    FigureCanvasAgg(figure)
    figure.get_layout_engine().set(h_pad=0.1)
    left, right = figure.subplots(1, 2)
    draw(left, CORNERS * SIZE, "The top face marked first", "box_8")
    # The same box with its axes named anew: x along the old -z, y along the old x, z along the old -y (the front face).
    other = np.array([[0, 1.0, 0], [0, 0, -1], [-1, 0, 0]])
    draw(right, (CORNERS * np.abs(SIZE @ other)) @ other.T, "The same box, its front face marked first", "box_6")
    figure.savefig(ROOT / "docs/images/box.png")


if __name__ == "__main__":
    main()
