# SPDX-License-Identifier: GPL-3.0-or-later
"""What `check` finds, on a folder of assets made for the purpose."""

import json

import pytest

from backend.__main__ import main
from backend.commands import check


@pytest.fixture
def assets(tmp_path):
    (tmp_path / "bodies").mkdir()
    (tmp_path / "bodies/human.npz").write_bytes(b"x" * 1_500_000)
    (tmp_path / "bodies/README.md").write_text("# Body\n\n**Licence:** GPL,\nour own.\n\nMore.\n", encoding="utf-8")
    (tmp_path / "checkpoints/human").mkdir(parents=True)
    (tmp_path / "checkpoints/human/multiview.safetensors").write_bytes(b"x")
    return tmp_path


def test_models_come_with_their_size_and_the_licence_on_their_card(assets):
    body, network = check.models(assets)
    assert body == {"file": "bodies/human.npz", "megabytes": 1.5, "licence": "GPL, our own."}
    assert network["file"] == "checkpoints/human/multiview.safetensors"
    assert network["licence"] == "no card beside the file"


def test_a_missing_trained_model_is_said_in_words(assets):
    assert not any("No trained human model" in line for line in check.sentences(check.describe(assets)))
    (assets / "checkpoints/human/multiview.safetensors").unlink()
    assert any("No trained human model" in line for line in check.sentences(check.describe(assets)))


def test_the_processor_is_always_there_and_last():
    found = check.devices()
    assert found[-1]["device"] == "cpu"


def test_the_command_prints_json_on_request(capsys):
    assert main(["check", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert {"python", "torch", "devices", "models"} <= facts.keys()
