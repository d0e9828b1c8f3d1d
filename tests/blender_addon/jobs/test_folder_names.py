# SPDX-License-Identifier: GPL-3.0-or-later
import pytest

from blender_addon.jobs.folder_names import folder_name, free_name


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ("My walkers", "My walkers"), ("  a   b ", "a b"), ("größe 2", "größe 2"), ("a/b\\c:d", "a b c d"),
        ("..", "model"), ("", "model"), ("CON", "model"), ("nul.txt", "model"), ("ends.", "ends"), ("<>", "model"),
        ("tab\there\n", "tab here"), ("x" * 100, "x" * 60), (".hidden", "hidden"),
    ],
)  # fmt: skip
def test_a_name_that_every_system_takes(wanted, name, tmp_path):
    assert folder_name(wanted, "model") == name
    (tmp_path / name).mkdir()


def test_a_name_that_is_taken_anywhere_gets_a_number(tmp_path):
    runs, models = tmp_path / "runs", tmp_path / "models"
    assert free_name("walk", [runs, models]) == "walk"
    (runs / "Walk").mkdir(parents=True)
    (models / "walk 2").mkdir(parents=True)
    assert free_name("walk", [runs, models]) == "walk 3"
