# SPDX-License-Identifier: GPL-3.0-or-later
"""Outputs get their sources' names, told apart by the folders, and the same ones in every run."""

from pathlib import Path

from blender_addon.batch.identity import identity
from blender_addon.batch.names import output_names


def named(*paths: str, held: dict[str, str] | None = None, reserved=()) -> list[str]:
    known = {identity(path): name for path, name in (held or {}).items()}
    names = output_names([Path(path) for path in paths], known, reserved)
    return [names[identity(path)] for path in paths]


def test_a_source_gives_its_own_name_without_the_ending():
    assert named("/a/walk.json", "/a/run.v2.npz") == ["walk", "run.v2"]


def test_a_folder_with_a_dot_in_its_name_keeps_it(tmp_path):
    (tmp_path / "take 1.5").mkdir()
    assert named(str(tmp_path / "take 1.5")) == ["take 1.5"]


def test_equal_names_get_their_folders_as_deep_as_it_takes():
    assert named("/x/a/walk.json", "/x/b/walk.json", "/x/b/run.json") == ["a-walk", "b-walk", "run"]
    assert named("/x/a/1/walk.json", "/x/b/1/walk.json") == ["a-1-walk", "b-1-walk"]


def test_names_that_one_file_system_takes_for_one_are_told_apart():
    assert named("/a/Walk.json", "/b/walk.json") == ["a-Walk", "b-walk"]
    assert named("/a/caf\u00e9.json", "/b/cafe\u0301.json") == ["a-caf\u00e9", "b-cafe\u0301"]


def test_one_file_in_two_formats_gets_numbers_where_folders_do_not_help():
    first, second = named("/a/walk.json", "/a/walk.npz")
    assert first == "a-walk" and second == "a-walk-2"


def test_an_earlier_runs_names_stay_and_are_nobody_elses():
    held = {"/a/walk.json": "walk"}
    assert named("/b/walk.json", "/a/walk.json", held=held) == ["b-walk", "walk"]
    assert named("/b/walk.json", held=held) == ["b-walk"]


def test_reserved_names_are_left_alone():
    assert named("/a/walk.npz", reserved=["walk"]) == ["a-walk"]
    assert named("/walk.npz", reserved=["WALK"]) == ["walk-2"]
