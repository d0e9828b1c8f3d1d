# SPDX-License-Identifier: GPL-3.0-or-later
"""The user's folders are made when they are needed, and are never the current folder instead."""

import json
from pathlib import Path

import pytest

from tests.blender.blenders import blenders, run_script, workplace

INSIDE = Path(__file__).with_name("inside_folders.py")


@pytest.fixture(params=blenders())
def ask(request):
    """Ask a Blender whose user's files are at a path; its answer."""

    def asked(user: Path) -> dict:
        answer = user.with_name("answer.json")
        variables = {"BLENDER_USER_RESOURCES": str(user), "LIFT3D_PYTHON": ""}
        done = run_script(request.param, INSIDE, answer, variables=variables)
        assert done.returncode == 0 and answer.exists(), done.stdout + done.stderr
        return json.loads(answer.read_text(encoding="utf-8"))

    return asked


def test_a_folder_is_made_when_it_is_needed_and_not_before(ask):
    with workplace("test-folders-") as name:
        user = Path(name) / "Benutzer mit Übermaß"
        user.mkdir()
        found = ask(user)
        assert found["absolute"] and not found["there before"] and found["made"] is True
        path, state, ready = found["backend"]
        assert str(user) in path and not Path(path).exists()
        assert (state, ready) == ("absent", False)


def test_where_none_can_be_made_the_backend_is_absent_and_not_the_current_folder(ask):
    with workplace("test-folders-") as name:
        user = Path(name) / "user"
        user.write_text("a file, in which no folder can be made")
        found = ask(user)
        assert found["absolute"] and found["made"] in ("NotADirectoryError", "FileNotFoundError", "FileExistsError")
        assert found["backend"][1:] == ["absent", False]
