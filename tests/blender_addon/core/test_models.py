# SPDX-License-Identifier: GPL-3.0-or-later
"""The model list: what the bundled card says, and folders in every state that a user's disk knows."""

import json
import os
from pathlib import Path

import pytest

from blender_addon.core import models
from blender_addon.core.models import list_models, problem, subject_of

ROOT = Path(__file__).resolve().parents[3]


def write_network(path: Path, card: dict | None = None) -> Path:
    """A safetensors file with one tensor of four bytes."""
    header = {"weight": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}
    header["__metadata__"] = {"card": json.dumps({"config": {}, "data": "12 clips", **(card or {})})}
    text = json.dumps(header).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(len(text).to_bytes(8, "little") + text + b"\0" * 4)
    return path


def write_model(folder: Path, card: str | None = "# A model\n\nData: my clips.\n\nLicence: the clips'\nown\n") -> Path:
    for name in models.NETWORKS:
        write_network(folder / name)
    if card is not None:
        (folder / "README.md").write_text(card, encoding="utf-8")
    return folder


def test_the_bundled_model_says_of_itself_what_the_backends_check_says():
    from backend.checking import models as at_hand

    (model,) = [model for model in list_models(ROOT / "assets", []) if model.subject == "human"]
    told = [entry for entry in at_hand.models(ROOT / "assets") if entry["file"].startswith("checkpoints/human/line")]
    assert (model.subject, model.bundled, model.licence) == ("human", True, told[0]["licence"])
    assert "440 motion capture clips" in model.description and 10 < model.megabytes < 40
    assert problem(model.folder) == ""


def test_users_models_follow_the_bundled_one_by_name(tmp_path):
    write_model(tmp_path / "zebra")
    write_model(tmp_path / "Anna walks", card=None)
    (tmp_path / "no model").mkdir()
    (tmp_path / "file").write_text("in the way")
    found = [m for m in list_models(ROOT / "assets", [tmp_path, tmp_path / "nowhere"]) if m.subject == "human"]
    assert [(model.name, model.bundled) for model in found] == [
        ("Default human", True), ("Anna walks", False), ("zebra", False),
    ]  # fmt: skip
    assert (found[1].licence, found[1].description) == ("no card beside the file", "12 clips")
    assert (found[2].licence, found[2].description, found[2].subject) == ("the clips' own", "my clips.", "human")


def test_a_card_says_whom_its_model_lifts(tmp_path):
    for name in models.NETWORKS:
        write_network(tmp_path / "tabby" / name, {"subject": "cat"})
    write_model(tmp_path / "walker")
    found = list_models(tmp_path, [tmp_path])
    assert [(model.name, model.subject) for model in found] == [("tabby", "cat"), ("walker", "human")]
    assert [subject_of(tmp_path / name) for name in ("tabby", "walker", "none")] == ["cat", "human", "human"]


def test_a_bundled_model_is_its_folders_subjects(tmp_path):
    write_model(tmp_path / "checkpoints" / "cat")
    (model,) = list_models(tmp_path, [])
    assert (model.name, model.subject, model.bundled) == ("Default cat", "cat", True)


def test_a_folder_that_is_a_model_itself_is_listed_once(tmp_path):
    folder = write_model(tmp_path / "mine")
    assert [model.folder for model in list_models(tmp_path, [folder, tmp_path])] == [folder]


def test_a_bundled_model_named_again_by_the_user_stays_the_bundled_one():
    found = list_models(ROOT / "assets", [ROOT / "assets" / "checkpoints"])
    assert len(found) == len({model.folder for model in found}) and all(model.bundled for model in found)


def test_a_person_with_a_box_has_a_bundled_model():
    (found,) = (model for model in list_models(ROOT / "assets", []) if model.subject == "human_box")
    assert found.name == "Default human_box" and found.megabytes < 12


def test_the_bundled_models_of_cats_say_whose_rights_they_carry():
    found = {m.name: m for m in list_models(ROOT / "assets", []) if m.subject == "cat"}
    assert set(found) == {"Default cat", "cat_procedural"}
    assert "CC BY-NC" in found["Default cat"].licence and "CC BY-NC" not in found["cat_procedural"].licence
    assert all(model.megabytes < 8 for model in found.values())


BROKEN = {
    "missing": lambda path: path.unlink(),
    "empty": lambda path: path.write_bytes(b""),
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:-2]),
    "cut in the header": lambda path: path.write_bytes(path.read_bytes()[:40]),
    "too long": lambda path: path.write_bytes(path.read_bytes() + b"\0"),
    "no safetensors": lambda path: path.write_bytes(b"\x80\x04pickle, perhaps" * 9),
    "a huge header": lambda path: path.write_bytes((1 << 60).to_bytes(8, "little") + b"{}"),
    "a header that is a list": lambda path: path.write_bytes((2).to_bytes(8, "little") + b"[]"),
    "no JSON": lambda path: path.write_bytes((4).to_bytes(8, "little") + b"\xff\xfe{}"),
    "deep JSON": lambda path: path.write_bytes((200_000).to_bytes(8, "little") + b"[" * 200_000),
    "no network's card": lambda path: write_network(path, {"config": None}),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
}


@pytest.mark.parametrize("how", BROKEN)
@pytest.mark.parametrize("name", models.NETWORKS)
def test_a_broken_model_is_left_out_and_said_to_be(tmp_path, how, name):
    folder = write_model(tmp_path / "mine")
    assert len(list_models(tmp_path, [tmp_path])) == 1
    BROKEN[how](folder / name)
    assert list_models(tmp_path, [tmp_path]) == []
    assert name in problem(folder) and "\n" not in problem(folder)


def test_files_are_read_again_only_when_they_changed(tmp_path, monkeypatch):
    folder = write_model(tmp_path / "mine")
    list_models(tmp_path, [tmp_path])
    read, opened = models._read_card, []
    monkeypatch.setattr(models, "_read_card", lambda path: opened.append(path) or read(path))
    assert len(list_models(tmp_path, [tmp_path])) == 1 and not opened
    (folder / "README.md").write_text("Licence: CC0", encoding="utf-8")
    os.utime(folder / "README.md", ns=(1, 1))
    assert list_models(tmp_path, [tmp_path])[0].licence == "CC0" and opened
