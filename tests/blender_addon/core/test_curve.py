# SPDX-License-Identifier: GPL-3.0-or-later
"""Loss curves in pixels: they pass where the numbers say, and no history breaks the picture."""

import math

import numpy as np
import pytest

from blender_addon.core import curve
from blender_addon.core.curve import COLOURS, GRID, INK, PAPER, draw_curve, names
from blender_addon.core.pixel_digits import stamp, width_of

SIZE = (260, 240)


def of_colour(picture, colour, close=0.03):
    """Rows and columns of the pixels of a colour."""
    return np.nonzero((np.abs(picture[..., :3] - np.array(colour)) < close).all(-1))


def halving(count=40, every=50):
    return [{"step": every * n, "loss": 2.0 ** (-n / 8), "line": 0.5 * 2.0 ** (-n / 8)} for n in range(1, count + 1)]


def test_the_picture_is_opaque_of_the_size_asked_and_has_paper_grid_and_digits():
    picture = draw_curve(halving(), 4000, SIZE)
    assert picture.shape == (240, 260, 4) and picture.dtype == np.float32
    assert (picture[..., 3] == 1).all() and picture.min() >= 0 and picture.max() <= 1
    for colour, fewest in ((PAPER, 20_000), (GRID, 400), (INK, 100), (COLOURS[0], 150), (COLOURS[1], 150)):
        assert len(of_colour(picture, colour, 1e-6 if colour in (PAPER, GRID, INK) else 0.03)[0]) > fewest


def test_a_curve_that_halves_falls_in_a_straight_line_as_far_as_the_run_has_come():
    picture = draw_curve(halving(), 4000, SIZE)
    rows, columns = of_colour(picture, COLOURS[0])
    slope, start = np.polyfit(columns, rows, 1)
    assert slope < -0.5 and np.abs(rows - (slope * columns + start)).max() < 2  # a logarithmic axis
    grid = of_colour(picture, GRID, 1e-6)[1]
    left, right = grid.min(), grid.max()
    assert abs(columns.max() - (left + (right - left) / 2)) <= 2  # 2,000 of 4,000 steps
    below = of_colour(picture, COLOURS[1])
    at = columns[len(columns) // 2]
    assert below[0][below[1] == at].mean() < rows[columns == at].mean()


def test_grid_lines_stand_at_the_values_that_their_digits_say():
    rows = [{"step": 1, "loss": 1.0}, {"step": 100, "loss": 0.01}]
    picture = draw_curve(rows, 100, SIZE)
    lines = [row for row in range(240) if (np.abs(picture[row, :, :3] - GRID) < 1e-6).all(-1).sum() > 150]
    assert len(lines) == 3 and abs((lines[2] - lines[1]) - (lines[1] - lines[0])) <= 1  # 0.01, 0.1 and 1
    curved = of_colour(picture, COLOURS[0])[0]
    assert abs(curved.min() - lines[0]) <= 2 and abs(curved.max() - lines[2]) <= 2


@pytest.mark.parametrize("scale", [1, 2, 3])
def test_digits_can_be_read_back(scale):
    picture = np.zeros((30, 120, 3))
    stamp(picture, 5, 4, "2.k05", (1, 1, 1), scale)
    rows, columns = np.nonzero(picture[..., 0])
    assert rows.min() == 4 and rows.max() == 4 + 7 * scale - 1
    assert columns.min() == 5 and columns.max() == 5 + width_of("2.k05", scale) - 1
    again = np.zeros_like(picture)
    for sign, before in (("2", ""), (".", "2"), ("k", "2."), ("0", "2.k"), ("5", "2.k0")):
        stamp(again, 5 + (width_of(before, scale) + scale if before else 0), 4, sign, (1, 1, 1), scale)
    assert (again == picture).all()


def test_what_lies_outside_of_the_picture_is_cut_off():
    picture = np.zeros((6, 6, 3))
    stamp(picture, -3, -3, "8é8", (1, 1, 1))
    assert 0 < picture[..., 0].sum() < 36


HISTORIES = {
    "none": [],
    "one row": [{"step": 50, "loss": 0.5}],
    "equal": [{"step": n, "loss": 0.25} for n in range(1, 9)],
    "tiny and huge": [{"step": 1, "loss": 1e-30}, {"step": 2, "loss": 1e30}],
    "not numbers": [{"step": 1, "loss": math.nan, "line": None}, {"step": 2, "loss": math.inf, "line": "x"}],
    "zero and below": [{"step": 1, "loss": 0.0}, {"step": 2, "loss": -1.0}],
    "of a longer run": [{"step": 900, "loss": 0.5}, {"step": 1000, "loss": 0.4}],
    "many losses": [{"step": n, **{f"loss {i}": 1.0 / (i + n) for i in range(9)}} for n in range(1, 4)],
    "changing names": [{"step": 1, "loss": 0.5}, {"step": 2, "loss": 0.4, "line": 0.2}],
    "long": [{"step": n, "loss": 1 / n, "line": 2 / n} for n in range(1, 5000)],
}


@pytest.mark.parametrize("name", HISTORIES)
@pytest.mark.parametrize("size", [(260, 260), (40, 40), (9, 300), (1, 1)])
def test_no_history_breaks_the_picture(name, size):
    rows = HISTORIES[name]
    with np.errstate(all="raise", under="ignore"):
        picture = draw_curve(rows, 100, size, scale=1)
    assert picture.shape == (size[1], size[0], 4) and np.isfinite(picture).all()
    drawn = {"one row", "equal", "tiny and huge", "of a longer run", "many losses", "changing names", "long"}
    if size == (260, 260):
        assert bool(len(of_colour(picture, COLOURS[0])[0])) == (name in drawn)
    assert len(names(rows)) <= len(COLOURS)


@pytest.mark.parametrize(
    ("steps", "last"), [(1, 1), (7, 7), (120, 100), (4500, 4000), (40_000, 40_000), (10**7, 10**7)]
)
def test_step_ticks_are_round_and_few(steps, last):
    ticks = curve._step_ticks(float(steps))
    assert ticks[0] == 0 and 3 <= len(ticks) <= 5 and ticks[-1] <= steps
    assert ticks[-1] >= 0.7 * steps
