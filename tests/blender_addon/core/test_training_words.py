# SPDX-License-Identifier: GPL-3.0-or-later
import pytest

from blender_addon.core.training_words import loss_name, shown_curve, time_left, took, where

LINES = [{"step": 50, "loss": 0.5}, {"step": 100, "loss": 0.4}]
VIEWS = [{"step": 50, "loss": 0.3}]


def test_where_a_run_stands():
    assert where("Stage 1 of 4: lines", 40, 120) == "stage 1 of 4: lines, 40 of 120"
    assert where("Loading the backend", 0, 1) == "loading the backend" and where("", 0, 0) == ""


def test_the_time_left_is_the_runs_where_it_is_known_and_says_when_it_is_not():
    assert time_left(3600.0, 60.0) == "about 60 min left"
    assert time_left(None, 600.0) == "about 10 min left in this stage"
    assert time_left(None, None) == ""


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 seconds"), (40.4, "40 seconds"), (720, "12 minutes"), (6000, "1.7 hours")]
)
def test_how_long_it_took(seconds, words):
    assert took(seconds) == words


def test_the_curve_of_the_last_network_is_shown_to_the_end_of_its_stage():
    stage_1, stage_4 = "Stage 1 of 4: line-conditioned diffusion", "Stage 4 of 4: multi-view diffusion"
    assert shown_curve({}, stage_1, 120) == ("", [], 0)
    assert shown_curve({"line_diffusion": []}, stage_1, 120) == ("", [], 0)
    assert shown_curve({"line_diffusion": LINES}, stage_1, 120) == ("Stage 1", LINES, 120)
    assert shown_curve({"line_diffusion": LINES}, "Stages 2 and 3 of 4: synthetic", 32) == ("Stage 1", LINES, 100)
    assert shown_curve({"line_diffusion": LINES, "multiview_diffusion": VIEWS}, stage_4, 80) == ("Stage 4", VIEWS, 80)


def test_the_backends_names_and_titles_are_the_ones_known_here():
    from backend.training.stages import LINE, MULTIVIEW, TITLES

    for name in (LINE, MULTIVIEW):
        assert shown_curve({name: VIEWS}, TITLES[name], 777) == (TITLES[name].split(" of")[0], VIEWS, 777)


def test_losses_have_names_for_people():
    assert loss_name("tilt") == "Camera tilt" and loss_name("something new") == "something new"
