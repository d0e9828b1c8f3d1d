# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of the out-of-domain experiment: methods on motion like what they learnt from, and on other motion."""

from __future__ import annotations

import re
from pathlib import Path

from ...training.presets import PRESETS, preset_for
from .. import EvaluationError
from . import experiments, figures, motions, results, tables
from .comparison import Row, rival, rows_of, whole
from .page import Page, publish
from .pages import subject_of
from .words import condition_words, definitions, provenance

_QUESTION = """\
A lifter that learns from 3D truth needs motion that somebody captured; one that learns from 2D needs clips alone, of
the very motion that it is for. So each learns here from one kind of motion, and both are measured on both kinds. A
method is *at home* on the test set that its model is named after. What the paper claims is that on the motion that
ours learnt from in 2D, it is better than the lifter that saw 3D truth of other motion."""
_CHANGE = """\
Over 1, the first test set is the harder one for a method. What learns nothing, {untrained}, tells how much harder it
is in itself."""


def write_experiment(tests: dict[str, Path], output: Path) -> list[Path]:
    """Write `output` (Markdown), its plots and its results from {name of a test set: results file}, the one that is
    asked about first; all files written. Raises EvaluationError."""
    sets = {name: results.as_kept(_finished(path)) for name, path in tests.items()}
    experiments.check({name: rows_of(data) for name, data in sets.items()})
    if len({condition_words(data["settings"]) for data in sets.values()}) > 1:
        raise EvaluationError("expected --test files measured with the same camera and noise, got several")

    def fill(made: Path, images: str) -> Page:
        page = _Experiment(made, images)
        page.write(sets)
        return page

    return publish(output, fill, {_slug(name): data for name, data in sets.items()})


class _Experiment(Page):
    def write(self, sets: dict[str, dict]) -> None:
        self.sets, self.rows = sets, {name: rows_of(data) for name, data in sets.items()}
        self.sources = [provenance(data, self.rows[name]) for name, data in sets.items()]
        words = "This page is written by `python -m backend report experiment`: every figure in it is measured."
        self.add("# Benchmark: out of domain", words, _QUESTION)
        self._both()
        for name, data in sets.items():
            self._set(name, data, self.rows[name])
        first = next(iter(sets))
        self._motions(sets[first], self.rows[first])
        self._about()

    def _both(self) -> None:
        self.add("## At home and away", f"{condition_words(next(iter(self.sets.values()))['settings'])}; millimetres.")
        self.add("In italics where a method is at home; the best of each column is bold.")
        self.add(experiments.home_table(self.rows), *self.sources)
        named = [(f"on {name}", rows) for name, rows in self.rows.items()]
        figures.by_condition(named, self.plot("home_and_away", "MPJPE of every method on every test set"))
        self.add(*self.sources)
        untrained = [row.label for row in next(iter(self.rows.values())) if row.facts["data"] is None]
        if untrained:
            self.add(_CHANGE.format(untrained=" and ".join(f"`{label}`" for label in untrained)))
        self.add(experiments.change_table(self.rows), *self.sources)

    def _set(self, name: str, data: dict, rows: list[Row]) -> None:
        source = provenance(data, rows)
        self.add(f"## On {name}", "\n".join(f"- {sentence}" for sentence in experiments.verdicts(rows)))
        self.add(source)
        ratios = tables.ratio_table(rows, papers=name == next(iter(self.sets)))
        if ratios:
            self.add("The best baseline's error divided by ours: over 1, ours is better.", ratios, source)
        self.add("### By kind of motion", "The kind is read from the clip's description and name.")
        figures.by_kind(rows, data["windows"], self.plot(f"{_slug(name)}_by_kind", f"MPJPE by kind of motion, {name}"))
        self.add(source, "### By clip")
        figures.by_clip(rows, data["windows"], self.plot(f"{_slug(name)}_by_clip", f"MPJPE of every window, {name}"))
        self.add(source)

    def _motions(self, data: dict, rows: list[Row]) -> None:
        ours = whole(rows)
        if ours is None:
            return
        name = next(iter(self.sets))
        other = rival(rows, "t_root_mm")
        self.add(f"## Root trajectories from above, {name}")
        motions.paths_from_above(data, rows, self.plot("trajectories", "Roots from above: truth, ours, best baseline"))
        self.add(provenance(data, [row for row in (ours, other) if row is not None]))
        self.add(f"## The worst clips of {ours.label}, {name}")
        motions.worst_clips(data, ours, self.plot("worst_clips", f"Truth and {ours.label} at five moments"))
        self.add(provenance(data, [ours]))

    def _about(self) -> None:
        data, rows = next(iter(self.sets.values())), next(iter(self.rows.values()))
        self.add("## What is measured", definitions(subject_of(data), errors_only=True))
        words = "What each method is, and what it learnt from, as its card says:"
        self.add(words, tables.model_table(rows), provenance(data, rows))
        name = subject_of(data).name
        lines = [line for row in rows if row.group == "ours" for line in (_shortened(row, name),) if line]
        if lines:
            self.add("\n".join(f"- {line}" for line in lines))


def _shortened(row: Row, subject: str) -> str | None:
    """What is to be said of a model that learnt other numbers of steps than its preset has."""
    name = row.facts.get("preset")
    if name not in PRESETS:
        return None
    preset = preset_for(name, subject)
    usual = f"{preset.line.steps} + {preset.multiview.steps}"
    if row.facts["steps_trained"] == usual:
        return None
    return f"`{row.label}` learnt {row.facts['steps_trained']} steps; its preset, {name}, has {usual}."


def _finished(path: Path) -> dict:
    data = results.read(path)
    if not data["rows"]:
        raise EvaluationError(f"expected finished results in {Path(path).name}, it has no method with every window")
    return data


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "other"
