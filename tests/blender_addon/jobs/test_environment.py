# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Python runs the backend: option, then variable, then this one; and what it is given."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from blender_addon.jobs import JobError, environment


def script(path: Path, body: str) -> str:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def with_torch(tmp_path):
    return script(tmp_path / "python-with-torch", "exit 0")


def test_the_option_comes_before_the_variable_and_that_before_this_python(with_torch, tmp_path, monkeypatch):
    other = script(tmp_path / "other", "exit 0")
    assert environment.interpreter(with_torch, {"LIFT3D_PYTHON": other, "PATH": os.environ["PATH"]}) == with_torch
    assert environment.interpreter(None, {"LIFT3D_PYTHON": other}) == other
    monkeypatch.setattr(environment.importlib.util, "find_spec", lambda name: object())
    assert environment.interpreter(None, {}) == sys.executable


@pytest.mark.parametrize(
    ("body", "words"),
    [("exit 3", "has no torch"), ("echo no >&2; exit 1", "no Python that works"), (None, "is no program")],
)
def test_an_unfit_choice_is_one_line_that_says_what_to_do(tmp_path, body, words):
    path = script(tmp_path / "python", body) if body else str(tmp_path / "absent")
    for chosen, variables in ((path, {}), (None, {"LIFT3D_PYTHON": path})):
        with pytest.raises(JobError, match=words) as caught:
            environment.interpreter(chosen, variables)
        assert "LIFT3D_PYTHON" in str(caught.value) and "\n" not in str(caught.value)


def test_without_torch_and_choice_the_line_says_how_to_choose(monkeypatch):
    monkeypatch.setattr(environment.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(JobError, match="--python or the variable LIFT3D_PYTHON"):
        environment.interpreter(None, {})


def test_variables_that_bend_python_are_dropped_and_others_kept():
    given = {"PYTHONPATH": "x", "PYTHONHOME": "y", "VIRTUAL_ENV": "z", "CUDA_HOME": "c", "HOME": "h"}
    assert environment.clean_variables(given) == {"CUDA_HOME": "c", "HOME": "h"}


def test_the_command_runs_the_backend_from_any_folder_without_this_folders_modules(tmp_path):
    (tmp_path / "backend.py").write_text("raise SystemExit('the wrong backend')")
    words = environment.worker_command(sys.executable)
    assert words[1:3] == ["-I", "-u"] and words[-1] == "serve"
    done = subprocess.run([*words[:-1], "--help"], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and "serve" in done.stdout, done.stderr
