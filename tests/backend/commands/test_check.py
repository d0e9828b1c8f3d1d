# SPDX-License-Identifier: GPL-3.0-or-later
"""What `check` says, on whole installations and on broken ones."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from backend.__main__ import main
from backend.commands import check

ROOT = Path(__file__).resolve().parents[3]


def test_a_whole_installation_is_ready():
    facts = check.describe()
    assert facts["ready"] and facts["problems"] == [] and facts["remedy"] == ""
    assert facts["torch"] and facts["devices"][-1]["device"] == "cpu"
    lines = check.sentences(facts)
    assert lines[0].startswith(f"Lift to 3D {facts['version']} on Python") and "torch 2" in lines[0]
    assert "used unless another is chosen" in lines[1] and not any("\n" in line for line in lines)
    assert "Model checkpoints/human" in lines[-1]


def test_a_missing_trained_model_is_said_in_words(tmp_path):
    facts = check.describe(tmp_path)
    assert not facts["ready"] and facts["remedy"] == ""
    assert check.sentences(facts)[0].startswith("No trained human model")


def test_a_gpu_that_does_not_compute_is_told_and_not_offered(monkeypatch):
    broken = {"device": "cuda:0", "name": "Old One", "memory_gib": 2.0, "free_gib": 1.0, "problem": "too old"}
    whole = {"device": "cpu", "name": "processor", "memory_gib": 8.0, "free_gib": None, "problem": ""}
    monkeypatch.setattr(check.devices, "devices", lambda: [broken, whole])
    facts = check.describe()
    lines = check.sentences(facts)
    assert facts["ready"] and facts["remedy"] == "use_cpu"
    assert lines[0] == "Device cuda:0 (Old One) cannot be used: too old"
    assert lines[2] == "Device cpu: processor, 8.0 GiB of memory, used unless another is chosen"


def ask(*words, path=()):
    """What the worker's check answers in an interpreter started with these words."""
    program = (
        f"import json, sys; sys.path[:0] = {[*map(str, path), str(ROOT)]!r}\n"
        "from backend.commands.serve import HANDLERS\n"
        "class Quiet:\n    def progress(self, *words): pass\n"
        "print(json.dumps(HANDLERS['check']({}, Quiet())))"
    )
    done = subprocess.run([sys.executable, *words, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_an_interpreter_without_any_package_still_answers():
    facts = ask("-I", "-S")
    assert not facts["ready"] and facts["torch"] == "" and facts["devices"] == [] and facts["remedy"] == "repair"
    assert facts["sentences"][0].startswith("Missing: torch, numpy, scipy")
    assert "-m pip install torch==" in facts["sentences"][0]
    assert "no torch that can be loaded" in facts["sentences"][2]
    assert any(model["file"] == "bodies/human.npz" for model in facts["models"])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("raise OSError('libtorch_cpu.so: cannot open shared object file')", "cannot open shared object file"),
        ("import a_package_that_nobody_has", "it needs a_package_that_nobody_has, which is not installed"),
        ("raise RuntimeError('duplicate\\nregistration')", "duplicate registration"),
    ],
)
def test_a_torch_that_cannot_be_loaded_is_said_with_what_to_do(tmp_path, content, reason):
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch/__init__.py").write_text(content)
    facts = ask("-I", path=[tmp_path])
    assert not facts["ready"] and facts["torch"] == "" and facts["remedy"] == "repair"
    first = facts["sentences"][0]
    assert first.startswith("torch ") and "cannot be loaded" in first and reason in first
    assert any("Repair the backend" in line for line in facts["sentences"])


def test_the_command_prints_json_on_request_and_looks_where_it_is_told(tmp_path, capsys):
    shutil.copytree(ROOT / "assets/checkpoints/human", tmp_path / "mine")
    assert main(["check", "--json", "--models", str(tmp_path)]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert {"python", "torch", "devices", "models", "packages", "ready", "problems"} <= facts.keys()
    assert any(model["file"].endswith("mine/multiview_diffusion.safetensors") for model in facts["models"])
