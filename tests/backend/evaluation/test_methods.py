# SPDX-License-Identifier: GPL-3.0-or-later
"""Which methods a word list names."""

import pytest

from backend.evaluation import EvaluationError
from backend.evaluation.methods import choose_methods


def test_names_keep_their_order_and_come_once():
    assert choose_methods("plane, full,plane") == ["plane", "full"]


@pytest.mark.parametrize("words", ["full,best", "", " , "])
def test_other_words_are_refused(words):
    with pytest.raises(EvaluationError, match="full, stage2, stage1, plane"):
        choose_methods(words)
