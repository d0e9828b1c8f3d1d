# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the backend's environment is whole, and what is wanted, without running anything."""

import pytest

from blender_addon.jobs import backend_folder
from blender_addon.jobs.backend_folder import ABSENT, BROKEN, OUTDATED, READY, Contents

WANTED = Contents("digest", "cpu", "")


@pytest.fixture
def made(tmp_path):
    python = backend_folder.python_of(tmp_path)
    python.parent.mkdir()
    python.touch()
    return tmp_path


def test_no_folder_and_an_empty_one_are_absent(tmp_path):
    assert backend_folder.state(tmp_path / "none", WANTED) == ABSENT
    assert backend_folder.state(tmp_path, WANTED) == ABSENT


def test_only_the_stamp_makes_it_whole_and_taking_it_away_breaks_it(made):
    assert backend_folder.state(made, WANTED) == BROKEN
    backend_folder.stamp(made, WANTED)
    assert backend_folder.state(made, WANTED) == READY and backend_folder.contents(made) == WANTED
    backend_folder.unstamp(made)
    assert backend_folder.state(made, WANTED) == BROKEN and backend_folder.contents(made) is None
    backend_folder.unstamp(made)


@pytest.mark.parametrize("other", [Contents("x", "cpu"), Contents("digest", "cuda"), Contents("digest", "cpu", "i")])
def test_other_requirements_builds_and_indexes_are_out_of_date(made, other):
    backend_folder.stamp(made, WANTED)
    assert backend_folder.state(made, other) == OUTDATED
    backend_folder.stamp(made, other)
    assert backend_folder.state(made, other) == READY


def test_without_its_python_it_is_broken(made):
    backend_folder.stamp(made, WANTED)
    backend_folder.python_of(made).unlink()
    assert backend_folder.state(made, WANTED) == BROKEN


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"requirements": "x"}', '{"more": 1}', "\x00"])
def test_a_stamp_that_says_nothing_is_none(made, text):
    (made / "lift3d.json").write_text(text)
    assert backend_folder.state(made, WANTED) == BROKEN
