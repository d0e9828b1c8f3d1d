# SPDX-License-Identifier: GPL-3.0-or-later
import pytest

from blender_addon.core.subject_words import mismatch, no_model


@pytest.mark.parametrize("told", ["human", "cat", "", "robot"])
def test_what_fits_or_is_not_told_is_no_mismatch(told):
    assert mismatch(told, told) == ""
    if told not in ("human", "cat"):
        assert mismatch(told, "cat") == mismatch(told, "human") == ""


def test_a_mismatch_says_what_the_clip_shows_and_what_to_choose():
    assert mismatch("cat", "human") == "its points are an animal's and the subject is human; choose cat as the subject"
    assert mismatch("human", "cat").startswith("its points are a person's") and "choose human" in mismatch(
        "human", "cat"
    )


def test_of_a_video_another_subject_is_no_way_out():
    words = mismatch("human", "cat", video=True)
    assert "its detector finds a person's points; take one" in words and "as the subject" not in words


def test_a_subject_without_a_model_is_named():
    assert "no model for the subject cat" in no_model("cat")
