# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables, intervals and sentences: the numbers are the results', the bold ones are the best."""

import re

import numpy as np
import pytest

from backend.evaluation.report import experiments, tables
from backend.evaluation.report.comparison import rows_of
from backend.evaluation.report.intervals import bootstrap_interval, paired_interval

from .made_up import entries, entry, measure


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return measure(tmp_path_factory.mktemp("results") / "paper_none.json", entries())


def cells(table: str, label: str) -> list[str]:
    (line,) = (line for line in table.splitlines() if line.startswith(f"| {label} |"))
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_the_main_table_has_every_row_with_the_results_numbers(data):
    table = tables.main_table(rows_of(data))
    for row in data["rows"]:
        found = cells(table, row["method"].split("@")[0])
        plain = [cell.strip("*") for cell in found]
        assert plain[1:3] == [f"{row['t_root_mm']:.1f}", f"{row['mpjpe_mm']:.1f}"]
        assert plain[4:7] == [f"{row[figure]:.1f}" for figure in ("pa_mpjpe_mm", "j2d_px", "j2d_c_px")]
        assert plain[7] == "–"


def test_the_best_of_each_column_is_bold_and_nothing_else(data):
    table = tables.main_table(rows_of(data))
    best, worse = cells(table, "full"), [cells(table, label) for label in ("stage4", "plane", "smplify", "world")]
    assert all(re.fullmatch(r"\*\*[\d.]+\*\*", best[column]) for column in (1, 2, 4, 5, 6))
    assert not any("*" in cell for line in worse for cell in line[1:7])


def test_methods_stand_in_their_groups(data):
    order = [line.split("|")[1].strip() for line in tables.main_table(rows_of(data)).splitlines()[2:]]
    assert order == ["*trained without 3D*", "plane", "smplify", "*trained on 3D truth*", "world", "*ours*", "full",
                     "stage4"]  # fmt: skip


def test_the_ratios_are_those_of_the_rows_and_never_of_the_plane(data):
    full, smplify, world = (
        next(row for row in data["rows"] if row["method"].startswith(name)) for name in ("full", "smplify", "world")
    )
    table = tables.ratio_table(rows_of(data))
    lines = [line for line in table.splitlines() if line.startswith("| MPJPE")]
    assert [re.split(r"\s*\|\s*", line)[5] for line in lines] == [
        f"{other['mpjpe_mm'] / full['mpjpe_mm']:.2f}" for other in (smplify, world)
    ]
    assert "plane" not in table and "| 1.55 |" in lines[0]  # 171.6 / 110.7, SMPLify in the paper


def test_every_baseline_is_compared_with_each_of_our_models(tmp_path):
    made = [entry("full", 0.1, model="default"), entry("full", 0.05, model="single"), *entries()[2:]]
    rows = rows_of(measure(tmp_path / "paper_none.json", made))
    lines = [re.split(r"\s*\|\s*", line) for line in tables.every_ratio_table(rows).splitlines()[2:]]
    assert [(line[1], line[2]) for line in lines] == [
        (other, ours) for ours in ("full (default)", "full (single)") for other in ("smplify", "world")
    ]
    figures = {row.label: row.figures["mpjpe_mm"] for row in rows}
    assert [line[4] for line in lines] == [f"{figures[line[1]] / figures[line[2]]:.2f}" for line in lines]
    assert {line[8] for line in lines} == {"–"}  # FID is not measured


def test_there_are_no_ratios_without_baselines(tmp_path):
    data = measure(tmp_path / "paper_none.json", [entry("full", 0.1), entry("plane", 0.2)])
    assert tables.ratio_table(rows_of(data)) is None


def test_ablations_follow_the_papers_order(tmp_path):
    names = ("full", "stage4", "stage2_sds", "stage1")
    data = measure(tmp_path / "paper_none.json", [entry(name, 0.1, model="default") for name in names])
    order = [line.split("|")[1].strip() for line in tables.ablation_table(rows_of(data)).splitlines()[2:]]
    assert order == ["stage1", "stage2_sds", "stage4", "full"]


def test_two_models_are_told_apart_by_name(tmp_path):
    made = [entry("full", 0.1, model="default", data="a"), entry("full", 0.05, model="single", data="b")]
    rows = rows_of(measure(tmp_path / "paper_none.json", made))
    assert [row.label for row in rows] == ["full (default)", "full (single)"]
    table = tables.model_table(rows)
    assert cells(table, "full (single)")[2:] == ["single", "–", "–", "b"]


def test_intervals_are_seeded_and_narrow_with_more_windows():
    random = np.random.default_rng(1)
    few, many = random.normal(100, 20, 10), random.normal(100, 20, 1000)
    assert bootstrap_interval(few, 3) == bootstrap_interval(few, 3)
    low, high = bootstrap_interval(many)
    assert low < many.mean() < high and high - low == pytest.approx(4 * 20 / 1000**0.5, rel=0.15)
    assert np.ptp(bootstrap_interval(few)) > 3 * (high - low)
    assert bootstrap_interval([5.0]) == (5.0, 5.0)


def test_a_paired_difference_is_clear_where_the_windows_vary_more_than_the_methods():
    windows = np.random.default_rng(2).normal(100, 50, 40)
    low, high = paired_interval(windows, windows + 2)
    assert low == pytest.approx(-2) and high == pytest.approx(-2)


def test_the_verdict_follows_the_figures_whichever_way_they_fall(tmp_path):
    def sentence(world: float) -> str:
        made = [entry("full", 0.05), entry("world", world)]
        rows = rows_of(measure(tmp_path / f"{world}.json", made))
        return next(line for line in experiments.verdicts(rows) if line.startswith("MPJPE"))

    assert "clearly better" in sentence(0.1)
    assert "clearly worse" in sentence(0.01)
    assert "no clear difference" in sentence(0.05)
