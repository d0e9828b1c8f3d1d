# SPDX-License-Identifier: GPL-3.0-or-later
"""An experiment on other data in words and a table, whichever way it falls: every word follows from the figures."""

from __future__ import annotations

from collections.abc import Sequence

from . import groups
from .comparison import Row, baselines, best, whole
from .intervals import paired_interval

_FIGURES = (("mpjpe_mm", "MPJPE"), ("pa_mpjpe_mm", "PA-MPJPE"), ("t_root_mm", "T_root"))


def verdicts(rows: Sequence[Row]) -> list[str]:
    """A sentence for each figure and group of baselines: the whole method against the best of them."""
    ours = whole(rows)
    if ours is None:
        return [f"`{groups.FULL}` is not among the methods measured here, so nothing is compared."]
    sentences = []
    for group, title in groups.GROUPS.items():
        for figure, name in _FIGURES:
            rival = None if group == "ours" else best(baselines(rows, group), figure)
            if rival is not None:
                sentences.append(f"{name}, best of those {title}: {_compare(ours, rival, figure)}")
    return sentences or ["No baseline is among the methods measured here, so nothing is compared."]


def against_home(rows: Sequence[Row], home: Sequence[Row], figure: str = "mpjpe_mm") -> list[str]:
    """How much worse or better each method does here than on the report's own windows, where the model is the same."""
    there = {row.key: row for row in home}
    sentences = []
    for row in rows:
        same = there.get(row.key)
        if same is not None and same.facts == row.facts and same.figures[figure] > 0:
            here, at_home = row.figures[figure], same.figures[figure]
            change = 100 * (here / at_home - 1)
            sentences.append(f"`{row.label}` {here:.1f} mm here, {at_home:.1f} mm there ({change:+.0f} %)")
    return sentences


def _compare(ours: Row, rival: Row, figure: str) -> str:
    mine, theirs = ours.figures[figure], rival.figures[figure]
    low, high = paired_interval(ours.values(figure), rival.values(figure))
    figures = f"`{ours.label}` {mine:.1f} mm, `{rival.label}` {theirs:.1f} mm"
    interval = f"difference {mine - theirs:+.1f} mm, 95 % interval {low:+.1f} to {high:+.1f}"
    if low <= 0 <= high:
        return f"{figures}: no clear difference ({interval})."
    word = "better" if mine < theirs else "worse"
    return f"{figures}: `{ours.label}` is clearly {word} ({interval})."
