# SPDX-License-Identifier: GPL-3.0-or-later
"""The results beside a page: small, the page's own figures, and a file that can be measured on into."""

import json
import shutil

import pytest

from backend.evaluation import EvaluationError, motion_features
from backend.evaluation.report import collect, kept, results
from backend.evaluation.report.pages import write_page
from backend.evaluation.windows import Window

from ..figures import walker
from .made_up import CLIPS, PAPER, SESSION, entries, entry, measure, measured

MANY = [Window(f"walk_{number}", walker(45, 0.2 + 0.3 * number), 1.7) for number in range(10)]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Full results, the page's folder, and what was written."""
    folder = tmp_path_factory.mktemp("kept")
    return measured(folder / "out"), folder / "docs", write_page(folder / "out", folder / "docs" / "page.md")


def test_the_page_is_the_same_from_the_results_beside_it(written, tmp_path):
    _, docs, paths = written
    beside = docs / "page" / "results"
    assert {path.name for path in paths if path.parent == beside} == {"paper_none.json", "wild_detector.json"}
    again = write_page(beside, tmp_path / "page.md")
    assert len(again) == len(paths)
    for one, other in zip(paths, again, strict=True):
        assert one.read_bytes() == other.read_bytes(), one.name


def test_kept_results_are_small_and_tell_nobodys_folders(tmp_path):
    path = tmp_path / "paper_none.json"
    made = [entry(name, 0.1, chosen=MANY) for name in ("full", "smplify", "world")]
    session = {**SESSION, "command": "python -m backend report --mocap /home/me/clips"}
    data = collect.measure(path, MANY, made, PAPER, CLIPS, session)
    results.write_kept(data, tmp_path / "kept.json")
    text = (tmp_path / "kept.json").read_text()
    assert "/home/me" not in text and "report --mocap clips" in text
    assert len(text) < 0.65 * path.stat().st_size
    small = json.loads(text)
    assert sum("root" in window for window in small["windows"]) == 8
    assert {key: len(of) for key, of in small["sketches"].items()} == {"full": 10, "smplify": 8, "world": 8}


def test_another_method_is_measured_into_kept_results(tmp_path):
    path = tmp_path / "paper_none.json"
    full = measure(path, [entry("full", 0.02, chosen=MANY)], chosen=MANY)
    results.write_kept(full, path)
    old, new = entry("full", 0.02, chosen=MANY), entry("smplify", 0.1, chosen=MANY)
    data = measure(path, [old, new], chosen=MANY)
    assert old.lift.asked == [] and len(new.lift.asked) == len(MANY)
    rows = {row["method"]: row for row in data["rows"]}
    assert rows["full"]["mpjpe_mm"] == pytest.approx(full["rows"][0]["mpjpe_mm"], abs=5e-4)
    paths = write_page(tmp_path, tmp_path / "docs" / "page.md")
    assert "| smplify |" in paths[0].read_text()
    assert set(results.read(paths[-1])["sketches"]) == {"full", "smplify"}


def test_fids_stay_without_the_features_and_are_not_mixed_with_anothers(tmp_path):
    path = tmp_path / "paper_none.json"
    config = motion_features.FeatureConfig(width=16, blocks=1, heads=2, features=4)
    extractor, other = (motion_features.MotionAutoencoder(config).eval().requires_grad_(False) for _ in range(2))
    (before,) = measure(path, [entry("full", 0.02)], extractor=extractor)["rows"]
    results.write_kept(results.read(path), path)
    assert "features" not in path.read_text()
    again = entry("full", 0.02)
    rows = measure(path, [again, entry("plane", 0.2)], extractor=extractor)["rows"]
    assert again.lift.asked == [] and [row["fid"] > 0 for row in rows] == [True, True]
    assert rows[0]["fid"] == pytest.approx(before["fid"], abs=1e-3)
    results.write_kept(results.read(path), path)
    with pytest.raises(EvaluationError, match="FID features"):
        measure(path, [entry("world", 0.05)], extractor=other)


def test_an_unfinished_method_is_not_kept(tmp_path):
    path = tmp_path / "paper_none.json"

    def stop(condition, done, total):
        raise KeyboardInterrupt

    data = measure(path, entries()[:1])
    with pytest.raises(KeyboardInterrupt):
        measure(path, entries()[2:3], heard=stop)
    assert list(kept.keep(results.read(path))["entries"]) == [data["rows"][0]["method"]]


@pytest.mark.parametrize("broken", ["windows", "fids", "a figure", "a column"])
def test_kept_results_that_are_broken_are_named_in_one_sentence(written, tmp_path, broken):
    path = tmp_path / "paper_none.json"
    shutil.copy(written[1] / "page" / "results" / path.name, path)
    data = json.loads(path.read_text())
    if broken in data:
        del data[broken]
    else:
        columns = next(iter(data["columns"].values()))
        columns["mpjpe_mm"] = columns["mpjpe_mm"][:1] if broken == "a column" else ["wide"] * 3
    path.write_text(json.dumps(data))
    with pytest.raises(EvaluationError, match="measure") as raised:
        results.read(path)
    assert path.name in str(raised.value) and "\n" not in str(raised.value)
