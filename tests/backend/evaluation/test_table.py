# SPDX-License-Identifier: GPL-3.0-or-later
"""The printed table and the written file."""

import json

import pytest

from backend.evaluation import EvaluationError, benchmark
from backend.evaluation.table import format_table, write_report

from .test_benchmark import CONDITIONS, flat, perfect, windows


def a_report() -> dict:
    return benchmark.run(windows()[1:], {"full": perfect(), "plane": flat}, CONDITIONS)


def test_the_table_has_a_line_a_method_and_says_the_conditions():
    report = a_report()
    text = format_table(report)
    lines = text.splitlines()
    assert "camera paper" in lines[0] and "1 windows (0 travel)" in lines[0]
    assert "focal length told to every method; standing height unknown to the methods" == lines[1]
    assert len({len(line) for line in lines[-3:]}) == 1, "the columns stand under each other"
    words = dict(zip(lines[-3].replace("PA ", "PA-").replace("per ", "per-").split(), lines[-1].split(), strict=True))
    assert words["method"] == "plane" and words["travel"] == "-"
    assert words["MPJPE"] == f"{report['rows'][1]['mpjpe_mm']:.1f}"


def test_the_file_holds_everything_and_nothing_is_left_beside_it(tmp_path):
    report = a_report()
    write_report(report, tmp_path / "out.json")
    assert json.loads((tmp_path / "out.json").read_text()) == report
    assert [path.name for path in tmp_path.iterdir()] == ["out.json"]


def test_a_report_that_cannot_be_written_leaves_the_old_one(tmp_path):
    path = tmp_path / "out.json"
    path.write_text("old")
    with pytest.raises(ValueError):
        write_report({"rows": [float("nan")]}, path)
    assert path.read_text() == "old" and len(list(tmp_path.iterdir())) == 1
    with pytest.raises(EvaluationError, match="expected to write"):
        write_report(a_report(), tmp_path / "missing" / "out.json")
