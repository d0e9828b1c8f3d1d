# SPDX-License-Identifier: GPL-3.0-or-later
"""train and check pass their words to the worker and tell what it says."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from blender_addon import commands
from tests.blender_addon import fake_backend

ROOT = Path(__file__).resolve().parents[3]


def test_check_prints_the_backends_sentences_or_its_facts(tmp_path, capsys):
    python = str(fake_backend.program(tmp_path, "good"))
    assert commands.main(["check", "--python", python]) == 0
    assert capsys.readouterr().out == "Lift to 3D on a fake torch\nDevice cpu\n"
    assert commands.main(["check", "--python", python, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["torch"] == "9.9"


@pytest.mark.parametrize(
    ("body", "sentence"), [("exit 3", "has no torch; choose one"), ("exit 1", "no Python that works; choose one")]
)
def test_check_without_a_backend_is_exit_code_1_and_says_what_to_do(tmp_path, capsys, body, sentence):
    (tmp_path / "python").write_text(f"#!/bin/sh\n{body}\n")
    (tmp_path / "python").chmod(0o755)
    assert commands.main(["check", "--python", str(tmp_path / "python")]) == 1
    printed = capsys.readouterr()
    assert sentence in printed.err and not printed.out


def train(folder: Path, mode: str, *more: str) -> list[str]:
    (folder / "clips").mkdir(exist_ok=True)
    python = str(fake_backend.program(folder, mode))
    return ["train", "--clips", str(folder / "clips"), "--out", str(folder / "run"), "--python", python, *more]


def test_train_asks_for_what_was_said_and_tells_losses(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = train(tmp_path, "good", "--preset", "tiny", "--seed", "7", "--resume")
    words[words.index(str(tmp_path / "clips"))] = "clips"  # the worker may have another current folder
    assert commands.main(words) == 0
    asked = json.loads((tmp_path / "run/request.json").read_text())
    del asked["id"]
    assert asked == {
        "request": "train", "clips": str(tmp_path / "clips"), "out": str(tmp_path / "run"), "preset": "tiny",
        "seed": 7, "resume": True,
    }  # fmt: skip
    printed = capsys.readouterr()
    assert "Stage 1 of 4, step 20: loss 1\n" in printed.err and "Stage 1 of 4, step 40: loss 0.5\n" in printed.err
    assert printed.err.endswith("lift3d: note: skipped a.json\n")
    assert printed.out == f"{tmp_path}/run: trained in 90 s\n"


def test_a_cats_training_says_so_and_needs_no_folder_of_clips(tmp_path, capsys):
    python = str(fake_backend.program(tmp_path, "good"))
    words = ["train", "--out", str(tmp_path / "run"), "--python", python, "--device", "cpu"]
    assert commands.main([*words, "--procedural", "--subject", "cat", "--film", "single"]) == 0
    asked = json.loads((tmp_path / "run/request.json").read_text())
    del asked["id"]
    assert asked == {"request": "train", "procedural": True, "subject": "cat", "out": str(tmp_path / "run"),
                     "film": "single", "device": "cpu"}  # fmt: skip
    (tmp_path / "mocap").mkdir()
    assert commands.main([*words, "--mocap", str(tmp_path / "mocap"), "--subject", "cat"]) == 0
    asked = json.loads((tmp_path / "run/request.json").read_text())
    assert (asked["subject"], asked["mocap"]) == ("cat", str(tmp_path / "mocap")) and "procedural" not in asked
    capsys.readouterr()
    assert commands.main([*words, "--procedural"]) == 2
    assert "--procedural goes with --subject cat" in capsys.readouterr().err


def test_ctrl_c_stops_a_training_and_says_how_to_go_on(tmp_path):
    command = [sys.executable, "-m", "blender_addon", *train(tmp_path, "slow")]
    process = subprocess.Popen(command, cwd=ROOT, env=dict(os.environ), text=True, stderr=subprocess.PIPE)
    lines = []
    while not any("step 40" in line for line in lines):
        lines.append(process.stderr.readline())
        assert lines[-1], lines
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    rest = process.communicate(timeout=60)[1]
    assert process.returncode == 130
    assert "stopped; what has been trained is kept, --resume goes on" in rest and "Traceback" not in rest


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["train", "--out", "{folder}/run"], "--clips --mocap --procedural is required"),
        (["train", "--clips", "{folder}/none", "--out", "{folder}/run"], "expected a folder of clips as --clips"),
        (["train", "--clips", "{folder}", "--mocap", "{folder}", "--out", "x"], "not allowed with argument --clips"),
        (["train", "--clips", "{folder}", "--out", "x", "--preset", "huge"], "invalid choice: 'huge'"),
    ],
)
def test_words_that_do_not_fit_are_one_line(words, sentence, tmp_path, capsys):
    assert commands.main([word.format(folder=tmp_path) for word in words]) == 2
    printed = capsys.readouterr()
    assert sentence in printed.err and printed.err.count("\n") == 1 and not printed.out
