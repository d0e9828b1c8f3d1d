# SPDX-License-Identifier: GPL-3.0-or-later
"""The report's page: Markdown with its plots beside it, made from results alone. Nothing in it is typed by hand."""

from __future__ import annotations

from pathlib import Path

from ...subjects import Subject, subject_of_count
from . import cost, figures, motions, published, results, tables
from .comparison import Row, rival, rows_of, whole
from .page import Page, others, publish
from .shown import PATHS
from .words import condition_words, definitions, provenance


def write_page(folder: Path, output: Path) -> list[Path]:
    """Write `output` (Markdown), its plots and its results from the results in `folder`, see `publish`; all files
    written. Raises EvaluationError."""
    conditions, costs = results.load_folder(folder)
    conditions, costs = [results.as_kept(data) for data in conditions], costs and results.as_kept(costs)
    kept = {results.name_of(data["settings"]): data for data in conditions} | ({results.COST: costs} if costs else {})

    def fill(made: Path, images: str) -> Page:
        page = _Benchmark(made, images)
        page.write(conditions, costs, others(output))
        return page

    return publish(output, fill, kept)


_OTHERS = "Other data and the authors' own implementations, so no number compares with one of the tables above."


class _Benchmark(Page):
    def write(self, conditions: list[dict], costs: dict | None, beside: str | None) -> None:
        data, rows = conditions[0], rows_of(conditions[0])
        self.subject = subject_of(data)
        title = "# Benchmark" if self.subject.name == "human" else f"# Benchmark: {self.subject.title.lower()}"
        self.add(title, "This page is written by `python -m backend report`: every figure in it is measured.")
        if beside:
            self.add(beside)
        self._about(data, rows)
        self._tables(conditions)
        self._ratios_and_ablations(data, rows)
        self._plots(conditions)
        self._motions(data, rows)
        self._cost(costs)

    def _about(self, data: dict, rows: list[Row]) -> None:
        self.add("## What is measured", definitions(self.subject))
        words = "What each method is, and what it learnt from, as its card says:"
        self.add(words, tables.model_table(rows), provenance(data, rows))

    def _tables(self, conditions: list[dict]) -> None:
        self.add("## Methods")
        for data in conditions:
            rows = rows_of(data)
            self.add(f"### {condition_words(data['settings'])}", tables.main_table(rows), provenance(data, rows))
            missing = [row.label for row in rows if "fid" not in row.figures]
            if missing:
                names = "any method" if len(missing) == len(rows) else ", ".join(f"`{label}`" for label in missing)
                self.add(f"FID is not measured for {names}.")
        if self.subject.name == "human_box":
            self.add("### The paper's own figures, on OMOMO's large box", f"{_OTHERS} {published.SOURCE}, table 2.")
            self.add(tables.paper_box_table())
        if self.subject.name != "human":
            return
        first, third = tables.paper_tables()
        self.add(
            "### The paper's own figures, on AIST++",
            f"{_OTHERS} {published.SOURCE}, tables 1 and 3.",
            first,
            third,
        )

    def _ratios_and_ablations(self, data: dict, rows: list[Row]) -> None:
        ratios = tables.ratio_table(rows, papers=self.subject.name == "human")
        if ratios:
            source = provenance(data, rows)
            self.add("## Ratios", "The best baseline's error divided by ours: over 1, ours is better.", ratios, source)
            self.add("Every baseline's error divided by ours:", tables.every_ratio_table(rows), source)
        if any(row.group == "ours" for row in rows):
            self.add("## Ablation", tables.ablation_table(rows))
            self.add(provenance(data, [row for row in rows if row.group == "ours"]))

    def _plots(self, conditions: list[dict]) -> None:
        data, rows = conditions[0], rows_of(conditions[0])
        source = provenance(data, rows)
        self.add("## Errors", "### By method")
        figures.by_method(rows, self.plot("by_method", "MPJPE of every method with its interval"))
        self.add(source, "### By kind of motion", "The kind is read from the clip's description and name.")
        figures.by_kind(rows, data["windows"], self.plot("by_kind", "MPJPE by kind of motion"))
        self.add(source)
        if len(conditions) > 1:
            self.add("### By camera")
            named = [(condition_words(each["settings"], short=True), rows_of(each)) for each in conditions]
            figures.by_condition(named, self.plot("by_condition", "MPJPE of every method by camera and noise"))
            self.add(*(provenance(each, rows_of(each)) for each in conditions))
        self.add("### By clip")
        figures.by_clip(rows, data["windows"], self.plot("by_clip", "MPJPE of every window"))
        self.add(source)

    def _motions(self, data: dict, rows: list[Row]) -> None:
        self.add("## Root trajectories from above")
        shown = [row for row in (whole(rows), rival(rows, "t_root_mm")) if row is not None]
        count = min(PATHS, len(data["windows"]))
        self.add(f"The {count} windows that travel most; all begin at the dot, with the hips facing the same way.")
        motions.paths_from_above(data, rows, self.plot("trajectories", "Roots from above: truth, ours, best baseline"))
        self.add(provenance(data, shown))
        ours = whole(rows)
        if ours is not None:
            self.add(f"## The worst clips of {ours.label}")
            words = "Seen from the camera's right or left, where its depth is seen; both mid-hips on one point."
            self.add(words)
            motions.worst_clips(data, ours, self.plot("worst_clips", f"Truth and {ours.label} at five moments"))
            self.add(provenance(data, [ours]))

    def _cost(self, costs: dict | None) -> None:
        self.add("## Quality against cost")
        if costs is None:
            self.add("Not measured yet: `python -m backend report cost --mocap DIR` measures it.")
            return
        rows = rows_of(costs)
        self.add(f"`{rows[0].method}` by the number of denoising steps (at the points) and of samples averaged.")
        cost.plot_cost(rows, self.plot("cost", "Errors against seconds of work"))
        self.add(provenance(costs, rows), cost.cost_table(rows), provenance(costs, rows))


def subject_of(data: dict) -> Subject:
    """Whom the windows of some results show."""
    window = data["windows"][0]
    return subject_of_count(window["points"] if "points" in window else len(window["figures"][0]))
