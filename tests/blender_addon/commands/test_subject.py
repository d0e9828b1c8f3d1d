# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom a lift's words and its clips say to show, and the model that follows."""

import argparse
import json
import shutil
from pathlib import Path

import pytest

from blender_addon import commands, places
from blender_addon.commands.arguments import CommandError
from blender_addon.commands.subject import options_for, told_subject
from tests.blender.synthetic import write_motion
from tests.blender.synthetic_box import write_box
from tests.blender.synthetic_cat import write_cat
from tests.blender_addon import fake_backend
from tests.blender_addon.core.test_models import write_model, write_network

ROOT = Path(__file__).resolve().parents[3]
ANIMAL = {"format": "Lift to 3D JSON", "subject": "cat"}
HUMAN = {"format": "COCO", "subject": "human"}


@pytest.fixture
def assets(tmp_path, monkeypatch):
    """Bundled models of a human and of a cat, in place of the checkout's."""
    for name in ("human", "cat", "human_box"):
        write_model(tmp_path / "home/assets/checkpoints" / name)
    (tmp_path / "home/assets/bodies").symlink_to(ROOT / "assets/bodies")
    monkeypatch.setattr(places, "HOMES", (tmp_path / "home",))
    return tmp_path / "home/assets/checkpoints"


def words(**given):
    return argparse.Namespace(**{"subject": None, "model": None, "shape": None, **given})


def test_without_a_word_each_clip_says_its_subject(assets, tmp_path):
    assert told_subject(words()) is None
    assert options_for(tmp_path / "a.json", ANIMAL, None, {"seed": 1}) == {"seed": 1, "model": str(assets / "cat")}
    assert options_for(tmp_path / "a.json", HUMAN, None, {"seed": 1}) == {"seed": 1}


def test_a_model_of_ones_own_and_a_body_to_keep_say_it_too(assets, tmp_path):
    for name in ("line_diffusion", "multiview_diffusion"):
        write_network(tmp_path / "tabby" / f"{name}.safetensors", {"subject": "cat"})
    assert told_subject(words(model=str(tmp_path / "tabby"))) == "cat"
    mine = {"model": str(tmp_path / "tabby")}
    assert options_for(tmp_path / "a.json", ANIMAL, "cat", mine) == mine
    cat, human = write_cat(tmp_path / "c.npz", frames=3), write_motion(tmp_path / "h.npz", frames=3)
    assert told_subject(words(shape=str(cat))) == "cat" and told_subject(words(shape=str(human))) == "human"
    with pytest.raises(CommandError, match="--model says cat and --shape is for human; choose what agrees"):
        told_subject(words(model=str(tmp_path / "tabby"), shape=str(human)))


def test_a_clip_with_a_box_gets_its_model_and_may_keep_a_persons_body(assets, tmp_path):
    boxed = {"format": "Lift to 3D JSON", "subject": "human_box"}
    assert options_for(tmp_path / "a.json", boxed, None, {}) == {"model": str(assets / "human_box")}
    person, carrier = write_motion(tmp_path / "h.npz", frames=3), write_box(tmp_path / "b.npz")
    assert told_subject(words(subject="human_box", shape=str(person))) == "human_box"
    assert told_subject(words(subject="human", shape=str(carrier))) == "human"
    assert told_subject(words(shape=str(carrier))) == "human_box"
    with pytest.raises(CommandError, match="its points are a person's and a box's and the subject is human; choose"):
        options_for(tmp_path / "a.json", boxed, "human", {})


@pytest.mark.parametrize(
    ("told", "wanted", "sentence"),
    [
        (ANIMAL, "human", "a.json cannot be lifted: its points are an animal's and the subject is human"),
        (HUMAN, "cat", "a.json cannot be lifted: its points are a person's and the subject is cat"),
        ({**HUMAN, "format": "Video"}, "cat", "its detector finds a person's points"),
    ],
)
def test_a_clip_of_another_subject_is_refused_in_one_line(assets, tmp_path, told, wanted, sentence):
    with pytest.raises(CommandError, match=sentence) as caught:
        options_for(tmp_path / "a.json", told, wanted, {})
    assert "\n" not in str(caught.value)


