# SPDX-License-Identifier: GPL-3.0-or-later
"""Measuring into files: what is measured stays measured."""

import json

import numpy as np
import pytest

from backend.evaluation import EvaluationError, benchmark, motion_features
from backend.evaluation.report import results

from .made_up import PAPER, Blurred, entries, entry, measure, windows


def test_the_figures_are_those_of_the_benchmark(tmp_path):
    made = entries()
    data = measure(tmp_path / "paper_none.json", made)
    expected = benchmark.run(windows(), {each.key: each.lift for each in made}, PAPER)
    assert results.read(tmp_path / "paper_none.json") == data
    for row, other in zip(data["rows"], expected["rows"], strict=True):
        timed = {"seconds_per_clip_second": row["seconds_per_clip_second"]}
        assert row == {**other, **timed}
    assert [window["kind"] for window in data["windows"]] == ["walk", "dance", "floor"]


def test_what_is_measured_is_not_measured_again(tmp_path):
    path = tmp_path / "paper_none.json"
    first, second = entries()[:2], entries()
    before = measure(path, first)["rows"]
    rows = measure(path, second)["rows"]
    assert [each.lift.asked for each in second[:2]] == [[], []]
    assert all(len(each.lift.asked) == 3 for each in second[2:])
    assert rows[:2] == before and len(rows) == 5


def test_again_measures_what_is_named_and_keeps_the_rest(tmp_path):
    path = tmp_path / "paper_none.json"
    measure(path, entries())
    anew = [entry("smplify", 0.3)]
    rows = {row["method"]: row for row in measure(path, anew, again=True)["rows"]}
    assert len(anew[0].lift.asked) == 3 and len(rows) == 5
    assert rows["smplify"]["mpjpe_mm"] > rows["plane"]["mpjpe_mm"]


def test_an_interrupted_run_goes_on_at_the_window_where_it_was_stopped(tmp_path):
    path = tmp_path / "paper_none.json"
    made = entry("full", 0.02)

    def interrupt(condition, done, total):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        measure(path, [made], heard=interrupt)
    stopped = results.read(path)
    assert len(stopped["clips"]) == 2 and stopped["rows"] == []
    other = entry("full", 0.02)
    assert len(measure(path, [other])["rows"]) == 1
    assert other.lift.asked == ["third"]


@pytest.mark.parametrize("change", ["windows", "seed", "model"])
def test_results_of_something_else_are_not_mixed_in(tmp_path, change):
    path = tmp_path / "paper_none.json"
    measure(path, [entry("full", 0.02, model="default", data="9 clips")])
    before = path.read_bytes()
    made, conditions, chosen, hint = [entry("plane", 0.2)], PAPER, windows(), "--results"
    if change == "windows":
        chosen = windows()[:2]
    elif change == "seed":
        conditions = benchmark.Conditions(seed=1)
    else:
        made, hint = [entry("full", 0.02, model="default", data="10 clips")], "--again"
    with pytest.raises(EvaluationError, match=hint):
        measure(path, made, conditions, chosen)
    assert path.read_bytes() == before


def test_other_clips_of_the_same_names_are_other_windows(tmp_path):
    measure(tmp_path / "paper_none.json", [entry("full", 0.02)])
    swapped = [type(window)(window.name, window.keypoints * 1.01, 1.7) for window in windows()]
    made = [entry("plane", 0.2, chosen=swapped)]
    with pytest.raises(EvaluationError, match="same windows"):
        measure(tmp_path / "paper_none.json", made, chosen=swapped)


def test_the_same_clips_read_by_another_processor_are_the_same_windows(tmp_path):
    """Whose body's keypoints differ in their last bits."""
    measure(tmp_path / "paper_none.json", [entry("full", 0.02)])
    bits = np.random.default_rng(0)
    moved = [
        type(window)(window.name, window.keypoints + bits.normal(0, 1e-5, window.keypoints.shape), 1.7)
        for window in windows()
    ]
    made = [entry("plane", 0.2, chosen=moved)]
    assert len(measure(tmp_path / "paper_none.json", made, chosen=moved)["rows"]) == 2


def test_fid_comes_with_its_features_and_measures_again_what_lacks_them(tmp_path):
    path = tmp_path / "paper_none.json"
    config = motion_features.FeatureConfig(width=16, blocks=1, heads=2, features=4)
    extractor = motion_features.MotionAutoencoder(config).eval().requires_grad_(False)
    measure(path, [entry("full", 0.0), entry("plane", 0.2)])
    made = [entry("full", 0.0)]
    rows = measure(path, made, extractor=extractor)["rows"]
    assert len(made[0].lift.asked) == 3
    assert {row["method"]: "fid" in row for row in rows} == {"full": True, "plane": False}
    kept = measure(path, [entry("smplify", 0.1)])["rows"]
    assert {row["method"] for row in kept if "fid" in row} == {"full"}
    other = motion_features.MotionAutoencoder(config).eval().requires_grad_(False)
    with pytest.raises(EvaluationError, match="FID features"):
        measure(path, [entry("full", 0.0)], extractor=other)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "no JSON"),
        ("[]", "other JSON"),
        ('{"rows": []}', "other JSON"),
        ('{"report_version": 99}', "version 2"),
        ('{"report_version": 2, "rows": 3}', "missing"),
        ("[" * 100_000, "no JSON"),
    ],
)
def test_files_that_are_no_results_are_named_in_one_sentence(tmp_path, content, words):
    path = tmp_path / "paper_none.json"
    path.write_text(content)
    with pytest.raises(EvaluationError, match=words) as raised:
        results.read(path)
    assert "paper_none.json" in str(raised.value) and "\n" not in str(raised.value)


def test_a_folder_without_finished_results_says_what_to_do(tmp_path):
    with pytest.raises(EvaluationError, match="report run"):
        results.load_folder(tmp_path / "none")


def test_two_processes_measure_into_one_file(tmp_path):
    """What another one finished meanwhile, other methods and the same one's next window, is kept and used."""
    path = tmp_path / "paper_none.json"
    mine, others = entry("full", 0.02), [entry("full", 0.02), entry("plane", 0.1)]

    def meanwhile(condition, done, total):
        if done == 1:
            measure(path, others)

    data = measure(path, [mine], heard=meanwhile)
    assert mine.lift.asked == ["first"] and others[0].lift.asked == ["second", "third"]
    assert [row["method"] for row in data["rows"]] == ["full", "plane"] and len(data["clips"]) == 6


def test_a_folder_holds_results_of_the_same_windows(tmp_path):
    measure(tmp_path / "paper_none.json", [entry("full", 0.02)])
    chosen = windows()[:2]
    wild = benchmark.Conditions(camera="wild")
    measure(tmp_path / "wild_none.json", [entry("full", 0.02, wild)], wild, chosen)
    with pytest.raises(EvaluationError, match="same windows"):
        results.load_folder(tmp_path)


def test_no_half_file_is_left_behind(tmp_path):
    made = entry("full", 0.02)
    measure(tmp_path / "paper_none.json", [made])
    assert {path.name for path in tmp_path.iterdir()} == {"paper_none.json", "paper_none.lock"}
    assert isinstance(made.lift, Blurred) and json.loads((tmp_path / "paper_none.json").read_text())["rows"]
