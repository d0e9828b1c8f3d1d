# SPDX-License-Identifier: GPL-3.0-or-later
"""--python, $LIFT3D_PYTHON, the extension's own, this Python: in that order, and a word on what to do without any."""

from types import SimpleNamespace

import pytest

from blender_addon.commands import backend_python as module
from blender_addon.jobs import JobError
from blender_addon.jobs.problem import REPAIR, SET_UP


@pytest.fixture
def python(tmp_path, monkeypatch):
    """Makes programs that pass for a Python with torch; no variable names one."""
    monkeypatch.delenv("LIFT3D_PYTHON", raising=False)

    def make(name: str) -> str:
        (tmp_path / name).write_text("#!/bin/sh\nexit 0\n")
        (tmp_path / name).chmod(0o755)
        return str(tmp_path / name)

    return make


def set_up(monkeypatch, answer, device: str = "auto") -> None:
    """Preferences of an enabled extension whose own Python is the answer, or that raise it."""

    def own() -> str:
        if isinstance(answer, Exception):
            raise answer
        return answer

    preferences = SimpleNamespace(backend_python=own, device=lambda: device)
    monkeypatch.setattr(module, "_preferences", lambda: preferences)


def test_the_order(python, monkeypatch):
    set_up(monkeypatch, python("own"))
    assert module.backend_python(None) == python("own")
    monkeypatch.setenv("LIFT3D_PYTHON", python("variable"))
    assert module.backend_python(None) == python("variable")
    assert module.backend_python(python("option")) == python("option")


def test_without_a_backend_this_python_is_taken_if_it_has_torch_else_the_line_says_what_to_do(python, monkeypatch):
    set_up(monkeypatch, JobError("no backend is set up yet", remedy=SET_UP))
    monkeypatch.setattr(module, "interpreter", lambda chosen=None: "this")
    assert module.backend_python(None) == "this"
    monkeypatch.undo()
    monkeypatch.delenv("LIFT3D_PYTHON", raising=False)
    set_up(monkeypatch, JobError("no backend is set up yet", remedy=SET_UP))
    monkeypatch.setattr("blender_addon.jobs.environment.importlib.util.find_spec", lambda name: None)
    with pytest.raises(JobError, match="in the extension's preferences, or choose .* --python or the variable"):
        module.backend_python(None)


def test_a_broken_set_up_or_choice_is_told_and_not_passed_over(python, monkeypatch):
    set_up(monkeypatch, JobError("the backend's set-up was not finished: repair it", remedy=REPAIR))
    with pytest.raises(JobError, match="repair it"):
        module.backend_python(None)
    assert module.backend_python(python("option")) == python("option")


def test_the_preferences_device_is_asked_for_unless_it_is_auto(monkeypatch):
    set_up(monkeypatch, "", "cpu")
    assert module.preferred_device() == "cpu"
    set_up(monkeypatch, "")
    assert module.preferred_device() is None
    monkeypatch.setattr(module, "_preferences", lambda: None)
    assert module.preferred_device() is None
