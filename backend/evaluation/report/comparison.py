# SPDX-License-Identifier: GPL-3.0-or-later
"""The measured methods side by side: which are baselines, which is ours, which is best."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from . import groups, results


@dataclass(frozen=True)
class Row:
    """One measured method. figures: benchmark.run's row; facts: what its model has learnt; clips: one a window."""

    key: str
    label: str
    facts: dict
    figures: dict
    clips: list[dict]

    @property
    def method(self) -> str:
        return self.facts["method"]

    @property
    def group(self) -> str:
        return groups.group_of(self.method)

    def values(self, figure: str) -> list[float]:
        """A figure of every window, in the windows' order."""
        return [clip[figure] for clip in self.clips]


def rows_of(data: dict) -> list[Row]:
    """The finished methods of some results; a model is named where there are several."""
    entries = data["entries"]
    models = {entries[figures["method"]].get("model") for figures in data["rows"]} - {None}
    rows = []
    for figures in data["rows"]:
        facts = entries[figures["method"]]
        label = facts["method"]
        if len(models) > 1 and facts.get("model"):
            label += f" ({facts['model']})"
        if "steps" in facts:
            label += f", {facts['steps']} x {facts['samples']}"
        key = figures["method"]
        rows.append(Row(key, label, facts, figures, results.clips_of(data, key)))
    return rows


def whole(rows: Iterable[Row]) -> Row | None:
    """The whole method of the default model, or of the one named first."""
    full = [row for row in rows if row.method == groups.FULL]
    return next((row for row in full if row.facts.get("model") == groups.DEFAULT_MODEL), next(iter(full), None))


def baselines(rows: Iterable[Row], group: str | None = None) -> list[Row]:
    """The methods that are not ours, of one group or of both; without the trivial one."""
    return [
        row for row in rows
        if row.group != "ours" and row.method != groups.TRIVIAL and group in (None, row.group)
    ]  # fmt: skip


def best(rows: Iterable[Row], figure: str) -> Row | None:
    """The row with the smallest figure; None where nobody has it."""
    having = [row for row in rows if row.figures.get(figure) is not None]
    return min(having, key=lambda row: row.figures[figure], default=None)


def rival(rows: Iterable[Row], figure: str) -> Row | None:
    """Whom the whole method is drawn beside: the best baseline, or what is there instead."""
    others = [row for row in rows if row.method != groups.FULL]
    return best(baselines(others), figure) or best((row for row in others if row.group != "ours"), figure)
