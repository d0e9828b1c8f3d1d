# SPDX-License-Identifier: GPL-3.0-or-later
"""Which methods a word list names, and what they ask of the lifting."""

import sys
from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from backend.evaluation import EvaluationError
from backend.evaluation.methods import choose_methods, lifters


def test_names_keep_their_order_and_come_once():
    assert choose_methods("plane, full,plane") == ["plane", "full"]


@pytest.mark.parametrize("words", ["full,best", "", " , "])
def test_other_words_are_refused(words):
    with pytest.raises(EvaluationError, match="full, stage4, stage2, stage2_sds, stage1, plane"):
        choose_methods(words)


@dataclass(frozen=True)
class Options:
    seed: int = 7
    focal: float | None = None
    height: float | None = None


def test_a_method_tells_the_lifting_its_name_and_the_windows_focal_length_and_height(monkeypatch):
    def lift_keypoints(clip, options, models, method):
        return clip, options, models, method

    monkeypatch.setitem(sys.modules, "backend.lifting.lift", SimpleNamespace(lift_keypoints=lift_keypoints))
    methods = lifters(["stage1", "full"], Options(), "models")
    assert methods["stage1"]("clip", 900.0, None) == ("clip", Options(7, 900.0, None), "models", "stage1")
    assert methods["full"]("clip", None, 1.8) == ("clip", Options(7, None, 1.8), "models", "full")
