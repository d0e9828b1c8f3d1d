# SPDX-License-Identifier: GPL-3.0-or-later
"""results.json: kept after each clip, read again by the next run, which then knows what is finished."""

import json
import os
from dataclasses import fields, replace

import pytest

from blender_addon.batch import results
from blender_addon.batch.results import DONE, FAILED, Record, Results, ResultsError
from blender_addon.batch.table import line, summary, table

SETTINGS = {"command": "lift", "options": {"seed": 1, "image_size": [640, 480]}}


@pytest.fixture
def record(tmp_path):
    (tmp_path / "walk.blend").write_text("x")
    return Record(
        str(tmp_path / "walk.json"), "walk", DONE, 120, 29.97, 4.2, 3.25, 0.8, ["walk.blend"], ["note"],
        content="abc", settings=SETTINGS,
    )  # fmt: skip


def test_what_is_put_is_there_in_the_next_run_and_the_file_is_documented(tmp_path, record):
    Results(tmp_path).put(record)
    assert list(Results(tmp_path).records.values()) == [record]
    held = json.loads((tmp_path / "results.json").read_text())
    assert held["format"] == "lift3d-results" and held["version"] == 1
    assert held["clips"][0].keys() == {field.name for field in fields(Record)}
    for name in held["clips"][0]:
        assert f"    {name}" in results.__doc__ or f", {name} " in results.__doc__, name
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_later_record_of_a_clip_replaces_the_earlier_and_leaves_the_others(tmp_path, record):
    kept = Results(tmp_path)
    other = replace(record, clip=str(tmp_path / "run.json"), name="run")
    for each in (record, other, replace(record, result=FAILED)):
        kept.put(each)
    assert {each.name: each.result for each in Results(tmp_path).records.values()} == {"walk": FAILED, "run": DONE}


@pytest.mark.parametrize(
    "change",
    [
        lambda record, folder: record | {"content": "abd"},
        lambda record, folder: record | {"settings": {**SETTINGS, "options": {"seed": 2}}},
        lambda record, folder: record | {"endings": ["blend", "fbx"]},
        lambda record, folder: os.unlink(folder / "walk.blend") or record,
    ],
    ids=["content", "settings", "another format", "output gone"],
)
def test_a_clip_is_finished_until_something_that_counts_changes(tmp_path, record, change):
    Results(tmp_path).put(record)
    settings = results.plain({**SETTINGS, "options": {"seed": 1, "image_size": (640, 480)}})  # as before JSON had it
    asked = {"clip": tmp_path / "walk.json", "content": "abc", "settings": settings, "endings": ["blend"]}
    assert Results(tmp_path).finished(**asked) == record
    assert Results(tmp_path).finished(**change(asked, tmp_path)) is None


def test_a_failed_clip_is_never_finished(tmp_path, record):
    Results(tmp_path).put(replace(record, result=FAILED))
    assert Results(tmp_path).finished(tmp_path / "walk.json", "abc", SETTINGS, ["blend"]) is None


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"format": "other"}', '{"format": "lift3d-results", "version": 2, "clips": []}',
     '{"format": "lift3d-results", "version": 1, "clips": [{"clip": 3, "name": "x", "result": "done"}]}'],
)  # fmt: skip
def test_a_file_of_another_kind_is_refused_and_stays(tmp_path, text):
    (tmp_path / "results.json").write_text(text)
    with pytest.raises(ResultsError, match="no results file of version 1: move it away"):
        Results(tmp_path)
    assert (tmp_path / "results.json").read_text() == text


def test_a_file_that_cannot_be_written_is_one_line_and_the_old_one_stays(tmp_path, record):
    kept = Results(tmp_path)
    kept.put(record)
    kept.path = tmp_path / "gone" / "results.json"
    with pytest.raises(ResultsError, match="cannot be written: No such file"):
        kept.put(record)
    assert Results(tmp_path).records


def test_the_table_has_a_row_a_clip_and_aligned_columns(tmp_path, record):
    failed = Record(str(tmp_path / "day/bad.json"), "bad", FAILED, seconds=0.5, sentence="bad.json is empty")
    rows = table([record, failed, replace(record, result=results.SKIPPED)])
    assert rows[0].split() == ["clip", "result", "frames", "fps", "seconds", "px", "outputs"]
    assert rows[1].split() == ["walk.json", "done", "120", "29.97", "4.2", "3.2", "walk.blend"]
    assert rows[2].split(maxsplit=3) == [os.path.join("day", "bad.json"), "failed", "0.5", "bad.json is empty"]
    assert rows[3].split() == ["walk.json", "skipped", "120", "29.97", "3.2", "walk.blend"]
    assert rows[0].index("outputs") == rows[1].index("walk.blend") == rows[2].index("bad.json is empty")
    assert summary([record, record, failed]) == "2 done, 1 failed"


def test_a_line_tells_one_result(tmp_path, record):
    assert line(record, 3, 20) == "[ 3/20] walk: done, 120 frames at 29.97 a second, 4.2 s, 3.2 px"
    assert line(replace(record, result=results.SKIPPED), 1, 2) == "[1/2] walk: skipped, finished earlier"
    failed = replace(record, result=FAILED, sentence="it is empty")
    assert line(failed, 1, 2) == "[1/2] walk: failed, it is empty"
