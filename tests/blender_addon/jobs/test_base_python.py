# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Python makes the environment when nobody chose one, and what the one that was chosen says of itself."""

import subprocess
import sys

import pytest

from blender_addon.jobs import JobError, base_python


def program(path):
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return str(path)


def test_blenders_own_is_taken_when_it_is_the_right_version(monkeypatch):
    monkeypatch.setattr(base_python.sys, "version_info", (3, 11, 9, "final", 0))
    assert base_python.usual({"PATH": ""}) == sys.executable


def test_else_one_of_the_systems_and_else_its_own_that_will_say_so(monkeypatch, tmp_path):
    monkeypatch.setattr(base_python.sys, "version_info", (3, 13, 1, "final", 0))
    monkeypatch.setattr(base_python, "_FOLDERS", ())
    assert base_python.usual({"PATH": str(tmp_path)}) == sys.executable
    found = program(tmp_path / "python3.11")
    assert base_python.usual({"PATH": str(tmp_path)}) == found


@pytest.mark.parametrize(
    ("variable", "place"),
    [("LOCALAPPDATA", "Programs/Python/Python311/python.exe"), ("ProgramFiles", "Python311/python.exe"),
     ("", "homebrew/python3.11")],
)  # fmt: skip
def test_what_an_installer_put_elsewhere_is_found(monkeypatch, tmp_path, variable, place):
    monkeypatch.setattr(base_python.sys, "version_info", (3, 13, 1, "final", 0))
    monkeypatch.setattr(base_python, "_FOLDERS", (str(tmp_path / "homebrew"),))
    (tmp_path / place).parent.mkdir(parents=True)
    found = program(tmp_path / place)
    assert base_python.usual({"PATH": "", **({variable: str(tmp_path)} if variable else {})}) == found


@pytest.mark.skipif(sys.version_info[:2] != base_python.NEEDED, reason="asks this very Python")
def test_this_python_will_do():
    done = subprocess.run(base_python.probe_command(sys.executable), capture_output=True, text=True, check=True)
    found = base_python.judge(sys.executable, done.stdout.splitlines(), own=False)
    assert found == ".".join(map(str, sys.version_info[:3]))


@pytest.mark.parametrize("lines", [[], ["{}"], ["[3]"], ['{"version": 3}'], ["Python 3.11"]])
def test_no_answer_is_no_python(lines):
    with pytest.raises(JobError, match="is no Python that works: install Python 3.11 and choose it") as caught:
        base_python.judge("/bin/cat", lines, own=False)
    assert caught.value.remedy == "choose_base" and caught.value.details == "\n".join(lines)
