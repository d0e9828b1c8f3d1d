# SPDX-License-Identifier: GPL-3.0-or-later
"""python -m backend train: its words; the training itself is tested in training/test_run.py."""

from types import SimpleNamespace

import pytest

from backend.__main__ import main
from backend.training import run as run_module

from ..evaluation.figures import walker, write_mocap


@pytest.fixture
def asked(tmp_path, monkeypatch):
    """In place of a training one that keeps what it is asked for, beside a folder of motion capture."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mocap").mkdir()
    write_mocap(tmp_path / "mocap" / "walk.npz", walker(60))
    calls = []

    def run_training(data, out, options, progress, hear):
        progress("line_diffusion", 0, 50)
        hear("line_diffusion", 50, {"loss": 0.25, "line": 0.125})
        calls.append((data, out, options))
        return out

    monkeypatch.setattr(run_module, "run_training", run_training)
    return calls


def test_the_words_reach_the_training(asked, capsys):
    words = "train --mocap mocap --film single --preset tiny --out model --stages 2-4 --seed 7 --device cpu --resume"
    assert main(words.split()) == 0
    ((data, out, options),) = asked
    assert "one virtual camera for each moment" in data.description and str(out) == "model"
    assert (options.preset, options.stages, options.seed, options.device) == ("tiny", (2, 3, 4), 7, "cpu")
    assert options.resume and options.prior is None and options.stage2 == "sampling"
    printed = capsys.readouterr().out
    assert "1 motion capture clips" in printed and "minutes: model" in printed
    assert "line_diffusion 50: loss 0.25, line 0.125" in printed


@pytest.mark.parametrize(("text", "stages"), [("1-4", (1, 2, 3, 4)), ("1", (1,)), ("1,4", (1, 4)), ("2-3", (2, 3))])
def test_stages(asked, text, stages):
    assert main(["train", "--mocap", "mocap", "--out", "model", "--stages", text]) == 0
    assert asked[0][2].stages == stages


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ("--out model", "give --clips DIR, --mocap DIR, or --procedural MINUTES"),
        ("--mocap mocap --clips mocap --out model", "not allowed with"),
        ("--mocap mocap", "--out"),
        ("--mocap mocap --out model --stages 0-4", "expected stages such as 1-4"),
        ("--mocap mocap --out model --stages 4-1", "expected stages such as 1-4"),
        ("--mocap mocap --out model --stages all", "expected stages such as 1-4"),
        ("--mocap mocap --out model --stages ,", "expected stages such as 1-4"),
        ("--mocap mocap --out model --preset huge", "--preset"),
        ("--mocap mocap --out model --subject dragon", "--subject"),
        ("--mocap mocap --out model --seed x", "--seed"),
        ("--mocap nowhere --out model", "expected a folder of motion capture"),
        ("--clips nowhere --out model", "folder of 2D keypoint clips"),
        ("--clips mocap --out model", "usable 2D clip"),
        ("--mocap mocap --out model --only 60_*", "none is like 60_*"),
        ("--clips mocap --out model --only 60_*", "give --mocap"),
        ("--mocap mocap --baseline smplify", "--baseline"),
    ],
)
def test_words_that_do_not_fit_get_one_line_and_exit_code_2(asked, capsys, words, part):
    assert main(["train", *words.split()]) == 2
    line = capsys.readouterr().err
    assert line.count("\n") == 1 and part in line and "unforeseen" not in line
    assert not asked


def test_a_baseline_is_trained_into_the_cache(asked, monkeypatch, tmp_path):
    calls = []

    def train(data, folder, preset, seed, device, resume, progress, hear):
        calls.append((data.footage, folder, preset, seed, device.type, resume))
        return folder

    monkeypatch.setattr("backend.evaluation.baselines.module_of", lambda name: SimpleNamespace(train=train))
    monkeypatch.setenv("LIFT3D_BASELINES", str(tmp_path / "cache"))
    words = "train --mocap mocap --baseline mas --preset tiny --seed 3 --device cpu --only w*"
    assert main(words.split()) == 0
    ((footage, folder, *rest),) = calls
    assert folder == tmp_path / "cache" / "mas" and rest == ["tiny", 3, "cpu", False]
    assert len(footage.windows.clips.frames) == 60 and not asked