def test_a_detector_of_the_users_finds_whom_it_is_said_to_find(assets, tmp_path):
    video, mine = {**HUMAN, "format": "Video"}, {"detector": "/m/ap10k.onnx", "box": [1, 2, 3, 4]}
    found = options_for(tmp_path / "a.mp4", video, "cat", mine)
    assert found == {**mine, "subject": "cat", "model": str(assets / "cat")}
    assert options_for(tmp_path / "a.mp4", video, None, mine) == {**mine, "subject": "human"}
    assert options_for(tmp_path / "a.json", HUMAN, None, mine) == {}  # keypoints are found already


def test_a_clip_that_does_not_tell_is_what_the_words_say(assets, tmp_path):
    unknown = {"format": "DeepLabCut", "subject": ""}
    assert options_for(tmp_path / "a.csv", unknown, "cat", {}) == {"model": str(assets / "cat")}
    assert options_for(tmp_path / "a.csv", unknown, None, {}) == {}
    for unread in ({}, None):
        assert options_for(tmp_path / "a.csv", unread, "cat", {}) == {"model": str(assets / "cat")}


def test_where_no_cat_model_was_installed_that_is_said(assets, tmp_path):
    shutil.rmtree(assets / "cat")
    for ask in (lambda: told_subject(words(subject="cat")), lambda: options_for(tmp_path / "a", ANIMAL, None, {})):
        with pytest.raises(CommandError, match="no model for the subject cat.*or name one with --model"):
            ask()
    assert told_subject(words(subject="cat", model=str(tmp_path / "elsewhere"))) == "cat"


def lift(folder, *more) -> int:
    python = str(fake_backend.program(folder, "by_clip"))
    source = ["lift", str(folder / "clips"), "--out", str(folder / "out"), "--format", "npz", "--python", python]
    return commands.main([*source, *more])


def test_in_a_batch_each_clip_gets_its_subjects_model_and_what_does_not_fit_fails_alone(assets, tmp_path, capsys):
    (tmp_path / "clips").mkdir()
    for name, subject in (("a", "human"), ("b", "cat"), ("c", "human")):
        clip = {"format": "lift3d-keypoints", "mode": "good", "subject": subject}
        (tmp_path / "clips" / f"{name}.json").write_text(json.dumps(clip))
    assert lift(tmp_path, "--seed", "2") == 0
    asked = {name: json.loads((tmp_path / f"clips/{name}.asked").read_text()) for name in "abc"}
    assert asked == {"a": {"seed": 2}, "b": {"seed": 2, "model": str(assets / "cat")}, "c": {"seed": 2}}
    assert lift(tmp_path, "--seed", "2") == 0 and "3 skipped" in capsys.readouterr().out
    write_network(assets / "cat/line_diffusion.safetensors", {"data": "more clips"})
    assert lift(tmp_path, "--seed", "2") == 0 and "3 done" in capsys.readouterr().out
    assert lift(tmp_path, "--subject", "cat") == 1
    kept = {record["name"]: record for record in json.loads((tmp_path / "out/results.json").read_text())["clips"]}
    assert [kept[name]["result"] for name in "abc"] == ["failed", "done", "failed"]
    assert kept["a"]["sentence"].startswith("a.json cannot be lifted: its points are a person's")
    assert kept["b"]["settings"]["subject"] == "cat"


def test_a_single_clip_of_another_subject_is_refused_before_it_is_lifted(assets, tmp_path, capsys):
    pytest.importorskip("bpy", reason="this environment has no bpy: pip install bpy==4.5.15")
    clip = tmp_path / "a.json"
    clip.write_text(json.dumps({"mode": "good", "subject": "cat"}))
    python = str(fake_backend.program(tmp_path, "by_clip"))
    end = commands.main(["lift", str(clip), "-o", str(tmp_path / "a.blend"), "--subject", "human", "--python", python])
    printed = capsys.readouterr().err
    assert end == 2 and "its points are an animal's" in printed and printed.count("\n") == 1
    assert not (tmp_path / "a.asked").exists() and not (tmp_path / "a.blend").exists()
