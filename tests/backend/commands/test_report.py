# SPDX-License-Identifier: GPL-3.0-or-later
"""python -m backend report, with made-up methods in place of the product's lifting."""

import argparse
import json

import pytest

from backend.commands import report
from backend.errors import UserError
from backend.evaluation.report import entries
from backend.evaluation.report.entries import Entry

from ..evaluation.figures import walker, write_mocap
from ..evaluation.test_benchmark import flat


def parse(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    report.add_arguments(parser)
    return parser.parse_args(words)


def filled(clip, focal, height):
    motion = flat(clip, focal, height)
    motion.keypoints = motion.keypoints.nan_to_num()
    return motion


@pytest.fixture
def folder(tmp_path, monkeypatch):
    def made(names, models, options, baselines=None, subject="human", called=None):
        return [Entry(name, {"method": name, "model": None, "film": None, "data": None}, filled) for name in names]

    monkeypatch.setattr(entries, "entries_for", made)
    monkeypatch.setenv("LIFT3D_BASELINES", str(tmp_path / "none"))
    (tmp_path / "clips").mkdir()
    for number in range(3):
        write_mocap(tmp_path / "clips" / f"{number}.npz", walker(45 + number))
    return tmp_path


def words(folder, *more: str) -> tuple[str, ...]:
    results = ("--results", str(folder / "results"), "-o", str(folder / "docs" / "page.md"))
    return ("--mocap", str(folder / "clips"), *results, "--methods", "plane,smplify", *more)


def test_plain_report_measures_both_conditions_and_writes_the_page(folder, capsys):
    assert report.run(parse(*words(folder, "--limit", "2"))) == 0
    found = {path.name: json.loads(path.read_text()) for path in (folder / "results").glob("*.json")}
    assert set(found) == {"paper_none.json", "wild_detector.json"}
    assert all(len(data["rows"]) == 2 and len(data["windows"]) == 2 for data in found.values())
    assert found["paper_none.json"]["windows"][0]["kind"] == "walk"
    assert (folder / "docs" / "page.md").is_file() and (folder / "docs" / "page" / "by_method.png").is_file()
    errors = capsys.readouterr().err
    assert "window 2 / 2" in errors and "without FID" in errors


def test_write_needs_the_files_alone(folder):
    report.run(parse("run", *words(folder, "--camera", "paper", "--noise", "none")))
    assert not (folder / "docs").exists()
    (folder / "clips").rename(folder / "gone")
    report.run(parse("write", "--results", str(folder / "results"), "-o", str(folder / "docs" / "page.md")))
    assert "3 windows of `clips`" in (folder / "docs" / "page.md").read_text()


@pytest.mark.parametrize(
    "wrong",
    [
        ("--mocap", "no/such/folder"),
        ("--methods", "best"),
        ("--camera", "paper,wild,paper", "--noise", "none,detector"),
        ("--camera", "cinema"),
        ("--model", "single=no/such/folder"),
        ("--baselines", "far=no/such/folder"),
        ("--baselines", "no/such/folder"),
    ],
)
def test_what_cannot_be_run_is_said_in_one_line_before_anything_is_measured(folder, wrong):
    with pytest.raises(UserError) as raised:
        report.run(parse(*words(folder, *wrong)))
    assert "\n" not in str(raised.value) and "expected" in str(raised.value)
    assert not (folder / "results").exists()


def test_run_needs_motion_capture_and_write_needs_results(tmp_path):
    with pytest.raises(UserError, match="--mocap"):
        report.run(parse("run"))
    with pytest.raises(UserError, match="report run"):
        report.run(parse("write", "--results", str(tmp_path)))


@pytest.mark.parametrize("wrong", ["far=no/such/file.json", "nonsense"])
def test_an_experiment_needs_results_by_name(tmp_path, wrong):
    with pytest.raises(UserError, match="--test NAME=FILE.json"):
        report.run(parse("experiment", "--test", wrong, "-o", str(tmp_path / "page.md")))


def test_baselines_may_be_named_after_what_they_learnt_from(tmp_path):
    assert entries.parse_baselines(f"everyday={tmp_path}") == ("everyday", tmp_path)
    assert entries.parse_baselines(str(tmp_path)) == (None, tmp_path)
    assert entries.parse_baselines(None) == (None, None)


def test_cost_is_of_one_of_our_methods(folder):
    with pytest.raises(UserError, match="one method"):
        report.run(parse("cost", *words(folder)))


def test_models_are_named_by_the_user_or_by_their_folder(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    one, two = tmp_path / "one", tmp_path / "two"
    assert entries.parse_models([f"single={one}", str(two)]) == {"single": one, "two": two}
    assert entries.parse_models([]) == {"default": None}
    with pytest.raises(UserError, match="twice"):
        entries.parse_models([f"a={one}", f"a={two}"])


def test_the_bundled_models_card_says_film_and_data():
    facts = entries.model_facts("default", None)
    assert facts["model"] == "default" and facts["film"] in ("many", "single") and "clips" in facts["data"]
