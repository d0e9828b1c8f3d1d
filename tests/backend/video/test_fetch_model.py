# SPDX-License-Identifier: GPL-3.0-or-later
"""Models fetched by name from a server of the test's own: whole and the right ones, or nothing."""

import hashlib
import json
from dataclasses import replace

import pytest

from backend.__main__ import main
from backend.errors import Cancelled, UserError
from backend.serving import fetch_request
from backend.video import fetch_model as module
from backend.video.errors import DetectorError
from backend.video.fetch_model import FetchError, fetch_model
from backend.video.model_catalogue import Archive, read_catalogue

from .model_server import ARCHIVES, MODEL, made_up, serving, write_catalogue


@pytest.fixture(scope="module")
def address():
    with serving() as found:
        yield found


@pytest.fixture
def entry(address):
    return made_up(address)


@pytest.fixture
def catalogue(address, tmp_path):
    return write_catalogue(tmp_path / "catalogue.json", address)


def test_a_model_comes_whole_and_only_once(entry, tmp_path, monkeypatch):
    said = []
    path = fetch_model(entry, tmp_path / "models", lambda *words: said.append(words))
    assert path.read_bytes() == MODEL and [each.name for each in path.parent.iterdir()] == ["made_up.onnx"]
    assert said[0] == ("Fetching", 0, 1024) and said[-1] == ("Fetching", 1024, 1024) and len(said) > 3
    monkeypatch.setattr(module, "_opened", lambda entry: pytest.fail("it is there already"))
    assert fetch_model(entry, tmp_path / "models") == path


@pytest.mark.parametrize(
    "where, changed, sentence",
    [
        ("/other", {}, "its SHA-256 is another"),
        ("/whole", {"sha256": "0" * 64}, "its SHA-256 is another"),
        ("/longer", {}, "1,024,004 bytes and not 1,024,000"),
        ("/endless", {}, "more than 1,024,000 bytes"),
        ("/broken", {}, "broke off"),
        ("/none", {}, "answers 404"),
    ],
)
def test_nothing_is_kept_of_what_is_not_the_model(entry, address, tmp_path, where, changed, sentence):
    with pytest.raises(FetchError, match=sentence):
        fetch_model(replace(entry, address=address + where, **changed), tmp_path)
    assert list(tmp_path.iterdir()) == []


def in_archive(entry, address, where):
    held = ARCHIVES[where]
    archive = Archive(len(held), hashlib.sha256(held).hexdigest(), "end2end.onnx")
    return replace(entry, address=address + where, archive=archive)


def test_a_model_comes_out_of_its_archive(entry, address, tmp_path):
    found = in_archive(entry, address, "/zip")
    assert found.megabytes < entry.megabytes
    path = fetch_model(found, tmp_path)
    assert path.read_bytes() == MODEL and [each.name for each in tmp_path.iterdir()] == ["made_up.onnx"]


@pytest.mark.parametrize(
    "where, sentence",
    [
        ("/zip-without", "holds 0 files called end2end.onnx"),
        ("/zip-twice", "holds 2 files"),
        ("/zip-of-another", "the model in it is another"),
        ("/no-zip", "no archive that can be opened"),
    ],
)
def test_nothing_is_kept_of_an_archive_without_it(entry, address, tmp_path, where, sentence):
    with pytest.raises(FetchError, match=sentence):
        fetch_model(in_archive(entry, address, where), tmp_path)
    wrong = in_archive(entry, address, "/zip")
    with pytest.raises(FetchError, match="its SHA-256 is another"):
        fetch_model(replace(wrong, archive=replace(wrong.archive, sha256="0" * 64)), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_cancel_leaves_nothing_and_what_was_there_stays(entry, tmp_path):
    def cancel(stage, done, total):
        if done > 300:
            raise Cancelled

    with pytest.raises(Cancelled):
        fetch_model(entry, tmp_path, cancel)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / entry.file).write_text("my own")
    with pytest.raises(FetchError, match="another file is called"):
        fetch_model(entry, tmp_path)
    assert (tmp_path / entry.file).read_text() == "my own"


def test_who_is_not_online_is_told(entry, tmp_path):
    with pytest.raises(FetchError, match="is this computer online"):
        fetch_model(replace(entry, address="http://127.0.0.1:1/model"), tmp_path)


def test_the_built_in_catalogue_is_sound_and_says_where_the_rest_is():
    catalogue = read_catalogue()
    for entry in catalogue.entries:
        assert entry.licence and entry.address.startswith("https://")
    assert {purpose for purpose, _ in catalogue.elsewhere} == {"person", "animal"}


@pytest.mark.parametrize(
    "changed, sentence",
    [
        ({"sha256": "abc"}, "model 1 of catalogue.json: 'abc' is no sha256"),
        ({"file": "../evil.onnx"}, "is no file"),
        ({"file": "model.exe"}, "is no file"),
        ({"address": "file:///etc/passwd"}, "is no address"),
        ({"size": 0}, "0 is no size"),
        ({"licence": ""}, "expected text as licence"),
        ({"purpose": "fun"}, "'fun' is no purpose"),
        ({"archive": {"size": 5, "sha256": "0" * 64, "member": "../end2end.onnx"}}, "an archive's size"),
    ],
)
def test_a_catalogue_that_is_not_sound_is_refused(catalogue, changed, sentence):
    held = json.loads(catalogue.read_text())
    held["models"][0].update(changed)
    catalogue.write_text(json.dumps(held))
    with pytest.raises(DetectorError, match=sentence):
        read_catalogue(catalogue)


def test_the_command_tells_licence_and_size_and_then_fetches(catalogue, tmp_path, capsys):
    words = ["--catalogue", str(catalogue), "--folder", str(tmp_path / "models")]
    assert main(["fetch", *words]) == 0
    assert "made-up: a test's; 1 MB, CC0" in capsys.readouterr().out and not (tmp_path / "models").exists()
    assert main(["fetch", "made-up", *words]) == 0
    assert "1 MB, licence CC0, from http://" in capsys.readouterr().out
    assert (tmp_path / "models" / "made_up.onnx").read_bytes() == MODEL
    assert main(["fetch", "other", *words]) == 2
    assert "no model 'other' in catalogue.json; there are made-up" in capsys.readouterr().err


class Quiet:
    def progress(self, stage, done, total):
        pass


def test_the_worker_fetches_only_where_the_user_lets_blender_go_online(catalogue, tmp_path):
    asked = {"folder": str(tmp_path / "models"), "catalogue": str(catalogue)}
    (model,) = fetch_request.tell(asked, Quiet())["models"]
    assert (model["megabytes"], model["licence"], model["path"]) == (1.0, "CC0", "")
    for online in ({}, {"online": False}, {"online": "yes"}):
        with pytest.raises(UserError, match="may not use the internet"):
            fetch_request.handle({**asked, "name": "made-up", **online}, Quiet())
    assert not (tmp_path / "models").exists()
    result = fetch_request.handle({**asked, "name": "made-up", "online": True}, Quiet())
    assert result["purpose"] == "person"
    assert fetch_request.tell(asked, Quiet())["models"][0]["path"] == result["path"]
