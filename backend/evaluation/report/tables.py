# SPDX-License-Identifier: GPL-3.0-or-later
"""Markdown tables of the report, every number out of the results."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...training.card import in_markdown
from . import groups, published
from .comparison import Row, baselines, best, whole
from .intervals import bootstrap_interval

#: (figure, heading, digits); of all of them less is better.
COLUMNS = (
    ("t_root_mm", "T_root", 1),
    ("mpjpe_mm", "MPJPE", 1),
    ("pa_mpjpe_mm", "PA-MPJPE", 1),
    ("j2d_px", "J2D", 1),
    ("j2d_c_px", "J2D^C", 1),
    ("fid", "FID", 1),
    ("seconds_per_clip_second", "s / s", 2),
)
#: Of a person with a box, besides.
BOX_COLUMNS = (("t_root_object_mm", "T_root^O", 1), ("o_mpjpe_mm", "O-MPJPE", 1))


def columns_of(rows: Sequence[Row]) -> tuple[tuple[str, str, int], ...]:
    """The columns that these methods have figures for: the box's stand behind the person's errors."""
    boxed = any(row.figures.get("o_mpjpe_mm") is not None for row in rows)
    return (*COLUMNS[:3], *(BOX_COLUMNS if boxed else ()), *COLUMNS[3:])


def table(heading: Sequence[str], rows: Iterable[Sequence[str]], words: int = 1) -> str:
    """A Markdown table; the first columns, of `words`, to the left, the others to the right."""
    ruler = [":--"] * words + ["--:"] * (len(heading) - words)
    return "\n".join("| " + " | ".join(line) + " |" for line in (heading, ruler, *rows))


def number(value: float | None, digits: int = 1) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def main_table(rows: Sequence[Row], names: Sequence[str] | None = None) -> str:
    """The paper's table 1 in groups, the best of each column bold, with the interval of MPJPE. names: only these."""
    names = names or [row.method for row in rows if row.method in groups.MAIN or row.group != "ours"]
    shown = [row for row in rows if row.method in names]
    lines = []
    for group, title in groups.GROUPS.items():
        members = [row for row in shown if row.group == group]
        if members:
            lines.append([f"*{title}*", *[""] * (len(columns_of(shown)) + 1)])
            lines += [_line(row, shown) for row in members]
    heading = ["method"]
    for figure, title, _ in columns_of(shown):
        heading += [title, "95 %"] if figure == "mpjpe_mm" else [title]
    return table(heading, lines)


def ablation_table(rows: Sequence[Row]) -> str:
    """The stages in the paper's order (table 3), the best of each column bold; what is not measured has no row."""
    order = groups.ABLATIONS
    shown = sorted((row for row in rows if row.method in order), key=lambda row: order.index(row.method))
    wanted = (*published.TABLE_3_COLUMNS, *(figure for figure, _, _ in BOX_COLUMNS), "seconds_per_clip_second")
    columns = [column for column in columns_of(shown) if column[0] in wanted]
    lines = []
    for row in shown:
        cells = [cell(row, figure, digits, shown) for figure, _, digits in columns]
        lines.append([row.label, groups.title_of(row.method), *cells])
    return table(["method", "what it is", *(title for _, title, _ in columns)], lines, words=2)


def model_table(rows: Sequence[Row]) -> str:
    """What every row has learnt from, as its card says."""
    lines = []
    for row in rows:
        facts = row.facts
        lines.append(
            [row.label, groups.title_of(row.method), facts.get("model") or "–", facts.get("film") or "–",
             facts.get("steps_trained") or "–",
             in_markdown(facts.get("data") or "nothing: it is not trained")]
        )  # fmt: skip
    return table(["method", "what it is", "model", "film", "steps", "data"], lines, words=6)


def ratio_table(rows: Sequence[Row], papers: bool = True) -> str | None:
    """How many times smaller the whole method's errors are than the best baseline's of either group, beside the same
    ratio of the paper's own figures on people, if `papers`. None without the whole method or any baseline."""
    ours = whole(rows)
    if ours is None or not baselines(rows):
        return None
    lines = []
    for figure, title, digits in columns_of(rows)[:-1]:
        for group in ("2d", "3d"):
            rival = best(baselines(rows, group), figure)
            mine = ours.figures.get(figure)
            if rival is None or mine is None:
                continue
            theirs = rival.figures[figure]
            lines.append(
                [title, f"{groups.GROUPS[group]}: {rival.label}", number(theirs, digits), number(mine, digits),
                 _ratio(theirs, mine), *([_ratio(*paper_pair(figure, group))] if papers else [])]
            )  # fmt: skip
    heading = ["figure", "best baseline", "it", ours.label, "ratio", *(["ratio in the paper"] if papers else [])]
    return table(heading, lines, words=2)


def every_ratio_table(rows: Sequence[Row]) -> str:
    """Every baseline's errors, divided by those of the whole method with each of our models."""
    shown = [(figure, title) for figure, title, _ in columns_of(rows)[:-1]]
    lines = [
        [other.label, ours.label, *(_ratio(other.figures.get(figure), ours.figures.get(figure)) for figure, _ in shown)]
        for ours in rows if ours.method == groups.FULL
        for other in baselines(rows)
    ]  # fmt: skip
    return table(["baseline", "ours", *(title for _, title in shown)], lines, words=2)


def paper_pair(figure: str, group: str) -> tuple[float, float]:
    """In the paper's table 1: the best baseline of a group, and MVLift."""
    column = published.COLUMNS.index(figure)
    of = {kind: [line[3][column] for line in published.TABLE_1 if line[1] == kind] for kind in groups.GROUPS}
    return min(value for value in of[group] if value is not None), of["ours"][0]


def paper_tables() -> tuple[str, str]:
    """The paper's tables 1 (AIST++) and 3 as they are printed there."""
    titles = {figure: title for figure, title, _ in COLUMNS}
    first = [
        [name, groups.GROUPS[group], ours, *map(number, figures)] for name, group, ours, figures in published.TABLE_1
    ]
    third = [[name, ours, *map(number, figures)] for name, ours, figures in published.TABLE_3]
    return (
        table(["in the paper", "group", "here", *(titles[each] for each in published.COLUMNS)], first, words=3),
        table(["in the paper", "here", *(titles[each] for each in published.TABLE_3_COLUMNS)], third, words=2),
    )


def paper_box_table() -> str:
    """The paper's table 2 (OMOMO's large box) as it is printed there."""
    titles = {figure: title for figure, title, _ in (*COLUMNS, *BOX_COLUMNS)}
    lines = [[name, ours, *map(number, figures)] for name, ours, figures in published.TABLE_2]
    return table(["in the paper", "here", *(titles[each] for each in published.TABLE_2_COLUMNS)], lines, words=2)


def _line(row: Row, shown: Sequence[Row]) -> list[str]:
    cells = [row.label]
    for figure, _, digits in columns_of(shown):
        cells.append(cell(row, figure, digits, shown))
        if figure == "mpjpe_mm":
            cells.append("{:.0f} to {:.0f}".format(*bootstrap_interval(row.values(figure))))
    return cells


def cell(row: Row, figure: str, digits: int, among: Sequence[Row]) -> str:
    """A figure as it is printed, bold if it is the best of those `among` which it stands."""
    text = number(row.figures.get(figure), digits)
    least = best(among, figure)
    # As printed: two that look the same are both the best.
    return f"**{text}**" if least and text == number(least.figures[figure], digits) else text


def _ratio(theirs: float | None, mine: float | None) -> str:
    return f"{theirs / mine:.2f}" if theirs is not None and mine is not None and mine > 0 else "–"
