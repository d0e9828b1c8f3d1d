# SPDX-License-Identifier: GPL-3.0-or-later
"""Methods on motion like what they learnt from, and on other motion: tables and sentences, whichever way it falls.

A model is at home in the test set that it is named after.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .. import EvaluationError
from . import groups, tables
from .comparison import Row, baselines, best, whole
from .intervals import paired_interval

_FIGURES = (("mpjpe_mm", "MPJPE"), ("pa_mpjpe_mm", "PA-MPJPE"), ("t_root_mm", "T_root"))

#: {name of a test set: the methods measured on it}
Sets = Mapping[str, Sequence[Row]]


def check(sets: Sets) -> None:
    """Raise EvaluationError unless the same models are measured on several sets, and one of them is at home in one."""
    models = {}
    for rows in sets.values():
        for row in rows:
            if models.setdefault(row.key, row.facts) != row.facts:
                raise EvaluationError(
                    f"expected one model of {row.label} in all --test files, got two: measure it again"
                )
    if len(sets) < 2:
        raise EvaluationError("expected at least two test sets, where methods are at home and not: give --test twice")
    if not {facts["model"] for facts in models.values()} & set(sets):
        raise EvaluationError(
            f"expected a model named after a test set, {' or '.join(sets)}, as it was measured by --model NAME=DIR or "
            "--baselines NAME=DIR: found none"
        )


def home_table(sets: Sets) -> str:
    """Every method's errors on every test set; in italics where it is at home, the best of a column bold."""
    order = list(groups.GROUPS)
    every = sorted((row for rows in sets.values() for row in rows), key=lambda row: order.index(row.group))
    methods = {row.key: row for row in every}
    lines = []
    for key, method in methods.items():
        cells = []
        for name, rows in sets.items():
            row = next((row for row in rows if row.key == key), None)
            for figure, _ in _FIGURES:
                text = tables.cell(row, figure, 1, rows) if row else tables.number(None)
                cells.append(f"*{text}*" if method.facts["model"] == name else text)
        lines.append([method.label, groups.GROUPS[method.group], *cells])
    heading = ["method", "group", *(f"{title}, {name}" for name in sets for _, title in _FIGURES)]
    return tables.table(heading, lines, words=2)


def change_table(sets: Sets) -> str:
    """How many times larger errors are on the first test set than on each of the others, of whoever has both."""
    (first, rows), *others = sets.items()
    lines = []
    for row in rows:
        cells = []
        for _, there in others:
            same = next((other for other in there if other.key == row.key), None)
            cells += [_times(row, same, figure) for figure, _ in _FIGURES]
        homes = [name for name in sets if name == row.facts["model"]]
        lines.append([row.label, *(homes or ["–"]), *cells])
    heading = ["method", "at home on", *(f"{title}, {first} : {name}" for name, _ in others for _, title in _FIGURES)]
    return tables.table(heading, lines, words=2)


def _times(row: Row, other: Row | None, figure: str) -> str:
    return f"{row.figures[figure] / other.figures[figure]:.2f}" if other and other.figures[figure] > 0 else "–"


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


def _compare(ours: Row, rival: Row, figure: str) -> str:
    mine, theirs = ours.figures[figure], rival.figures[figure]
    low, high = paired_interval(ours.values(figure), rival.values(figure))
    figures = f"`{ours.label}` {mine:.1f} mm, `{rival.label}` {theirs:.1f} mm"
    interval = f"difference {mine - theirs:+.1f} mm, 95 % interval {low:+.1f} to {high:+.1f}"
    if low <= 0 <= high:
        return f"{figures}: no clear difference ({interval})."
    word = "better" if mine < theirs else "worse"
    return f"{figures}: `{ours.label}` is clearly {word} ({interval})."
