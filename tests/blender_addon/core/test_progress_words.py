# SPDX-License-Identifier: GPL-3.0-or-later
import pytest

from blender_addon.core import progress_words


@pytest.mark.parametrize("done, total, share", [(0, 0, 0.0), (3, 12, 0.25), (13, 12, 1.0), (-1, 12, 0.0), (5, 0, 0.0)])
def test_a_bar_is_never_fuller_than_full(done, total, share):
    assert progress_words.share(done, total) == share


@pytest.mark.parametrize("done, total, words", [(3, 40, "3 of 40"), (1200, 4000, "1,200 of 4,000"), (0, 1, "Working")])
def test_steps_are_counted_where_there_are_several(done, total, words):
    assert progress_words.count(done, total) == words


@pytest.mark.parametrize(
    "seconds, words",
    [(None, ""), (0.0, "about 1 s left"), (7.4, "about 7 s left"), (42, "about 40 s left"), (119, "about 2 min left"),
     (7200, "about 2.0 h left")],
)  # fmt: skip
def test_time_left_is_as_exact_as_it_is_known(seconds, words):
    assert progress_words.time_left(seconds) == words
