# SPDX-License-Identifier: GPL-3.0-or-later
"""Packages that are there, missing or broken, and the sentences that say what to do."""

import sys

import pytest

from backend.checking.packages import Package, packages, sentences


@pytest.fixture
def made(tmp_path, monkeypatch):
    """A pyproject.toml of packages made for the purpose, on the path."""
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "whole_one.py").touch()
    (tmp_path / "broken_one.py").write_text("raise OSError('[WinError 126] c10.dll\\nis not there')")
    (tmp_path / "needy_one.py").write_text("import a_package_that_nobody_has.part")
    (tmp_path / "exits.py").write_text("raise SystemExit('no display')")
    path = tmp_path / "pyproject.toml"
    path.write_text(
        '[project]\ndependencies = ["whole-one==1.0", "broken_one==2.0", "needy_one", "exits", "missing-one==3.1"]\n'
        '[tool.lift3d]\nwithout-dependencies = ["missing_two==4.0"]\n'
    )
    yield packages(path)
    for name in ("whole_one", "broken_one", "needy_one", "exits"):
        sys.modules.pop(name, None)


def test_each_package_is_tried(made):
    problems = {each.name: each.problem for each in made}
    assert list(problems) == ["whole-one", "broken_one", "needy_one", "exits", "missing-one", "missing_two"]
    assert problems["whole-one"] == "" and problems["exits"] == "no display"
    assert problems["broken_one"].startswith("[WinError 126] c10.dll is not there")
    assert problems["needy_one"] == "it needs a_package_that_nobody_has, which is not installed"
    assert [each.name for each in made if each.missing] == ["missing-one", "missing_two"]


def test_what_to_do_is_said_as_pip_takes_it(made):
    lines = sentences(made)
    assert not any("\n" in line for line in lines)
    assert lines[3].startswith("Missing: missing-one. Repair the backend, or run: ")
    assert lines[3].endswith(f'"{sys.executable}" -m pip install missing-one==3.1')
    assert "pip install --no-deps missing_two==4.0" in lines[4]
    assert lines[5].endswith("pip install --force-reinstall broken_one==2.0 needy_one exits")


def test_nothing_is_said_of_whole_packages():
    assert sentences([Package("torch", "torch==2.13.0", False, "2.13.0", "")]) == []


def test_our_own_environment_is_whole():
    found = packages()
    assert {"torch", "numpy", "human_body_prior"} <= {each.name for each in found}
    assert [each for each in found if each.problem] == [] and all(each.version for each in found)


def test_without_a_list_beside_it_the_usual_packages_are_looked_for(tmp_path):
    found = packages(tmp_path / "nowhere.toml")
    assert "torch" in {each.name for each in found} and not any(each.problem for each in found)
