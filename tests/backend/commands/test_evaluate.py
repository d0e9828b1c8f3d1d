# SPDX-License-Identifier: GPL-3.0-or-later
"""python -m backend evaluate, with a method that flattens in place of the product's lifting."""

import argparse
import json

import pytest

from backend.commands import evaluate
from backend.errors import UserError
from backend.evaluation import filming, methods

from ..evaluation.figures import walker, write_mocap
from ..evaluation.test_benchmark import flat


def parse(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    evaluate.add_arguments(parser)
    return parser.parse_args(words)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(evaluate, "lifters_for", lambda names, args: dict.fromkeys(names, flat))
    (tmp_path / "clips").mkdir()
    for number in range(3):
        write_mocap(tmp_path / "clips" / f"{number}.npz", walker(45 + number))
    return tmp_path


def test_prints_the_table_and_writes_the_figures(folder, capsys):
    output = folder / "out.json"
    words = ("--mocap", str(folder / "clips"), "--methods", "full,plane", "--limit", "2", "-o", str(output))
    assert evaluate.run(parse(*words)) == 0
    captured = capsys.readouterr()
    assert "MPJPE" in captured.out and captured.out.count("plane") == 1
    assert "4 / 4" in captured.err
    report = json.loads(output.read_text())
    assert [row["method"] for row in report["rows"]] == ["full", "plane"]
    assert set(report["rows"][0]) >= {
        "method", "windows", "mpjpe_mm", "pa_mpjpe_mm", "pa_mpjpe_frame_mm", "t_root_mm", "t_root_axis_mm", "j2d_px",
        "j2d_c_px", "seconds_per_clip_second", "travel_windows", "t_root_travel_mm", "t_root_still_mm",
    }  # fmt: skip
    assert report["rows"][0]["windows"] == 2 and len(report["clips"]) == 4
    assert report["settings"]["seed"] == 0 and report["settings"]["torch"]


def test_the_same_seed_gives_the_same_figures(folder):
    def figures(seed: str) -> list[float]:
        output = folder / f"{seed}.json"
        words = ("--mocap", str(folder / "clips"), "--camera", "wild", "--noise", "detector", "--seed", seed)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(evaluate, "lifters_for", lambda names, args: {"plane": filled})
            assert evaluate.run(parse(*words, "-o", str(output))) == 0
        return [clip["mpjpe_mm"] for clip in json.loads(output.read_text())["clips"]]

    def filled(clip, focal, height):
        motion = flat(clip, focal, height)
        motion.keypoints = motion.keypoints.nan_to_num()
        return motion

    assert figures("1") == figures("1")
    assert figures("1") != figures("2")


@pytest.mark.parametrize(
    "words", [("--methods", "best"), ("--mocap", "no/such/folder"), ("--limit", "0"), ("-o", "no/such/out.json")]
)
def test_what_cannot_be_run_is_said_in_one_line(folder, words):
    with pytest.raises(UserError) as raised:
        evaluate.run(parse("--mocap", str(folder / "clips"), *words))
    assert "\n" not in str(raised.value) and "expected" in str(raised.value)


def test_the_choices_are_those_of_the_evaluation():
    """They are written out in the command so that --help needs no torch."""
    parser = argparse.ArgumentParser()
    evaluate.add_arguments(parser)
    choices = {action.dest: action.choices for action in parser._actions}
    assert tuple(choices["camera"]) == filming.CAMERAS
    assert parser.get_default("methods") == ",".join(methods.USUAL_METHODS)


def test_fid_says_how_its_features_are_trained(folder, monkeypatch):
    monkeypatch.setenv("LIFT3D_BASELINES", str(folder))
    with pytest.raises(UserError, match="train --baseline fid_features"):
        evaluate.run(parse("--mocap", str(folder / "clips"), "--methods", "plane", "--fid"))
