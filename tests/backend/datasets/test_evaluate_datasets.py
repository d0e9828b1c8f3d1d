# SPDX-License-Identifier: GPL-3.0-or-later
"""python -m backend evaluate --dataset, from a folder in the data set's own format to the table."""

import json

import numpy as np
import pytest

from backend.commands import evaluate
from backend.datasets import NAMES
from backend.errors import UserError

from ..commands.test_evaluate import parse
from ..evaluation.figures import walker
from ..evaluation.test_benchmark import flat
from .made_up import write_aist

A, B = "gBR_sBM_cAll_d04_mBR0_ch01", "gBR_sBM_cAll_d04_mBR1_ch02"


@pytest.fixture(autouse=True)
def stub(monkeypatch):
    def plane(clip, focal, height):
        return flat(clip, focal or 1000.0, height)

    monkeypatch.setattr(evaluate, "lifters_for", lambda names, args: dict.fromkeys(names, plane))


def test_aist_becomes_a_table(tmp_path, capsys):
    write_aist(tmp_path / "aist", [A, B])
    (tmp_path / "aist" / "motions" / f"{A}.pkl").write_bytes(b"")
    output = tmp_path / "out.json"
    words = ("--dataset", "aist", "--data", str(tmp_path / "aist"), "--methods", "plane", "-o", str(output))
    assert evaluate.run(parse(*words)) == 0
    captured = capsys.readouterr()
    assert "1 windows" in captured.out and "MPJPE" in captured.out
    assert f"left out: {A}.pkl" in captured.err
    report = json.loads(output.read_text())
    assert [clip["window"] for clip in report["clips"]] == [B] and report["settings"]["dataset"] == "aist"
    assert report["rows"][0]["mpjpe_mm"] > 20


def test_clips_become_a_table_without_truth(tmp_path, capsys):
    (tmp_path / "clips").mkdir()
    points = walker(50)[:, :, [0, 2]] / 5 + 0.4
    np.savez(tmp_path / "clips" / "a.npz", body_pose=points)
    output = tmp_path / "out.json"
    words = ("--dataset", "clips", "--data", str(tmp_path / "clips"), "--methods", "plane", "-o", str(output))
    assert evaluate.run(parse(*words)) == 0
    assert "without a truth" in capsys.readouterr().out
    row = json.loads(output.read_text())["rows"][0]
    assert row["mpjpe_mm"] is None and row["j2d_px"] == pytest.approx(0, abs=1e-6)
    for wrong in (("--noise", "detector"), ("--height", "given"), ("--camera", "wild")):
        with pytest.raises(UserError, match=wrong[0]):
            evaluate.run(parse(*words, *wrong))


def test_the_choices_are_the_data_sets_there_are():
    assert [parse("--mocap", "x", "--dataset", name).dataset for name in NAMES] == list(NAMES)
    assert parse("--mocap", "x").dataset == "mocap"
