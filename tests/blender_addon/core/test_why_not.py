# SPDX-License-Identifier: GPL-3.0-or-later
import pytest

from blender_addon.core.why_not import why_not

READY = {"clip": "/clips/walk.json", "reading": False, "problem": "", "lift": "", "backend": True}


@pytest.mark.parametrize("lift", ["", "done", "failed", "cancelled", "waiting"])
def test_a_clip_a_backend_and_no_lift_under_way_are_enough(lift):
    assert why_not(**{**READY, "lift": lift}) == ""


@pytest.mark.parametrize(
    "changed, words",
    [
        ({"clip": ""}, "Choose a clip"),
        ({"backend": False}, "not set up"),
        ({"reading": True}, "being read"),
        ({"problem": "walk.json is no clip."}, "walk.json is no clip."),
        ({"lift": "running"}, "A lift is running"),
        ({"lift": "cancelling"}, "being cancelled"),
        ({"model": "there is no model"}, "This clip cannot be lifted: there is no model"),
        ({"model": "there is no model", "clip": ""}, "Choose a clip"),
        ({"lift": "running", "clip": "", "backend": False}, "A lift is running"),
        ({"clip": "", "backend": False}, "not set up"),
    ],
)
def test_the_first_thing_to_mend_is_told(changed, words):
    assert words in why_not(**{**READY, **changed})
