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
    assert base_python.usual({"PATH": str(tmp_path)}) == sys.executable
    found = program(tmp_path / "python3.11")
    assert base_python.usual({"PATH": str(tmp_path)}) == found


def test_windows_installations_of_one_user_are_found(monkeypatch, tmp_path):
    monkeypatch.setattr(base_python.sys, "version_info", (3, 13, 1, "final", 0))
    (tmp_path / "Programs" / "Python" / "Python311").mkdir(parents=True)
    found = program(tmp_path / "Programs" / "Python" / "Python311" / "python.exe")
    assert base_python.usual({"PATH": "", "LOCALAPPDATA": str(tmp_path)}) == found


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
