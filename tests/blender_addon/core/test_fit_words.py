# SPDX-License-Identifier: GPL-3.0-or-later
import pytest

from blender_addon.core import fit_words


@pytest.mark.parametrize("seconds, frames, words", [(4.0, 120, "4.0 s, 120 frames"), (0.04, 1, "0.0 s, 1 frame"),
                                                    (125.0, 3750, "2 min 5 s, 3,750 frames")])  # fmt: skip
def test_length(seconds, frames, words):
    assert fit_words.length(seconds, frames) == words


@pytest.mark.parametrize("pixels, words", [(7.5, "7.5 px, good"), (30.0, "30.0 px, fair"),
                                           (90.0, "90.0 px, poor")])  # fmt: skip
def test_a_fit_is_judged_by_the_pictures_size(pixels, words):
    assert fit_words.fit(pixels, (1080, 1920)) == words
    assert fit_words.fit(pixels, None) == f"{pixels:.1f} px"


def test_a_boxs_size_says_where_it_is_from():
    assert fit_words.box((0.471, 0.4, 1.2), "estimated") == "0.47 x 0.40 x 1.20 m, estimated"
    assert fit_words.box((0.471, 0.4, 1.2), "") == "0.47 x 0.40 x 1.20 m"


def test_a_rate_has_no_needless_digits():
    assert fit_words.rate(24000 / 1001) == "23.976 fps" and fit_words.rate(30.0) == "30 fps"
