# SPDX-License-Identifier: GPL-3.0-or-later
from types import SimpleNamespace

import pytest

from blender_addon.core.lift_options import BEST, DRAFT, MOST_SEEN, NORMAL, lift_options

UNTOUCHED = {
    "all_people": False, "people": 3,
    "person": MOST_SEEN, "use_range": False, "first_frame": 5, "last_frame": 90, "know_focal": False, "focal": 1400.0,
    "subject": "HUMAN", "know_height": False, "height": 1.8, "know_withers": False, "withers": 0.3, "know_fps": False,
    "fps": 25.0, "know_image_size": False, "image_size": (640, 480), "quality": NORMAL, "seed": 0,
    "know_box_size": False, "box_size": (0.5, 0.4, 0.3),
}  # fmt: skip


def options(model=None, **changed):
    return lift_options(SimpleNamespace(**{**UNTOUCHED, **changed}), model)


def test_nothing_is_asked_for_but_the_seed_when_the_user_sets_nothing():
    assert options() == {"seed": 0}


@pytest.mark.parametrize(
    "changed, wanted",
    [
        ({"person": 0}, {"person": 0}),
        ({"all_people": True, "person": 1}, {"person": "all", "people": 3}),
        ({"use_range": True}, {"first_frame": 5, "last_frame": 90}),
        ({"use_range": True, "first_frame": 90, "last_frame": 5}, {"first_frame": 5, "last_frame": 90}),
        ({"know_focal": True}, {"focal": 1400.0}),
        ({"know_height": True}, {"height": 1.8}),
        ({"know_withers": True}, {}),
        ({"know_withers": True, "know_height": True, "subject": "CAT"}, {"height": 0.3}),
        ({"know_height": True, "subject": "CAT"}, {}),
        ({"know_box_size": True}, {}),
        (
            {"know_box_size": True, "know_height": True, "subject": "HUMAN_BOX"},
            {"height": 1.8, "box_size": [0.5, 0.4, 0.3]},
        ),
        ({"subject": "HUMAN_BOX"}, {}),
        ({"know_fps": True}, {"fps": 25.0}),
        ({"know_image_size": True}, {"image_size": [640, 480]}),
        ({"model": "/models/mine"}, {"model": "/models/mine"}),
    ],
)
def test_what_the_user_sets_is_asked_for_and_no_more(changed, wanted):
    assert options(**changed) == {"seed": 0, **wanted}


def test_better_quality_is_more_work():
    work = [options(quality=quality) for quality in (DRAFT, BEST)]
    assert work[0]["steps"] * work[0]["samples"] < work[1]["steps"] * work[1]["samples"]


def test_the_options_are_those_that_a_lift_has():
    lift = pytest.importorskip("backend.lifting.lift", reason="the backend's torch is not in this environment")
    assert options(all_people=True).keys() <= {field.name for field in lift.LiftOptions.__dataclass_fields__.values()}
    every = options(model="m", **{name: True for name in UNTOUCHED if name.startswith(("know_", "use_"))},
                    person=1, quality=BEST)  # fmt: skip
    assert every.keys() <= {field.name for field in lift.LiftOptions.__dataclass_fields__.values()}
