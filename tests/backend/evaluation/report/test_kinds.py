# SPDX-License-Identifier: GPL-3.0-or-later
"""The kind of motion is told from names and descriptions as data sets write them."""

import pytest

from backend.evaluation.report.kinds import KINDS, kind_of


@pytest.mark.parametrize(
    ("name", "description", "kind"),
    [
        ("02_01", "walk", "walk"),
        ("02_03", "run/jog", "run"),
        ("16_35", "running, quick stop", "run"),
        ("02_04", "jump, balance", "jump"),
        ("02_07", "swordplay", "martial"),
        ("02_05", "punch/strike", "martial"),
        ("05_02", "dance - expressive arms, pirouette", "dance"),
        ("05_06", "dance - cartwheel-like start, pirouettes, jete", "dance"),
        ("HDM_mm_depositFloorR_019_120", "depositFloorR", "floor"),
        ("HDM_mm_kickLFront1Reps_019_120", "", "martial"),
        ("HDM_mm_throwBasketball_010_120", "throwBasketball", "reach/throw"),
        ("HDM_mm_sneak2StepsLStart_011_120", "sneak2StepsLStart", "walk"),
        ("09_12", "navigate - walk forward, backward, sideways", "walk"),
        ("13_14", "laugh", "other"),
        ("", "", "other"),
    ],
)
def test_the_kind_of_a_clip(name, description, kind):
    assert kind_of(name, description) == kind and kind in KINDS


def test_the_description_counts_before_the_name():
    assert kind_of("walk_17", "salsa dance") == "dance"


def test_a_short_word_does_not_hide_in_a_longer_one():
    assert kind_of("x", "runway, bishop, client") == "other"
