# SPDX-License-Identifier: GPL-3.0-or-later
"""Which methods a word list names, and what they ask of the lifting."""

import sys
from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from backend.evaluation import EvaluationError, methods
from backend.evaluation.methods import choose_methods, lifters
from backend.subjects import SUBJECTS

MODELS = SimpleNamespace(subject=SUBJECTS["human"])


def test_names_keep_their_order_and_come_once():
    assert choose_methods("plane, full,plane") == ["plane", "full"]


@pytest.mark.parametrize("words", ["full,best", "", " , "])
def test_other_words_are_refused(words):
    with pytest.raises(EvaluationError, match="full, stage4, stage2, stage2_sds, .*stage1, plane, smplify"):
        choose_methods(words)


@dataclass(frozen=True)
class Options:
    seed: int = 7
    focal: float | None = None
    height: float | None = None
    box_size: tuple[float, float, float] | None = None


def test_a_method_tells_the_lifting_its_name_and_the_windows_focal_length_and_height(monkeypatch):
    def lift_keypoints(clip, options, models, method):
        return clip, options, models, method

    lifting = SimpleNamespace(lift_keypoints=lift_keypoints, lift_by=None)
    monkeypatch.setitem(sys.modules, "backend.lifting.lift", lifting)
    both = lifters(["stage1", "full"], Options(), "models")
    assert both["stage1"]("clip", 900.0, None) == ("clip", Options(7, 900.0, None), "models", "stage1")
    assert both["full"]("clip", None, 1.8) == ("clip", Options(7, None, 1.8), "models", "full")
    edges = (0.5, 0.4, 0.3)
    assert both["full"]("clip", None, None, edges) == ("clip", Options(7, box_size=edges), "models", "full")


def test_a_baseline_gets_its_weights_and_no_height(monkeypatch, tmp_path):
    (tmp_path / "mas").mkdir()
    weights = tmp_path / "mas" / "weights.safetensors"
    weights.touch()
    monkeypatch.setattr(
        methods, "module_of", lambda name: SimpleNamespace(lifter=lambda *given: (name, *given[:4]))
    )  # fmt: skip
    lifting = SimpleNamespace(lift_by=lambda *given: given, lift_keypoints=None)
    monkeypatch.setitem(sys.modules, "backend.lifting.lift", lifting)
    both = lifters(["mas", "smplify_sharp"], Options(), MODELS, tmp_path)
    lifted = both["mas"]("clip", 900.0, 1.8)
    assert lifted == (("mas", MODELS, weights, None, 7), "clip", Options(7, 900.0, None), MODELS)
    assert both["smplify_sharp"]("clip", None, None)[0] == ("smplify_sharp", MODELS, None, "sharp", 7)


def test_a_baseline_that_is_not_trained_says_how_to_train_it(tmp_path):
    with pytest.raises(EvaluationError, match="mas is not trained yet .*train --baseline mas --mocap DIR"):
        lifters(["mas"], Options(), MODELS, tmp_path)
