# SPDX-License-Identifier: GPL-3.0-or-later
"""One undo takes away all that a lift has brought and nothing else, whatever mode the user is in."""

import json
from pathlib import Path

import pytest

from tests.blender.blenders import blenders, run_script, workplace
from tests.blender.synthetic import write_motion

INSIDE = Path(__file__).with_name("inside_undo.py")
MODES = {
    "<lambda>": "OBJECT",
    "edit_mesh": "EDIT_MESH",
    "sculpt": "SCULPT",
    "paint_weights": "PAINT_WEIGHT",
    "pose": "POSE",
    "edit_bones": "EDIT_ARMATURE",
}


@pytest.fixture(scope="module", params=blenders())
def seen(request):
    with workplace("test-undo-") as folder:
        motion, answer = write_motion(Path(folder) / "m.npz", frames=4), Path(folder) / "answer.json"
        variables = {"BLENDER_USER_RESOURCES": f"{folder}/user"}
        done = run_script(request.param, INSIDE, motion, answer, variables=variables)
        assert done.returncode == 0 and answer.exists(), done.stdout + done.stderr
        yield json.loads(answer.read_text(encoding="utf-8"))


@pytest.mark.parametrize("work", MODES)
def test_one_undo_in_any_mode(seen, work):
    before, after, undone, redone, again = seen[work]
    assert before["mode"] == MODES[work]
    assert len(after["objects"]) == len(before["objects"]) + 3 and after["actions"] == before["actions"] + 1
    for name in ("mode", "active", "done by the user", "pose"):
        assert after[name] == before[name], name
    assert undone == again == before
    assert redone == after
